import {
  createReceiver,
  fromRawHeaders,
  memoryInbox,
  type Observation,
  type Provider,
  type WebhookRequest,
} from '@acuse/core'

export type Headers = Readonly<Record<string, string>>

export function requestOf(body: string | Uint8Array, headers: Headers): WebhookRequest {
  return {
    method: 'POST',
    url: '/',
    headers: fromRawHeaders(Object.entries(headers).flat()),
    body: Buffer.from(body),
  }
}

const silent = (): void => {}

/** A receiver of a provider whose clock stands still. */
export function receiverOf<Events extends object>(provider: Provider<Events>, now: number = Date.now()) {
  const observations: Observation[] = []
  const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
  const receiver = createReceiver<Events>(provider, {
    handle: 'all',
    clock,
    inbox: memoryInbox({ clock, maxIdempotencyKeys: 1_000 }),
    observer: (observation) => observations.push(observation),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const post = (body: string | Uint8Array, headers: Headers) => receiver.receive(requestOf(body, headers))
  /** The types of the events that were accepted. */
  const accepted = () => observations.flatMap((each) => (each.type === 'accepted' ? [each.event] : []))
  return { receiver, observations, post, accepted }
}

/** The request that the provider itself would send for a sample. */
export async function sentBy<Events extends object>(
  provider: Provider<Events>,
  event: keyof Events & string,
  at: Date = new Date(),
): Promise<readonly [body: string, headers: Headers]> {
  const { sending, scheme } = provider
  const samples = await sending?.samples()
  const sample = { ...samples?.[event] }
  const payload = sending?.stamp?.(sample, at) ?? sample
  const { mediaType, body } = sending?.encode?.(payload) ?? {
    mediaType: 'application/json',
    body: JSON.stringify(payload),
  }
  const own = Object.entries(sending?.headers?.(payload, at, event) ?? {})
  const headers = Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), value]))
  const proof = scheme.sign?.(Buffer.from(body), { headers, at })
  return [body, { 'content-type': mediaType, ...headers, ...proof }]
}
