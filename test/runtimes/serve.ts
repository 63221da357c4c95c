import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Handler, Send } from './subjects.ts'

/** A server on 127.0.0.1, and how to end it with its connections. */
interface Listening {
  readonly port: number
  stop(): Promise<unknown>
}

type Listen = (handler: Handler) => Promise<Listening>

/** The APIs of Bun and Deno that are used here and that Node lacks. */
interface Globals {
  readonly Bun?: {
    readonly version: string
    serve(options: object): { readonly port: number; stop(closeConnections: boolean): Promise<void> }
  }
  readonly Deno?: {
    readonly version: { readonly deno: string }
    serve(
      options: object,
      handler: Handler,
    ): {
      readonly addr: { readonly port: number }
      readonly finished: Promise<void>
      shutdown(): Promise<void>
    }
  }
}

const { Bun, Deno } = globalThis as Globals
const hostname = '127.0.0.1'

async function listenOnBun(handler: Handler): Promise<Listening> {
  const server = (Bun as NonNullable<typeof Bun>).serve({ hostname, port: 0, fetch: handler })
  return { port: server.port, stop: () => server.stop(true) }
}

async function listenOnDeno(handler: Handler): Promise<Listening> {
  const aborting = new AbortController()
  const options = { hostname, port: 0, signal: aborting.signal, onListen() {} }
  const server = (Deno as NonNullable<typeof Deno>).serve(options, handler)
  return {
    port: server.addr.port,
    async stop() {
      aborting.abort()
      await server.finished
    },
  }
}

async function listenOnNode(handler: Handler): Promise<Listening> {
  const server = createAdaptorServer({ fetch: handler as never }) as import('node:http').Server
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const [name, version, listen]: readonly [string, string, Listen] = Bun
  ? ['bun', Bun.version, listenOnBun]
  : Deno
    ? ['deno', Deno.version.deno, listenOnDeno]
    : ['node', process.versions.node, listenOnNode]

/** The runtime that this is. */
export const runtime: { readonly name: string; readonly version: string } = { name, version }

/** Through the runtime's own server, over a socket. */
export const overSocket: Send = async (handler, { to, init }) => {
  const { port, stop } = await listen(handler)
  try {
    const response = await fetch(`http://${hostname}:${port}${to}`, init)
    const { status, headers } = response
    return new Response(await response.arrayBuffer(), { status, headers })
  } finally {
    await stop()
  }
}
