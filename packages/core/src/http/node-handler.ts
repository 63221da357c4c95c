import type { IncomingMessage, ServerResponse } from 'node:http'
import { fromNodeHeaders } from '../model/headers.ts'
import type { Outcome } from '../model/outcome.ts'
import type { IncomingRequest } from '../model/request.ts'
import { passRequest, takeRequest } from '../receiver/misrouted.ts'
import type { Receiver } from '../receiver/receiver.ts'
import { checkReceiver } from './check-receiver.ts'
import { keptBody, readNodeBody } from './node-body.ts'

const consumedRemedy =
  'Hand the request to the receiver before anything reads its body, or keep the bytes as request.rawBody'

/** A listener for `node:http` servers. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * `node:http` requests → answers, without a framework. It answers on every path: routing is its caller's.
 * @throws TypeError when it is given no receiver
 * @example
 * import { createServer } from 'node:http'
 * import { createReceiver, toNodeHandler } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']))
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * createServer(toNodeHandler(receiver)).listen(3000)
 */
export function toNodeHandler(receiver: Pick<Receiver<never>, 'handle'>): NodeHandler {
  checkReceiver('toNodeHandler', receiver)
  return async (request, response) => {
    takeRequest(request)
    writeNodeAnswer(await receiver.handle(fromNodeRequest(request)), response)
  }
}

/**
 * A `node:http` request as the receiver takes it. Its body is read when the receiver asks; bytes that somebody kept as
 * `request.rawBody` or `request.body`, as Cloud Functions and raw body parsers leave, serve as well.
 */
export function fromNodeRequest(request: IncomingMessage): IncomingRequest {
  return {
    method: String(request.method),
    url: String(request.url),
    headers: fromNodeHeaders(request),
    // Test doubles of a request may have none.
    clientAddress: (request.socket as IncomingMessage['socket'] | undefined)?.remoteAddress,
    consumedRemedy,
    read(limits) {
      const kept = keptBody(request)
      if (kept === undefined) return readNodeBody(request, limits)
      return kept.byteLength > limits.maxBytes ? 'body-too-large' : kept
    },
  }
}

/**
 * {@link passRequest} for adapters on Node.
 * @param place the request's whole target, where the framework cuts it; and where the adapter is mounted
 */
export function passNodeRequest(
  receiver: object,
  request: IncomingMessage,
  { url = String(request.url), at }: { readonly url?: string; readonly at?: string } = {},
): ((status: number) => void) | undefined {
  // Most of what passes by is none.
  if (request.method !== 'POST') return undefined
  return passRequest(receiver, request, { method: 'POST', url, headers: fromNodeHeaders(request) }, at)
}

/** Writes an outcome, unless the client is gone or somebody answered already. */
export function writeNodeAnswer({ status, headers, body, close }: Outcome, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (close) response.setHeader('connection', 'close')
  // RFC 9110 §8.6: a 204 has none.
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
