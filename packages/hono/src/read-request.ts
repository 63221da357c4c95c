import {
  fromFetchHeaders,
  fromFetchRequest,
  fromNodeHeaders,
  type IncomingRequest,
  readNodeBody,
} from '@acuse/core/adapter'
import type { Context } from 'hono'
import { nodeRequest, untouchedRequest } from './node-request.ts'

const consumedRemedy =
  'Mount the webhooks before what calls c.req.json(), c.req.text() or c.req.parseBody(); c.req.arrayBuffer() keeps the bytes'

/** A Hono request as the receiver takes it; its body is read when the receiver asks. */
export function readRequest(context: Context, clientAddress: ClientAddress = nodeAddress): IncomingRequest {
  const { raw } = context.req
  return {
    ...readHead(context),
    waitUntil: waitUntilOf(context),
    consumedRemedy,
    // Asked by the receiver, which answers whatever it does.
    get clientAddress() {
      return clientAddress(context)
    },
    async read(limits) {
      const kept = await context.req.bodyCache.arrayBuffer
      if (kept !== undefined)
        return kept.byteLength > limits.maxBytes ? 'body-too-large' : new Uint8Array(kept)
      const incoming = untouchedRequest(context)
      return incoming ? readNodeBody(incoming, limits) : fromFetchRequest(raw).read(limits)
    },
  }
}

/** The head of a Hono request. */
export function readHead(context: Context): Pick<IncomingRequest, 'method' | 'url' | 'headers'> {
  const { raw } = context.req
  const { rawHeaders } = nodeRequest(context) ?? {}
  return {
    method: raw.method,
    url: raw.url,
    // On Node repeated headers can be counted; elsewhere the runtime has joined them.
    headers: rawHeaders?.length ? fromNodeHeaders({ rawHeaders }) : fromFetchHeaders(raw.headers),
  }
}

/** Finds the address of a client, for `ipAllowlist`. */
export type ClientAddress = (context: Context) => string | undefined

/** The address of the connection, where Hono runs on Node. */
const nodeAddress: ClientAddress = (context) => nodeRequest(context)?.socket?.remoteAddress

/** Workers end what runs after the answer, and so the handlers, unless they are told to wait. */
function waitUntilOf(context: Context): IncomingRequest['waitUntil'] {
  // Hono throws where the runtime has no such context, and an error for each request is dear.
  if (nodeRequest(context)) return undefined
  try {
    const { executionCtx } = context
    return typeof executionCtx.waitUntil === 'function' ? (work) => executionCtx.waitUntil(work) : undefined
  } catch {
    return undefined
  }
}
