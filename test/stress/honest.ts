import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { path } from '../adapters/hosts.ts'
import { freshBody, sign } from '../adapters/raw-client.ts'

const connections = 16
// Redcumbre waits no longer.
const timeoutMs = 5_000

/** The answers that a sender got. */
export interface HonestFigures {
  readonly sent: number
  readonly answered200: number
  /** How often anything else came back: statuses, or codes of errors. */
  readonly others: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Sends signed deliveries, each a new one, on keep-alive connections of its own. */
export interface HonestSender {
  send(throttle: { readonly perSecond: number; readonly durationMs: number }): Promise<HonestFigures>
  close(): void
}

/** A sender that keeps its pace whatever the server does, so that a stall shows in every delivery it delays. */
export function createHonestSender(port: number): HonestSender {
  // In turns, so that none is idle for so long that the server closes it.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })
  return {
    async send({ perSecond, durationMs }) {
      const start = performance.now()
      const posts: Promise<Answer>[] = []
      while (posts.length < (perSecond * durationMs) / 1e3) {
        const dueInMs = start + (posts.length * 1e3) / perSecond - performance.now()
        if (dueInMs > 0) await sleep(dueInMs)
        posts.push(post(agent, port))
      }
      return summarize(await Promise.all(posts))
    },
    close: () => agent.destroy(),
  }
}

interface Answer {
  readonly status: string
  readonly ms: number
}

function post(agent: Agent, port: number): Promise<Answer> {
  const body = freshBody()
  const headers = {
    'content-type': 'application/json',
    'x-webhook-signature': sign(body),
    'content-length': body.byteLength,
  }
  const start = performance.now()
  return new Promise((resolve) => {
    const settle = (status: string): void => resolve({ status, ms: performance.now() - start })
    const fail = (error: NodeJS.ErrnoException): void => settle(error.code ?? error.name)
    const signal = AbortSignal.timeout(timeoutMs)
    request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers, signal }, (response) => {
      response.on('end', () => settle(String(response.statusCode)))
      response.on('error', fail)
      response.resume()
    })
      .on('error', fail)
      .end(body)
  })
}

function summarize(answers: readonly Answer[]): HonestFigures {
  const others: Record<string, number> = {}
  for (const { status } of answers) if (status !== '200') others[status] = (others[status] ?? 0) + 1
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return {
    sent: answers.length,
    answered200: answers.filter(({ status }) => status === '200').length,
    others,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  }
}
