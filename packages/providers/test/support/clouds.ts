import { createHmac } from 'node:crypto'
import {
  type AckOnAcceptedOptions,
  createReceiver,
  memoryInbox,
  type Observation,
  type Provider,
  toFetchHandler,
} from '@acuse/core'

export const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'

/** The time of the senders' sample requests. */
export const now = Date.parse('2026-11-25T18:59:17.156Z')

const silent = (): void => {}

export type Sent = Partial<Record<'body' | 'url' | 'method', string>> & { headers?: Record<string, string> }

/** A receiver behind fetch, whose clock stands; every event is kept. */
export function bench<Events extends object>(provider: Provider<Events>, options: { ack?: 'handled' } = {}) {
  const observations: Observation[] = []
  const events: {
    readonly type: string
    readonly payload: unknown
    readonly unsigned: Readonly<Record<string, string>>
  }[] = []
  let at = now
  const clock = { now: () => at, monotonic: () => performance.now(), schedule: () => () => {} }
  const receiver = createReceiver(provider, {
    clock,
    ...(options.ack ? {} : { inbox: memoryInbox({ clock, maxIdempotencyKeys: 1_000 }) }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    observer: (observation: Observation) => observations.push(observation),
    ...options,
  } as object as AckOnAcceptedOptions<Events>)
  receiver.on('*', (event) => {
    events.push(event)
  })
  // Of a provider that names no events nothing is unknown.
  if (provider.events)
    receiver.onUnknown((event) => {
      events.push(event)
    })
  const handle = toFetchHandler(receiver)
  const send = async ({ body, url = provider.path, method = 'POST', headers = {} }: Sent) => {
    const address = new URL(url, 'https://app.example.cl')
    const response = await handle(
      new Request(address, { method, headers, ...(body === undefined ? {} : { body }) }),
    )
    await receiver.onIdle()
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const wait = (ms: number) => {
    at += ms
  }
  return { receiver, observations, events, send, wait }
}

export function mac(text: string, encoding: 'hex' | 'base64' = 'hex', hash = 'sha256'): string {
  return createHmac(hash, secret).update(text).digest(encoding)
}
