import { apiKey, defineProvider, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { MakeEvents } from './events.ts'

export type * from './events.ts'

/** Options of {@link make}. */
export interface MakeOptions {
  /** The header that carries the key. Default `x-make-apikey`, as Make itself wants it for its own webhooks. */
  readonly header?: string
}

/**
 * Make: what a scenario sends with the module «HTTP: Make a request».
 *
 * Make signs nothing: the module carries an API key in a header, and whoever sees one request can make others. The body
 * is the scenario's own, JSON or a form. An event is a `message`, or what the header `X-Event-Type` calls it: add one
 * where a scenario sends several kinds. It is the same event while `Idempotency-Key` is the same; without that header,
 * while its body is: set it to the id of the execution, so that two equal orders are two. A scenario retries as its error
 * handlers say.
 *
 * As of its documentation, read 2026-11-27: https://apps.make.com/http and https://apps.make.com/gateway.
 *
 * @typeParam Events the payloads by name, such as `{ message: { order: number } }`
 * @param key the key, or several while one replaces another
 * @throws TypeError when a key is missing, empty, short or a placeholder
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { make } from '@acuse/providers/make'
 *
 * const receiver = createReceiver(make<{ message: { order: number } }>(process.env['MAKE_API_KEY']))
 * receiver.on('message', ({ payload }, { log }) => log.info({ order: payload.order }, 'from Make'))
 */
export function make<Events extends object = MakeEvents>(
  key: Secrets | undefined,
  { header = 'x-make-apikey' }: MakeOptions = {},
): Provider<Events> {
  const idempotencyKey = [{ header: 'Idempotency-Key' }]
  const provider = defineProvider<MakeEvents>({
    name: 'make',
    path: '/webhooks/make',
    scheme: apiKey({ key, header, format: 'raw' }),
    bodies: { 'application/json': 'json', 'application/x-www-form-urlencoded': 'form' },
    eventRules: [
      { when: { header: 'X-Event-Type', exists: true }, type: [{ header: 'X-Event-Type' }], idempotencyKey },
      { type: [{ text: 'message' }], idempotencyKey },
    ],
    sending: {
      attemptDelaysMs: [0],
      // «Timeout»: 40 s by default.
      timeoutMs: 40_000,
      samples: async () => (await import('./samples.ts')).samples,
      headers: (_payload, _at, event) => ({
        'Idempotency-Key': crypto.randomUUID(),
        ...(event === 'message' ? undefined : { 'X-Event-Type': event }),
      }),
    },
  })
  return typed<Events>(provider)
}
