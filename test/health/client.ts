import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { capture } from '../processes/fleet.ts'
import type { Running } from '../support/processes.ts'

/** A connection to a server, as bytes. */
export interface Connection {
  send(text: string): void
  /** What came, once it has this; rejects when the connection ends before. */
  until(pattern: RegExp): Promise<string>
  /** What came, once the server has ended it. */
  readonly ended: Promise<string>
}

/** Opens one, and sends nothing. */
export async function open(port: number): Promise<Connection> {
  return keep(await connected(port))
}

/** The same, once the program says that it has it: what only the kernel has taken is cut when a server stops listening. */
export async function openAccepted(port: number, program: Pick<Running, 'line'>): Promise<Connection> {
  const socket = await connected(port)
  const connection = keep(socket)
  await program.line(new RegExp(`^connected from ${socket.localPort}$`))
  return connection
}

async function connected(port: number): Promise<Socket> {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

function keep(socket: Socket): Connection {
  let text = ''
  const waiting = new Set<() => void>()
  socket.setEncoding('utf8').on('data', (data) => {
    text += String(data)
    for (const wake of waiting) wake()
  })
  socket.on('error', () => {})
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  return {
    send: (sent) => void socket.write(sent),
    ended,
    async until(pattern) {
      while (!pattern.test(text)) {
        const came = new Promise<'came'>((resolve) => waiting.add(() => resolve('came')))
        if ((await Promise.race([came, ended])) !== 'came') throw new Error(`It ended: ${text}`)
      }
      return text
    },
  }
}

/** The error of a server that takes no connections any more; one that got in before it stopped listening is cut. */
export async function refusal(port: number): Promise<string> {
  for (;;) {
    try {
      const cut = await open(port)
      await cut.ended
    } catch (error) {
      return String(error)
    }
  }
}

let serial = 0

/** A signed delivery that nobody has sent before, on a connection that is to be kept. */
export function delivery(): string {
  const { body, signature } = capture(++serial)
  const head = [
    'POST /webhooks/redcumbre HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-webhook-signature: ${signature}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** A request for a page. */
export const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`
