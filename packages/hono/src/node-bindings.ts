import type { Context } from 'hono'

/** Bindings that Hono's adapter for Node puts beside a request. */
export interface NodeBindings {
  readonly incoming?: {
    readonly url?: string
    readonly rawHeaders?: readonly string[]
    readonly socket?: { readonly remoteAddress?: string }
  }
}

/** Empty where Hono does not run on Node. */
export function nodeBindings(context: Context): NodeBindings {
  const bindings: NodeBindings = context.env ?? {}
  return bindings
}
