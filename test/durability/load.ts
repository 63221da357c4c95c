import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { capture } from '../processes/fleet.ts'

/** The result of a burst of deliveries. */
export interface LoadFigures {
  readonly perSecond: number
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<string, number>>
}

/** Requests as bytes, signed and different from each other, made before the clock runs. */
export function toRequests(from: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const { body, signature } = capture(from + n)
    const head = [
      'POST /webhooks/redcumbre HTTP/1.1',
      'host: 127.0.0.1',
      'content-type: application/json',
      `content-length: ${body.length}`,
      `x-webhook-signature: ${signature}`,
    ].join('\r\n')
    return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])
  })
}

/**
 * Sends all of them over `connections` sockets, one at a time on each. Bytes instead of an HTTP client, so that
 * what is measured is the receiver and not this process.
 */
export async function sendAll(
  port: number,
  requests: readonly Buffer[],
  connections: number,
): Promise<LoadFigures> {
  const sockets = Array.from({ length: connections }, () =>
    createConnection({ port, host: '127.0.0.1', noDelay: true }),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const statuses: Record<string, number> = {}
  let next = 0
  const startedAt = performance.now()
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          const sendNext = (): void => {
            const request = requests[next++]
            if (request) socket.write(request)
            else resolve()
          }
          onAnswer(socket, (status) => {
            statuses[status] = (statuses[status] ?? 0) + 1
            sendNext()
          })
          socket.on('error', reject)
          socket.on('close', () => reject(new Error('The receiver closed a connection')))
          sendNext()
        }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1_000
  for (const socket of sockets) socket.destroy()
  return { perSecond: requests.length / seconds, statuses }
}

const headEnd = '\r\n\r\n'

/** Each whole answer on a connection: its status. Answers have a `content-length`. */
function onAnswer(socket: Socket, answered: (status: string) => void): void {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part: string) => {
    text += part
    const end = text.indexOf(headEnd)
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
    if (text.length < end + headEnd.length + length) return
    const status = text.slice(9, 12)
    text = ''
    answered(status)
  })
}
