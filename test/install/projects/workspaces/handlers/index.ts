import { redcumbreWebhooks } from '@acuse/express'

export function receive(): ReturnType<typeof redcumbreWebhooks> {
  const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
  webhooks.on('bhe.emitida', ({ payload }) => {
    const net: number = payload.montos.liquido
    console.log(`handled ${net}`)
  })
  return webhooks
}
