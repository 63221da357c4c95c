import { once } from 'node:events'
import { connect } from 'node:net'
import type { HostName } from '../adapters/hosts.ts'
import { hard, milliseconds, type Row } from '../support/report.ts'
import { startChild } from './child.ts'
import type { ServerAnswers } from './server.ts'

const headMs = 10_000
const requestMs = 30_000
/** As often as `hardenServer` has Node look, and what a busy machine needs. */
const graceMs = 5_000 + 1_500

const head = 'POST /elsewhere HTTP/1.1\r\nHost: 127.0.0.1\r\n'
const cases: readonly (readonly [what: string, sent: string, limitMs: number])[] = [
  ['nothing is sent', '', headMs],
  ['its head never ends', head, headMs],
  ['its body never ends, on a path of nobody', `${head}Content-Length: 9\r\n\r\nabc`, requestMs],
]

/** The limits that `hardenServer` documents, on real connections. */
export async function runDeadlines(host: HostName): Promise<Row[]> {
  const server = startChild<ServerAnswers>(new URL('./server.ts', import.meta.url), [host])
  try {
    const port = Number(/:(\d+)$/.exec(await server.firstLine())?.[1])
    return await Promise.all(
      cases.map(async ([what, sent, limitMs]) => {
        const tookMs = await closedAfter(port, sent)
        return {
          figure: `closed where ${what}`,
          value: milliseconds(tookMs),
          goal: hard(`≤ ${(limitMs + graceMs) / 1e3} s`, tookMs <= limitMs + graceMs),
        }
      }),
    )
  } finally {
    await server.stop()
  }
}

async function closedAfter(port: number, sent: string): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).resume()
  await once(socket, 'connect')
  const start = performance.now()
  if (sent !== '') socket.write(sent)
  await once(socket, 'close')
  return performance.now() - start
}
