import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Captured, capture } from '../processes/fleet.ts'

/** What became of the deliveries that were sent. */
interface Sent {
  /** The ids of documents whose delivery got a 200. */
  readonly acknowledged: Set<string>
  /** Documents that got more than one 200 which did not say «duplicate». */
  acceptedTwice: number
  /** Documents that the sender gave up: their receiver was away for the whole of its table. */
  gaveUp: number
  attempts: number
}

/** Redcumbre's waits before each attempt, in seconds; here a second lasts `secondMs`. */
const waits = [0, 1, 2, 4, 8, 16]

/** Sends until it is stopped: `width` deliveries at a time, each repeated by Redcumbre's table until its 200. */
export function startSenders(port: number, width: number, secondMs: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: width })
  const sent: Sent = { acknowledged: new Set(), acceptedTwice: 0, gaveUp: 0, attempts: 0 }
  let next = 0
  let running = true

  async function deliver(n: number): Promise<void> {
    const captured = capture(n)
    for (const wait of waits) {
      if (wait > 0) await sleep(wait * secondMs)
      sent.attempts++
      const answer = await post(agent, port, captured)
      if (answer === undefined) continue
      sent.acknowledged.add(`bhe-${n}`)
      // A retry whose answer got lost, and a copy: exactly one of all may have been new.
      const copy = await post(agent, port, captured)
      if (copy === 'new') sent.acceptedTwice++
      return
    }
    sent.gaveUp++
  }
  const lanes = Array.from({ length: width }, async () => {
    while (running) await deliver(next++)
  })
  return {
    sent,
    async stop(): Promise<void> {
      running = false
      await Promise.all(lanes)
      agent.destroy()
    },
  }
}

/** What a 200 said; `undefined` for every other answer, and for none. */
function post(
  agent: Agent,
  port: number,
  { body, signature }: Captured,
): Promise<'new' | 'copy' | undefined> {
  const headers = { 'content-length': body.length, 'x-webhook-signature': signature }
  return new Promise((resolve) => {
    const sending = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/webhooks/redcumbre',
        headers,
        timeout: 30_000,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          text += part
        })
        response.on('error', () => resolve(undefined))
        response.on('aborted', () => resolve(undefined))
        response.on('end', () => {
          if (response.statusCode !== 200) resolve(undefined)
          else resolve(text.includes('"duplicate":true') ? 'copy' : 'new')
        })
      },
    )
    sending.on('error', () => resolve(undefined))
    sending.end(body)
  })
}
