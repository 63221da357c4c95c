import type { ServerResponse } from 'node:http'
import type { Outcome } from '@acuse/core'

/** Writes an outcome, unless the client is gone or somebody answered already. */
export function writeOutcome({ status, headers, body, close }: Outcome, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  for (const name in headers) response.setHeader(name, headers[name] as string)
  if (close) response.setHeader('connection', 'close')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
