import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from './figures.ts'
import { toBytes } from './requests-file.ts'
import { bodyOf, sign } from './signed.ts'

const connections = 128
/** Sends what is due: a timer's own grain, which every latency may have on top. */
const tickMs = 1
const finishMs = 5_000

/** What a load at a fixed rate came to. */
export interface OpenLoop {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly answered: number
  /** Answers of 400 and above, and requests without one. */
  readonly failed: number
}

interface Connection {
  readonly socket: Socket
  intendedAt: number
  text: string
}

let runs = 0

/**
 * Sends at a fixed rate, whatever the server does. Latency counts from when a request was to be sent: where the server
 * stands still, those that could not be sent meanwhile count as late, too (coordinated omission is avoided).
 */
export async function openLoop(port: number, perSecond: number, seconds: number): Promise<OpenLoop> {
  const count = Math.round(perSecond * seconds)
  const name = `o${process.pid.toString(36)}${(runs++).toString(36).padStart(3, '0')}`
  const requests = Array.from({ length: count }, (_, n) => {
    const body = bodyOf(`${name}-${String(n).padStart(7, '0')}`)
    return toBytes({ body, signature: sign(body) })
  })
  const latencies: number[] = []
  let refused = 0
  const free: Connection[] = []
  const sockets: Socket[] = []
  for (let at = 0; at < connections; at++) {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
    sockets.push(socket)
    await once(socket, 'connect')
    const connection: Connection = { socket, intendedAt: 0, text: '' }
    socket.on('error', () => {})
    socket.on('data', (part: string) => {
      connection.text += part
      const status = wholeAnswer(connection.text)
      if (status === undefined) return
      connection.text = ''
      latencies.push(performance.now() - connection.intendedAt)
      if (status >= 400) refused++
      free.push(connection)
    })
    free.push(connection)
  }
  const start = performance.now()
  const everyMs = 1_000 / perSecond
  for (let next = 0; next < count; ) {
    while (next < count && start + next * everyMs <= performance.now()) {
      const connection = free.pop()
      if (connection === undefined) break
      connection.intendedAt = start + next * everyMs
      connection.socket.write(requests[next] ?? '')
      next++
    }
    await sleep(tickMs)
    if (performance.now() - start > seconds * 1_000 + finishMs) break
  }
  for (const until = performance.now() + finishMs; latencies.length < count && performance.now() < until; ) {
    await sleep(tickMs)
  }
  for (const socket of sockets) socket.destroy()
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    answered: latencies.length,
    failed: refused + count - latencies.length,
  }
}

/** The status of an answer, once all of it is there. */
function wholeAnswer(text: string): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  if (length === undefined) return text.endsWith('0\r\n\r\n') ? Number(text.slice(9, 12)) : undefined
  return text.length < headEnd + 4 + Number(length) ? undefined : Number(text.slice(9, 12))
}
