// A Next.js route handler: app/webhooks/redcumbre/route.ts answers POST /webhooks/redcumbre on the Node runtime.
import { createReceiver, toFetchHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'

// A function: `next build` imports this file, and has no secrets.
const receiver = createReceiver(redcumbre(() => process.env['REDCUMBRE_WEBHOOK_SECRET']))

receiver.on('bhe.emitida', ({ payload }) => {
  console.log(`boleta ${payload.folioSii}: ${payload.montos.liquido} CLP net`)
})

// Where Next.js has to be told to wait for the handlers, it is: what it keeps for its own `after` is found.
/** Next.js calls the export that bears the method's name. */
export const POST: (request: Request) => Promise<Response> = toFetchHandler(receiver)

/** Next.js: the Node runtime, which has `node:crypto`. */
export const runtime = 'nodejs'
