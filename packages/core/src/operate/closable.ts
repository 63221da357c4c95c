import type { Server } from 'node:net'

/** A server of Node (`http`, `https`, `http2`), or a framework's instance that has one and closes by itself. */
export type ClosableServer = Server | { readonly server: Server; close(): PromiseLike<unknown> }

/** Anything that can be closed: a receiver, a middleware or plugin of an adapter, a reconciler, a pool of connections. */
export interface Closable {
  /** Closes it; a promise is waited for. */
  close(options: { readonly timeoutMs: number }): unknown
}
