import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'

/**
 * What a proxy does with a connection: hands everything through; takes bytes and gives none (`silent`); hands
 * commands through and swallows their answers (`deaf`: applied, and never answered); hands commands through and
 * cuts the connection when the answer comes (`cut`); or answers each chunk itself with a line of the protocol.
 */
export type ProxyMode = 'pass' | 'silent' | 'deaf' | 'cut' | { readonly answer: string }

/** A TCP proxy in front of a server. */
export interface Proxy {
  readonly port: number
  mode: ProxyMode
  /** Cuts every connection, and refuses new ones. */
  refuse(): Promise<void>
  /** Listens again on the same port. */
  listen(): Promise<void>
  close(): Promise<void>
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  function connect(client: Socket): void {
    const upstream = createConnection(target, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (typeof proxy.mode === 'object') client.write(proxy.mode.answer)
      else if (proxy.mode !== 'silent') upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (proxy.mode === 'pass') client.write(chunk)
      else if (proxy.mode === 'cut') client.destroy()
    })
  }

  const proxy: Proxy = {
    get port() {
      return port
    },
    mode: 'pass',
    async refuse() {
      for (const socket of sockets) socket.destroy()
      if (!server?.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
    async listen() {
      server = createServer(connect).listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    close: () => proxy.refuse(),
  }
  await proxy.listen()
  return proxy
}
