import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import { Waiters } from '../lib/waiters.ts'

/** The parts of an HTTP/2 session that a close needs. */
interface Session {
  close(): void
  once(event: 'close', listener: () => void): unknown
}

/** Knows the connections of a server, and which of its requests are being answered. */
export class Connections {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<Session>()
  readonly #answering = new Set<ServerResponse>()
  readonly #rest = new Waiters()
  #closed: Promise<void> | undefined

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => keepWhileOpen(this.#sockets, socket))
    server.on('session', (session: Session) => keepWhileOpen(this.#sessions, session))
    // Before the program's own listener, which may write the head at once.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.#answering.add(response)
      if (this.#closed !== undefined) endAfter(response)
      response.once('close', () => {
        this.#answering.delete(response)
        this.#rest.release()
      })
    })
  }

  /** How many requests are being answered. */
  get answering(): number {
    return this.#answering.size
  }

  /** Takes no new connections, ends idle ones, and those that are busy with their answer. Resolves when all have ended. */
  stop(): Promise<void> {
    // It fails where the server does not listen: there is nothing to stop then.
    this.#closed ??= new Promise((resolve) => this.#server.close(() => resolve()))
    for (const response of this.#answering) endAfter(response)
    for (const session of this.#sessions) session.close()
    return this.#closed
  }

  /** Resolves when no request is being answered. */
  async answered(): Promise<void> {
    while (this.#answering.size > 0) await this.#rest.wait()
  }

  /** Ends what is left: connections over which no request came, or half of one. */
  end(): void {
    for (const socket of this.#sockets) socket.destroySoon()
  }
}

function keepWhileOpen<T extends { once(event: 'close', listener: () => void): unknown }>(
  open: Set<T>,
  one: T,
): void {
  open.add(one)
  one.once('close', () => open.delete(one))
}

/** Tells the client to send nothing more over this connection. HTTP/2 has no such header: its session is closed. */
function endAfter(response: ServerResponse): void {
  const isHttp1 = response.req.httpVersionMajor < 2
  if (isHttp1 && !response.headersSent) response.setHeader('connection', 'close')
}
