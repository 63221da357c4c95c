import { afterAll, beforeAll, describe } from 'vitest'
import { watchUnhandled } from '../../packages/core/test/support/unhandled.ts'
import { type Host, hostNames, startHost } from './hosts.ts'
import { type RawRequest, send } from './raw-client.ts'

// One suite, every adapter, over real sockets and a client that is not polite. What differs, and why:
// - toNodeHandler and toFetchHandler answer on every path: routing is their caller's (`routingHosts`).
// - A fetch handler sees repeated headers joined by a comma: `header-malformed` instead of `header-repeated`,
//   and the same 401.
// - Fastify's JSON parser cannot come before the webhooks, which answer in onRequest; a hook can, and is tested.

export const json = { 'content-type': 'application/json', connection: 'keep-alive' }

export const unauthorized = {
  status: 401,
  headers: { ...json, 'content-length': '24', connection: 'close' },
  body: '{"error":"unauthorized"}',
  closed: true,
}

type Post = (request: RawRequest) => ReturnType<typeof send>

/** Describes what is so on each host, which has room for bodies of 100 KB and waits 400 ms for them. */
export function describeHosts(suite: (host: () => Host, post: Post) => void): void {
  watchUnhandled()
  describe.each(hostNames)('%s', (name) => {
    let host: Host

    beforeAll(async () => {
      host = await startHost(name, { maxBodyBytes: 100_000, bodyTimeoutMs: 400 })
    })

    afterAll(() => host.stop())

    suite(
      () => host,
      (request) => send(host.port, request),
    )
  })
}
