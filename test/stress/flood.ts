// Bad signatures at full speed from a process of its own: `flood.ts PORT SEED CONNECTIONS`.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshBody, headOf } from '../adapters/raw-client.ts'
import { createRandom } from '../fuzz/random.ts'
import { answerParent } from './child.ts'

const distinct = 2_000
const reconnectAfterMs = 20
const finishMs = 5_000

const [port = 0, seed = 0, connections = 0] = process.argv.slice(2).map(Number)
const random = createRandom(seed)
const statuses: Record<string, number> = {}
let sent = 0
let lost = 0
let answering = 0
let finishing = false

// Made before: at full speed the client must not be the slower side.
const requests = Array.from({ length: distinct }, () => {
  const body = freshBody()
  return Buffer.concat([headOf({ body, signature: random.bytes(32).toString('hex') }), body])
})

/** One request at a time on one connection, for as long as the flood lasts. */
function flood(): void {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1')
  let received = ''
  let waiting = false
  let answered = false
  function next(): void {
    waiting = !finishing
    if (finishing) socket.end()
    else post(socket)
  }
  socket.on('connect', next)
  socket.on('data', (text: string) => {
    received += text
    const status = wholeAnswer(received)
    if (status === undefined || answered) return
    const closes = /\r\nconnection: close/i.test(received)
    received = ''
    answering--
    statuses[status] = (statuses[status] ?? 0) + 1
    // A refusal closes: the next one comes on another connection.
    if (closes) answered = true
    else next()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    if (answered) {
      if (!finishing) flood()
      return
    }
    if (waiting) {
      lost++
      answering--
    }
    if (!finishing) setTimeout(flood, reconnectAfterMs)
  })
}

function post(socket: Socket): void {
  socket.write(requests[sent++ % distinct] as Buffer)
  answering++
}

/** The status of an answer, once all that its Content-Length announces is there. */
function wholeAnswer(received: string): string | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1]
  if (length === undefined) return 'unframed'
  return received.length < headEnd + 4 + Number(length) ? undefined : received.slice(9, 12)
}

const answers = {
  figures: () => ({ sent, lost, statuses }),
  /** Sends no more, and tells when the last one is answered or had its time. */
  async finish() {
    finishing = true
    const until = performance.now() + finishMs
    while (answering > 0 && performance.now() < until) await sleep(20)
    return { sent, lost, statuses, unanswered: answering }
  },
}

/** The result of the flood. */
export type FloodAnswers = typeof answers

answerParent(answers)
for (let left = connections; left > 0; left--) flood()
