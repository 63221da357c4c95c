import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'

/** Node's own request; of one that is made for a test there may be less. */
export type NodeRequest = Pick<IncomingMessage, 'rawHeaders'> & Partial<IncomingMessage>

/**
 * The request that Hono's adapter for Node puts beside its own. Elsewhere `undefined`: the bindings of a Worker have the
 * names that its author gave them, and one may be `incoming`, too.
 */
export function nodeRequest(context: Context): NodeRequest | undefined {
  const { incoming }: { readonly incoming?: Partial<IncomingMessage> } = context.env ?? {}
  return isNodeRequest(incoming) ? incoming : undefined
}

function isNodeRequest(incoming: Partial<IncomingMessage> | undefined): incoming is NodeRequest {
  return Array.isArray(incoming?.rawHeaders)
}

/**
 * Node's own request, where nobody has read its body or made a web stream of it: to make one costs more than all that
 * the receiver does.
 */
export function untouchedRequest(context: Context): IncomingMessage | undefined {
  const incoming = nodeRequest(context)
  return isStream(incoming) && isUntouched(incoming) ? incoming : undefined
}

function isStream(incoming: NodeRequest | undefined): incoming is IncomingMessage {
  return typeof incoming?.on === 'function' && typeof incoming.listenerCount === 'function'
}

/** A stream that was read, piped or made a web stream has a state or a listener: Hono's adapter reads ahead at once. */
function isUntouched(incoming: IncomingMessage): boolean {
  const isAwaited = incoming.listenerCount('data') + incoming.listenerCount('readable') > 0
  return incoming.readableFlowing === null && incoming.readableDidRead === false && !isAwaited
}
