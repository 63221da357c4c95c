import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'

/** Bindings that Hono's adapter for Node puts beside a request; other code may put less there. */
export interface NodeBindings {
  readonly incoming?: Partial<IncomingMessage>
}

/** Empty where Hono does not run on Node. */
export function nodeBindings(context: Context): NodeBindings {
  const bindings: NodeBindings = context.env ?? {}
  return bindings
}

/**
 * Node's own request, where nobody has read its body or made a web stream of it: to make one costs more than all that
 * the receiver does.
 */
export function untouchedRequest(context: Context): IncomingMessage | undefined {
  const { incoming } = nodeBindings(context)
  return isRequest(incoming) && isUntouched(incoming) ? incoming : undefined
}

function isRequest(incoming: NodeBindings['incoming']): incoming is IncomingMessage {
  return typeof incoming?.on === 'function' && typeof incoming.listenerCount === 'function'
}

/** A stream that was read, piped or made a web stream has a state or a listener: Hono's adapter reads ahead at once. */
function isUntouched(incoming: IncomingMessage): boolean {
  const isAwaited = incoming.listenerCount('data') + incoming.listenerCount('readable') > 0
  return incoming.readableFlowing === null && incoming.readableDidRead === false && !isAwaited
}
