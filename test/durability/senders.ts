import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Captured, type CapturedType, capture } from '../processes/fleet.ts'

/** The outcomes of the deliveries that were sent. */
export interface Sent {
  /** The ids of documents whose delivery got a 200. */
  readonly acknowledged: Set<string>
  /** Documents that got more than one 200 which did not say «duplicate». */
  acceptedTwice: number
  /** Documents whose first 200 said «duplicate»: an earlier attempt was accepted, and its sender was not told. */
  acceptedUntold: number
  /** Documents that the sender gave up: their receiver was away for the whole of its table. */
  gaveUp: number
  attempts: number
}

/** An answer, or none. */
interface Answer {
  /** Of an attempt without an answer: why. */
  readonly status: number | `none: ${string}`
  /** Whether a 200 says «duplicate». */
  readonly isCopy: boolean
}

/** The answers to attempts that began and ended during the observation. */
export interface Watch {
  /** By status; a 200 that says «duplicate» is `200 duplicate`. */
  readonly answers: Readonly<Record<string, number>>
  slowestMs: number
}

/** Senders at work. */
export interface Senders {
  readonly sent: Sent
  /** The number of the next document. */
  readonly next: number
  /** Counts the answers from now on, until the returned function is called. */
  watch(): () => Watch
  /** Lets what is being sent come to its end. */
  stop(): Promise<void>
}

/** Who is sent what, how fast. */
export interface Sending {
  /** Where receivers listen; each attempt goes to the next one. */
  readonly ports: readonly number[]
  /** Deliveries at once. */
  readonly width: number
  /** How long a second of Redcumbre's table lasts, in milliseconds. */
  readonly secondMs: number
  /** The number of the first document. Default 0. */
  readonly from?: number
  /** The event of a document. Default `bhe.emitida` for all. */
  readonly typeOf?: (n: number) => CapturedType
  /** Told of each first 200, and when its attempt began. */
  readonly onAcknowledged?: (document: string, begunAt: number) => void
}

/** Redcumbre's waits before each attempt, in seconds; here a second lasts `secondMs`. */
const waits = [0, 1, 2, 4, 8, 16]

/** Sends until it is stopped: `width` deliveries at a time, each repeated by Redcumbre's table until its 200. */
export function startSenders(sending: Sending): Senders {
  const { ports, width, secondMs, from = 0, typeOf, onAcknowledged } = sending
  // In turns, so that none is idle for so long that the receiver closes it just when it is used.
  const agent = new Agent({ keepAlive: true, maxSockets: width, scheduling: 'fifo' })
  const sent: Sent = { acknowledged: new Set(), acceptedTwice: 0, acceptedUntold: 0, gaveUp: 0, attempts: 0 }
  const watches = new Set<{ answers: Record<string, number>; slowestMs: number }>()
  let next = from
  let running = true

  async function attempt(captured: Captured): Promise<Answer> {
    const watching = [...watches]
    const startedAt = performance.now()
    const port = ports[sent.attempts++ % ports.length] as number
    const answer = await post(agent, port, captured)
    for (const watch of watching) {
      if (!watches.has(watch)) continue
      const name = answer.isCopy ? '200 duplicate' : String(answer.status)
      watch.answers[name] = (watch.answers[name] ?? 0) + 1
      watch.slowestMs = Math.max(watch.slowestMs, performance.now() - startedAt)
    }
    return answer
  }

  async function deliver(n: number): Promise<void> {
    const captured = capture(n, typeOf?.(n))
    for (const wait of waits) {
      if (wait > 0) await sleep(wait * secondMs)
      const begunAt = performance.now()
      const answer = await attempt(captured)
      if (answer.status !== 200) continue
      sent.acknowledged.add(`bhe-${n}`)
      onAcknowledged?.(`bhe-${n}`, begunAt)
      if (answer.isCopy) sent.acceptedUntold++
      // A retry whose answer got lost, and a copy: exactly one of all may have been new.
      const copy = await attempt(captured)
      if (copy.status === 200 && !copy.isCopy) sent.acceptedTwice++
      return
    }
    sent.gaveUp++
  }
  const queues = Array.from({ length: width }, async () => {
    while (running) await deliver(next++)
  })
  return {
    sent,
    get next() {
      return next
    },
    watch() {
      const watch = { answers: {}, slowestMs: 0 }
      watches.add(watch)
      return () => {
        watches.delete(watch)
        return watch
      }
    },
    async stop() {
      running = false
      await Promise.all(queues)
      agent.destroy()
    },
  }
}

const answerMs = 30_000

function post(agent: Agent, port: number, { body, signature }: Captured): Promise<Answer> {
  const headers = { 'content-length': body.length, 'x-webhook-signature': signature }
  const path = '/webhooks/redcumbre'
  return new Promise((resolve) => {
    const fail = (error?: NodeJS.ErrnoException): void =>
      resolve({ status: `none: ${error?.code ?? 'aborted'}`, isCopy: false })
    const sending = request(
      { agent, host: '127.0.0.1', port, method: 'POST', path, headers, timeout: answerMs },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          text += part
        })
        response.on('error', fail)
        response.on('aborted', () => fail())
        response.on('end', () => {
          const isCopy = response.statusCode === 200 && text.includes('"duplicate":true')
          resolve({ status: response.statusCode ?? 'none: no status', isCopy })
        })
      },
    )
    sending.on('error', fail)
    sending.on('timeout', () => sending.destroy())
    sending.end(body)
  })
}
