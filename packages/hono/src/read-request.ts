import { fromFetchRequest, fromNodeHeaders, type IncomingRequest } from '@acuse/core/adapter'
import type { Context } from 'hono'
import { nodeBindings } from './node-bindings.ts'

const consumedRemedy =
  'Mount the webhooks before what calls c.req.json(), c.req.text() or c.req.parseBody(); c.req.arrayBuffer() keeps the bytes'

/** A Hono request as the receiver takes it; its body is read when the receiver asks. */
export function readRequest(context: Context, clientAddress: ClientAddress = nodeAddress): IncomingRequest {
  const request = fromFetchRequest(context.req.raw)
  const { incoming } = nodeBindings(context)
  return {
    ...request,
    // On Node repeated headers can be counted; elsewhere the runtime has joined them.
    headers: incoming?.rawHeaders?.length ? fromNodeHeaders(incoming) : request.headers,
    waitUntil: waitUntilOf(context),
    consumedRemedy,
    // Asked by the receiver, which answers whatever it does.
    get clientAddress() {
      return clientAddress(context)
    },
    async read(limits) {
      const kept = await context.req.bodyCache.arrayBuffer
      if (kept === undefined) return request.read(limits)
      return kept.byteLength > limits.maxBytes ? 'body-too-large' : new Uint8Array(kept)
    },
  }
}

/** Finds the address of a client, for `ipAllowlist`. */
export type ClientAddress = (context: Context) => string | undefined

/** The address of the connection, where Hono runs on Node. */
const nodeAddress: ClientAddress = (context) => nodeBindings(context).incoming?.socket?.remoteAddress

/** Workers end what runs after the answer, and so the handlers, unless they are told to wait. */
function waitUntilOf(context: Context): IncomingRequest['waitUntil'] {
  try {
    const { executionCtx } = context
    return typeof executionCtx.waitUntil === 'function' ? (work) => executionCtx.waitUntil(work) : undefined
  } catch {
    // Hono throws where the runtime has no such context.
    return undefined
  }
}
