import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'

/**
 * The behaviour of a proxy. TCP loses nothing within a connection, and so neither does the proxy.
 * `silent`: holds what the client sends until it passes again. `deaf`: hands commands through, and holds the
 * answers. `dead`: as silent, and for ever for the connections that it met. `cut`: hands commands through, and
 * cuts the connection when the answer comes. `answer`: answers each command itself, with a line of the protocol.
 */
export type ProxyMode = 'pass' | 'silent' | 'deaf' | 'dead' | 'cut' | { readonly answer: string }

/** A TCP proxy in front of a Redis server. */
export interface TcpProxy {
  readonly port: number
  set(mode: ProxyMode): void
  /** Cuts every connection, and refuses new ones. */
  refuse(): Promise<void>
  /** Listens again on the same port. */
  listen(): Promise<void>
  /** New connections lead to another server; those that are open stay. */
  lead(target: number): void
}

/** A proxy that passes until it is told otherwise. `lagMs`: how much later bytes arrive, either way. */
export async function startProxy(first: number, { lagMs = 0 } = {}): Promise<TcpProxy> {
  const links = new Set<Link>()
  let target = first
  let mode: ProxyMode = 'pass'
  let server: Server | undefined
  let port = 0
  const proxy: TcpProxy = {
    get port() {
      return port
    },
    set(next) {
      mode = next
      for (const link of links) link.set(next)
    },
    lead(next) {
      target = next
    },
    async refuse() {
      for (const link of links) link.destroy()
      if (!server?.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
    async listen() {
      server = createServer((client) => {
        const link = new Link(client, createConnection(target, '127.0.0.1'), lagMs, () => links.delete(link))
        links.add(link)
        link.set(mode)
      }).listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
  }
  await proxy.listen()
  return proxy
}

/** One connection through the proxy. */
class Link {
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #lagMs: number
  #mode: ProxyMode = 'pass'
  #dead = false
  #toServer: Buffer[] = []
  #toClient: Buffer[] = []

  constructor(client: Socket, upstream: Socket, lagMs: number, gone: () => void) {
    this.#lagMs = lagMs
    this.#client = client
    this.#upstream = upstream
    for (const socket of [client, upstream]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        gone()
        this.destroy()
      })
    }
    client.on('data', (chunk) => this.#fromClient(chunk))
    upstream.on('data', (chunk) => this.#fromServer(chunk))
  }

  set(mode: ProxyMode): void {
    this.#mode = mode
    if (mode === 'dead') this.#dead = true
    if (mode !== 'pass' || this.#dead) return
    for (const chunk of this.#toServer.splice(0)) this.#upstream.write(chunk)
    for (const chunk of this.#toClient.splice(0)) this.#client.write(chunk)
  }

  destroy(): void {
    this.#client.destroy()
    this.#upstream.destroy()
  }

  #fromClient(chunk: Buffer): void {
    if (typeof this.#mode === 'object') this.#client.write(this.#mode.answer.repeat(commandsIn(chunk)))
    else if (this.#mode === 'silent' || this.#dead) this.#toServer.push(chunk)
    else this.#later(this.#upstream, chunk)
  }

  #fromServer(chunk: Buffer): void {
    if (this.#mode === 'cut') this.destroy()
    else if (this.#mode === 'pass' && !this.#dead) this.#later(this.#client, chunk)
    else this.#toClient.push(chunk)
  }

  #later(socket: Socket, chunk: Buffer): void {
    if (this.#lagMs === 0) socket.write(chunk)
    else setTimeout(() => socket.write(chunk), this.#lagMs)
  }
}

/** How many commands begin in a chunk: each is a RESP array. */
function commandsIn(chunk: Buffer): number {
  return chunk.toString('latin1').match(/(?<=^|\r\n)\*\d+\r\n/g)?.length ?? 0
}
