import { defineProvider, type Provider, type RequestHeaders, singleValue } from '@acuse/core'
import { toCallbackSchema, type ZenpliEvents, zenpliCallback } from './callback.ts'
import { type CallbacksPerSession, proofOf, toCallbacksPerSession, type ZenpliOptions } from './options.ts'
import { toScheme } from './scheme.ts'

export type { ZenpliCallback, ZenpliEvents } from './callback.ts'
export { zenpliCallback } from './callback.ts'
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

const sessionHeader = 'x-session-id'
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Zenpli documents none: as JavaScript, Python and Go print a time. */
const productName = /^[a-z0-9][a-z0-9-]*$/
const timeFormats = ['rfc3339', 'rfc3339-like', 'unix-seconds', 'unix-seconds-float', 'unix-ms'] as const

/**
 * Zenpli: onboarding, KYB and document extraction, which tell their result by callback.
 *
 * From its documents («Mecanismo de Callback para Flujos Asíncronos»): RSA-256, HMAC-SHA256 or, for
 * development, an API key; `X-Session-Id` must not repeat; a `200` within 10 s.
 *
 * That header is not signed, so the idempotency key is the signed body's `session_id` and `status`, and a header that is
 * missing or differs is refused: a captured body cannot be replayed under a fresh session. The same session and
 * status with another body is a conflict (`callbacksPerSession`). The documented callback has no time, so only what
 * remembers sessions stops a replay: use an inbox that outlives the process. **With an API key nothing is signed**: whoever sees one callback can make others, and the
 * idempotency key is the session and the body hash.
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
  const { timestamp = 'optional', product, result } = options
  if (timestamp !== 'optional' && timestamp !== 'required') {
    throw new TypeError("zenpli timestamp must be 'optional' or 'required'")
  }
  if (product !== undefined && (typeof product !== 'string' || !productName.test(product)))
    throw new TypeError("zenpli product must be lower-case letters, digits and hyphens, such as 'kyb'")
  if (result !== undefined && typeof result?.['~standard']?.validate !== 'function')
    throw new TypeError("zenpli result must be a schema that speaks Standard Schema, such as zod's")
  const timeHeader = toTimeHeader(options.timestampHeader)
  const required = timestamp === 'required'
  const callbacks = toCallbacksPerSession(options.callbacksPerSession, scheme.signsBody)
  return defineProvider<ZenpliEvents<Result>>({
    name: product === undefined ? 'zenpli' : `zenpli-${product}`,
    path: product === undefined ? '/webhooks/zenpli' : `/webhooks/zenpli/${product}`,
    scheme,
    // Without a schema of the result `Result` is `unknown`.
    events: { callback: (result ? toCallbackSchema(result) : zenpliCallback) as never },
    // «Que la marca de tiempo esté dentro de una ventana válida»: a check of when it was sent.
    time: {
      of: 'attempt',
      format: timeFormats,
      required,
      signed: scheme.signsBody && timeHeader === undefined,
    },
    warnings: proof === 'apiKey' && isProduction() ? [apiKeyWarning] : [],
    repeats: { [sessionHeader]: 'session_id' },
    envelope(payload, { headers }, bodyHash) {
      const { session_id: session, status, timestamp: stated } = payload
      if (typeof session !== 'string' || session === '') return 'envelope-invalid'
      const time = timeHeader === undefined ? (stated ?? undefined) : timeIn(headers, timeHeader)
      if (time === 'header-repeated') return { kind: time, header: String(timeHeader) }
      return {
        type: 'callback',
        time,
        idempotencyKey: toIdempotencyKey(callbacks, session, status, bodyHash),
      }
    },
    sending: {
      // «Zenpli aplicará su política de reintentos» does not say which: one attempt. «Máximo de 10 segundos».
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => ({
        // Zenpli documents no result; `overrides` give the product's.
        callback: { status: 'completed', session_id: '789xyz', result: {} as Result },
      }),
      stamp: (payload, at) => ({
        ...payload,
        session_id: `${payload['session_id']}-${at.getTime()}`,
        ...(required && timeHeader === undefined ? { timestamp: at.toISOString() } : undefined),
      }),
      headers: (payload, at) => ({
        [sessionHeader]: String(payload['session_id']),
        ...(timeHeader === undefined ? undefined : { [timeHeader]: at.toISOString() }),
      }),
    },
  })
}

function toIdempotencyKey(
  callbacks: CallbacksPerSession,
  session: string,
  status: unknown,
  bodyHash: string,
): readonly string[] {
  if (callbacks === 'one') return [session]
  return [session, callbacks === 'many' || typeof status !== 'string' ? bodyHash : status]
}

const apiKeyWarning = {
  code: 'ACUSE_API_KEY_IN_PRODUCTION',
  message:
    'Zenpli callbacks are proven by an API key, which signs nothing and which Zenpli documents for development only. Agree on RSA-256 or HMAC with Zenpli',
}

function isProduction(): boolean {
  return globalThis.process?.env?.['NODE_ENV'] === 'production'
}

function toTimeHeader(name: string | undefined): string | undefined {
  if (name === undefined || (typeof name === 'string' && headerName.test(name))) return name?.toLowerCase()
  throw new TypeError('zenpli timestampHeader must be a header name (RFC 9110 §5.6.2)')
}

function timeIn(headers: RequestHeaders, name: string): string | undefined {
  const single = singleValue(headers, name)
  if (!('code' in single)) return single.value
  return single.code === 'header-repeated' ? single.code : undefined
}
