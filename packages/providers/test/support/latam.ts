import { createHmac } from 'node:crypto'
import { createReceiver, memoryInbox, type Provider, systemClock, toFetchHandler } from '@acuse/core'

export const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'

const silent = (): void => {}

export function mac(text: string, encoding: 'hex' | 'base64' = 'hex', key: string = secret): string {
  return createHmac('sha256', key).update(text).digest(encoding)
}

/** What a handler got. */
export interface Seen {
  readonly type: string
  readonly payload: unknown
  readonly unsigned?: unknown
}

/** A request, as a sender makes it. */
export interface Sent {
  readonly method?: string
  readonly query?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A receiver of a provider whose clock stands, and what its handlers got. */
export function receiving(provider: Provider<object>, now: number = Date.now()) {
  const seen: Seen[] = []
  const clock = { ...systemClock, now: () => now }
  const receiver = createReceiver(provider, {
    clock,
    handle: 'all',
    inbox: memoryInbox({ clock, maxIdempotencyKeys: 1_000 }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const see = (event: Seen) => void seen.push(event)
  receiver.on('*' as never, see as never)
  receiver.onUnknown(see as never)
  const handler = toFetchHandler(receiver)
  async function send({ method = 'POST', query = '', headers = {}, body }: Sent): Promise<Response> {
    const url = `https://app.example.cl${provider.path}${query}`
    const response = await handler(
      new Request(url, { method, headers, ...(body === undefined ? undefined : { body }) }),
    )
    await receiver.onIdle()
    return response
  }
  return { receiver, send, seen }
}

/** A `fetch` that answers what it is told to, and notes what it was asked. */
export function answering(answer: unknown, status = 200) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), init })
    return new Response(answer === undefined ? null : JSON.stringify(answer), { status })
  }
  return { fetch, asked }
}
