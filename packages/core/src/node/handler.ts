import type { IncomingMessage, ServerResponse } from 'node:http'
import { fromRawHeaders } from '../lib/headers.ts'
import type { Outcome } from '../outcome.ts'
import type { Receiver } from '../receiver.ts'
import type { IncomingRequest } from '../request.ts'
import { readNodeBody } from './body.ts'

/** A listener for `node:http` servers. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * `node:http` requests → answers, without a framework. It answers on every path: routing is its caller's.
 */
export function toNodeHandler(receiver: Pick<Receiver<never>, 'handle'>): NodeHandler {
  return async (request, response) => {
    writeNodeAnswer(await receiver.handle(fromNodeRequest(request)), response)
  }
}

/** A `node:http` request as the receiver takes it; its body is read when the receiver asks. */
export function fromNodeRequest(request: IncomingMessage): IncomingRequest {
  return {
    method: request.method as string,
    url: request.url as string,
    headers: fromRawHeaders(request.rawHeaders),
    clientAddress: request.socket.remoteAddress,
    read: (limits) => readNodeBody(request, limits),
  }
}

/** Writes an outcome, unless the client is gone or somebody answered already. */
export function writeNodeAnswer({ status, headers, body, close }: Outcome, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  for (const name in headers) response.setHeader(name, headers[name] as string)
  if (close) response.setHeader('connection', 'close')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
