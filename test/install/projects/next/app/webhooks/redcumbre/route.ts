import { createReceiver, toFetchHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'

const receiver = createReceiver(
  redcumbre(() => process.env.REDCUMBRE_WEBHOOK_SECRET),
  { ack: 'handled' },
)
receiver.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})

export const POST = toFetchHandler(receiver)
