// Slow connections from a process of its own: `trickle.ts PORT SEED CONNECTIONS UNSIGNED`. One byte a second each;
// UNSIGNED is 1 where their heads have no signature, and so are refused at once.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { headOf, sign } from '../adapters/raw-client.ts'
import { createRandom } from '../fuzz/random.ts'
import { answerParent } from './child.ts'

const byteEveryMs = 1_000
const openOverMs = 1_000
const bodyTimeoutMs = 3_000
const graceMs = 1_500
const announcedBytes = 100_000

const [port = 0, seed = 0, connections = 0, unsigned = 0] = process.argv.slice(2).map(Number)
const timeoutMs = unsigned ? 0 : bodyTimeoutMs
const reopenAfterMs = unsigned ? 1_000 : 0
const random = createRandom(seed)
const head = headOf({
  signature: unsigned ? null : sign(Buffer.from('never all here')),
  length: announcedBytes,
})
const statuses: Record<string, number> = {}
/** Since when each is connected; 0: it is not yet. */
const open = new Map<object, number>()
let finishing = false
let opened = 0
let failed = 0
let late = 0
let slowestMs = 0

function trickle(): void {
  if (finishing) return
  opened++
  const socket = connect(port, '127.0.0.1').setNoDelay()
  let received = ''
  let drip: NodeJS.Timeout | undefined
  let wait: NodeJS.Timeout | undefined
  open.set(socket, 0)
  socket.on('connect', () => {
    open.set(socket, performance.now())
    socket.write(head)
    // Anywhere in the second, so that no byte always meets the deadline.
    wait = setTimeout(() => {
      socket.write('{')
      drip = setInterval(() => socket.write(' '), byteEveryMs)
    }, random.below(byteEveryMs))
  })
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(wait)
    clearInterval(drip)
    tally(open.get(socket), /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 'none')
    open.delete(socket)
    setTimeout(trickle, reopenAfterMs)
  })
}

function tally(since: number | undefined, status: string): void {
  if (!since) {
    failed++
    return
  }
  const lastedMs = performance.now() - since
  statuses[status] = (statuses[status] ?? 0) + 1
  slowestMs = Math.max(slowestMs, lastedMs)
  if (lastedMs > timeoutMs + graceMs) late++
}

const answers = {
  /** Opens no more, and tells when the last one is closed or had its time. */
  async finish() {
    finishing = true
    const until = performance.now() + timeoutMs + 2 * graceMs
    while (open.size > 0 && performance.now() < until) await sleep(50)
    return { opened, failed, statuses, late: late + open.size, neverClosed: open.size, slowestMs }
  },
}

/** The result of the slow connections. */
export type TrickleAnswers = typeof answers

answerParent(answers)
// Not all at once: that would try the kernel's queue of connections, and nothing of ours.
for (let nth = 0; nth < connections; nth++) setTimeout(trickle, (nth * openOverMs) / connections)
