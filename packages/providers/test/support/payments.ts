import {
  type AckOnAcceptedOptions,
  createReceiver,
  fromRawHeaders,
  type JsonObject,
  memoryInbox,
  type Outcome,
  type Provider,
  type UnknownEvent,
} from '@acuse/core'

export const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'

export const now: number = Date.parse('2026-11-25T18:59:17.156Z')

/** What is sent: the payload as the provider encodes it, or a body. */
export interface Sent {
  readonly payload?: object
  readonly body?: string
  readonly headers?: Record<string, string>
  readonly url?: string
  /** When it was signed. */
  readonly at?: Date
}

const silent = (): void => {}

/** A receiver whose clock stands still, and a sender with its key. */
export function bench<Events extends object>(
  provider: Provider<Events>,
  options: AckOnAcceptedOptions<Events> = {},
) {
  const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
  const inbox = memoryInbox({ clock, maxIdempotencyKeys: 1_000 })
  const receiver = createReceiver(provider, {
    handle: 'all',
    clock,
    inbox,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...options,
  })

  const handled: UnknownEvent[] = []
  receiver.on('*', (event) => {
    handled.push(event)
  })

  /** What handlers got since the last look. */
  async function events(): Promise<UnknownEvent[]> {
    await receiver.onIdle()
    return handled.splice(0)
  }

  /** The request as it stands, with these headers and no proof. */
  async function post(body: string, headers: Record<string, string>, url = '/'): Promise<Outcome> {
    const raw = Object.entries(headers).flat()
    return receiver.receive({ method: 'POST', url, headers: fromRawHeaders(raw), body: Buffer.from(body) })
  }

  /** Signs and sends. */
  function send({ payload = {}, body, headers = {}, url = '/', at = new Date(now) }: Sent): Promise<Outcome> {
    const encoded = provider.sending?.encode?.(payload as JsonObject)
    const text = body ?? encoded?.body ?? JSON.stringify(payload)
    const proof = provider.scheme.sign?.(Buffer.from(text), { headers, url, at })
    const mediaType = encoded?.mediaType ?? 'application/json'
    return post(text, { 'content-type': mediaType, ...headers, ...proof }, url)
  }

  return { receiver, post, send, events }
}

/** What an outcome says: its code, or its kind. */
export function verdict(outcome: Outcome): string {
  return outcome.kind === 'rejected' ? outcome.code : outcome.kind
}

/** The events of the samples, stamped at a time, each with the headers that the provider sends. */
export async function stamped<Events extends object>(
  { sending }: Provider<Events>,
  at: Date = new Date(now),
): Promise<[event: string, payload: JsonObject, headers: Record<string, string>][]> {
  const samples: Record<string, unknown> = { ...(await sending?.samples()) }
  return Object.entries(samples).map(([event, sample]) => {
    const payload = sending?.stamp?.(sample as JsonObject, at) ?? (sample as JsonObject)
    return [event, payload, sending?.headers?.(payload, at, event) ?? {}]
  })
}
