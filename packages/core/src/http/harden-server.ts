import type { Server } from 'node:http'

/** How often Node looks for connections whose time is over, in milliseconds; its own default is 30 s, which would double the limits. */
const connectionsCheckingInterval = 5_000

/**
 * Sane limits for a `node:http` server that faces the internet: 10 s for the head of a request (Node: 60 s),
 * 30 s for all of it (Node: 300 s; some frameworks: for ever), 5 s for an idle connection, 100 headers. Node closes
 * a connection up to 5 s after its time is over, where this is called before the server listens or right after
 * `listen()`; up to 30 s after it where it is called later, such as in the callback of `listen()`. A receiver's own
 * deadlines are shorter; these apply before a request reaches it.
 * @returns the server
 * @example
 * import { createServer } from 'node:http'
 * import { hardenServer } from '@acuse/core'
 *
 * hardenServer(createServer()).listen(3000)
 */
export function hardenServer<Hardened extends Pick<Server, HardenedSetting>>(server: Hardened): Hardened {
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 5_000
  server.maxHeadersCount = 100
  // Node takes it from the server when it begins to listen; its types know it as an option only.
  return Object.assign(server, { connectionsCheckingInterval })
}

/** The settings of {@link hardenServer}. */
export type HardenedSetting = 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'maxHeadersCount'
