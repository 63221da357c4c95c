import { defineProvider, type EventSchema, type Provider } from '@acuse/core'
import type { ZenpliEvents } from './callback.ts'
import { checkSettings } from './check-settings.ts'
import { toEnvelope } from './envelope.ts'
import { proofOf, toCallbacksPerSession, type ZenpliOptions } from './options.ts'
import { toScheme } from './scheme.ts'
import { sessionHeader, toSending } from './sending.ts'

export type { ZenpliCallback, ZenpliEvents } from './callback.ts'
export type {
  CallbacksPerSession,
  ZenpliCallbacksOptions,
  ZenpliOptions,
  ZenpliProof,
  ZenpliProofBy,
  ZenpliProofs,
  ZenpliSettings,
} from './options.ts'
export { separateZenpliOptions } from './options.ts'

/** Zenpli documents no format: as JavaScript, Python and Go print a time. */
const timeFormats = ['rfc3339', 'rfc3339-like', 'unix-seconds', 'unix-seconds-float', 'unix-ms'] as const

/**
 * Zenpli: onboarding, KYB and document extraction, which tell their result by callback.
 *
 * RSA-256, HMAC-SHA256 or, for development, an API key; `X-Session-Id` must not repeat; a `200` within 10 s.
 *
 * That header is not signed, so the idempotency key is the signed body's `session_id` and `status`, and a header that is
 * missing or differs is refused: a captured body cannot be replayed under a fresh session. The same session and status
 * with another body is a conflict (`callbacksPerSession`). The documented callback has no time, so only what remembers
 * sessions stops a replay: use an inbox that outlives the process. **With an API key nothing is signed**: whoever sees
 * one callback can make others, and the idempotency key is the session and the body hash.
 *
 * As of its documentation: «Mecanismo de Callback para Flujos Asíncronos».
 *
 * @throws TypeError unless exactly one proof is given and every option can be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { zenpli } from '@acuse/providers/zenpli'
 * import { sqliteInbox } from '@acuse/sqlite'
 *
 * const provider = zenpli({ hmac: process.env['ZENPLI_SECRET'] as string })
 * const receiver = createReceiver(provider, { inbox: sqliteInbox('zenpli.db') })
 * receiver.on('callback', ({ payload }, { log }) => log.info({ status: payload.status }, 'called back'))
 */
export function zenpli<Result = unknown>(options: ZenpliOptions<Result>): Provider<ZenpliEvents<Result>> {
  const proof = proofOf(options)
  const scheme = toScheme(proof, options)
  const signsBody = scheme.signs.length > 0
  checkSettings(options)
  const { product, result } = options
  const timeHeader = options.timestampHeader?.toLowerCase()
  const isTimeRequired = options.timestamp === 'required'
  const callbacks = toCallbacksPerSession(options.callbacksPerSession, signsBody)
  return defineProvider<ZenpliEvents<Result>>({
    name: product === undefined ? 'zenpli' : `zenpli-${product}`,
    path: product === undefined ? '/webhooks/zenpli' : `/webhooks/zenpli/${product}`,
    scheme,
    events: { callback: async () => schemaOf(result) } as never,
    // «Que la marca de tiempo esté dentro de una ventana válida»: a check of when it was sent.
    time: {
      of: 'attempt',
      format: timeFormats,
      required: isTimeRequired,
      signed: signsBody && timeHeader === undefined,
    },
    envelope: toEnvelope(callbacks, timeHeader),
    repeats: { [sessionHeader]: 'session_id' },
    warnings: proof === 'apiKey' && isProduction() ? [apiKeyWarning] : [],
    sending: toSending<Result>(timeHeader, isTimeRequired),
  })
}

/** Loaded when the first callback is handled. Without a schema of the result `Result` is `unknown`. */
async function schemaOf<Result>(result: EventSchema<Result> | undefined): Promise<EventSchema> {
  const { toCallbackSchema, zenpliCallback } = await import('./callback.ts')
  return result ? toCallbackSchema(result) : zenpliCallback
}

const apiKeyWarning = {
  code: 'ACUSE_API_KEY_IN_PRODUCTION',
  message:
    'Zenpli callbacks are proven by an API key, which signs nothing and which Zenpli documents for development only. Agree on RSA-256 or HMAC with Zenpli',
}

function isProduction(): boolean {
  return globalThis.process?.env?.['NODE_ENV'] === 'production'
}
