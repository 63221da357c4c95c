import type { Server } from 'node:http'

/**
 * Sane limits for a `node:http` server that faces the internet: 10 s for the head of a request (Node: 60 s),
 * 30 s for all of it (Node: 300 s; some frameworks: for ever), 5 s for an idle connection, 100 headers. A
 * receiver's own deadlines are shorter; these hold where it is not asked yet.
 * @returns the server
 */
export function hardenServer<Hardened extends Pick<Server, HardenedSetting>>(server: Hardened): Hardened {
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 5_000
  server.maxHeadersCount = 100
  return server
}

/** What {@link hardenServer} sets. */
export type HardenedSetting = 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'maxHeadersCount'
