import type { Server } from 'node:net'

/** An instance of a framework that has a server and closes by itself. */
export interface ServerInstance {
  /** Node's server. */
  readonly server: Server
  /** Closes the server, and what the program hung onto the instance. */
  close(): PromiseLike<unknown>
}

/** A server of Node (`http`, `https`, `http2`), or an instance around one. */
export type ClosableServer = Server | ServerInstance

/** Anything that can be closed: a receiver, a middleware or plugin of an adapter, a reconciler, a pool of connections. */
export interface Closable {
  /** Closes it; a promise is waited for. */
  close(options: { readonly timeoutMs: number }): unknown
}
