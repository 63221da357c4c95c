import type { HostName } from '../adapters/hosts.ts'
import { counts, hard, megabytes, milliseconds, type Row, soft } from '../support/report.ts'
import { type Answers, type Child, startChild } from './child.ts'
import type { FloodAnswers } from './flood.ts'
import { createHonestSender, type HonestFigures, type HonestSender } from './honest.ts'
import { watchRss } from './rss-watch.ts'
import type { ServerAnswers } from './server.ts'
import type { TrickleAnswers } from './trickle.ts'

/** How much of everything. */
export interface Form {
  readonly slowConnections: number
  readonly trickleMs: number
  readonly tricklePerSecond: number
  readonly floodConnections: number
  readonly warmUpMs: number
  /** How much of the end of the warm-up and of the flood the memory's medians are of. */
  readonly rssWindowMs: number
  readonly floodMs: number
  readonly floodPerSecond: number
}

/** The processes of a campaign: three, because two roles in one would slow each other. */
interface Parties<Attack extends Answers> {
  readonly server: Child<ServerAnswers>
  readonly attack: Child<Attack>
  readonly honest: HonestSender
}

const maxGrowth = 50e6
const maxLiveGrowth = 10e6
const maxP99Ms = 100

async function withParties<Attack extends Answers>(
  host: HostName,
  attacker: URL,
  args: readonly number[],
  campaign: (parties: Parties<Attack>) => Promise<Row[]>,
): Promise<Row[]> {
  const server = startChild<ServerAnswers>(new URL('./server.ts', import.meta.url), [host])
  const children: { stop(): Promise<void> }[] = [server]
  try {
    const port = Number(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(await server.firstLine())?.[1])
    const attack = startChild<Attack>(attacker, [port, ...args])
    children.push(attack)
    const honest = createHonestSender(port)
    try {
      return await campaign({ server, attack, honest })
    } finally {
      honest.close()
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** Threat 27: many slow bodies, and honest deliveries beside them. */
export function runTrickle(host: HostName, form: Form, seed: number): Promise<Row[]> {
  return runSlow(host, form, seed, { status: '408', unsigned: 0, withinMs: 4_500 })
}

/** The same without a signature: refused at once, and their connections with them. */
export function runUnsigned(host: HostName, form: Form, seed: number): Promise<Row[]> {
  return runSlow(host, form, seed, { status: '401', unsigned: 1, withinMs: 1_500 })
}

interface SlowBodies {
  readonly status: string
  readonly unsigned: number
  readonly withinMs: number
}

function runSlow(
  host: HostName,
  form: Form,
  seed: number,
  { status, unsigned, withinMs }: SlowBodies,
): Promise<Row[]> {
  const { slowConnections, trickleMs: durationMs, tricklePerSecond: perSecond } = form
  const attacker = new URL('./trickle.ts', import.meta.url)
  return withParties<TrickleAnswers>(
    host,
    attacker,
    [seed, slowConnections, unsigned],
    async ({ server, attack, honest }) => {
      const sent = await honest.send({ perSecond, durationMs })
      const slow = await attack.ask('finish')
      const { acceptCalls, rejections, rss } = await server.ask('figures')
      const closed = Object.values(slow.statuses).reduce((sum, times) => sum + times, 0)
      const allRefused = closed === slow.statuses[status] && slow.failed === 0
      return [
        ...honestRows(sent),
        { figure: 'slow connections opened', value: String(slow.opened) },
        {
          figure: 'of them closed by the server',
          value: String(closed),
          goal: hard('all', closed === slow.opened && slow.neverClosed === 0),
        },
        {
          figure: `closed later than ${milliseconds(withinMs)}`,
          value: String(slow.late),
          goal: hard('0', slow.late === 0),
        },
        { figure: 'slowest close after its head', value: milliseconds(slow.slowestMs) },
        { figure: 'answers to them', value: counts(slow.statuses), goal: hard(`all ${status}`, allRefused) },
        { figure: 'refusals by code', value: counts(rejections) },
        storeRow(acceptCalls, sent.answered200),
        { figure: 'server RSS after', value: megabytes(rss) },
      ]
    },
  )
}

/** Threat 39: bad signatures at full speed, and honest deliveries beside them. */
export function runFlood(host: HostName, form: Form, seed: number): Promise<Row[]> {
  const { floodConnections, warmUpMs, rssWindowMs, floodMs: durationMs, floodPerSecond: perSecond } = form
  const attacker = new URL('./flood.ts', import.meta.url)
  return withParties<FloodAnswers>(host, attacker, [seed, floodConnections], async (parties) => {
    const { server, attack, honest } = parties
    // The heap has to settle before growth means anything.
    const watch = watchRss(server)
    const warm = await honest.send({ perSecond, durationMs: warmUpMs })
    const before = watch.medianOf(rssWindowMs)
    await watch.stop()
    const liveBefore = await server.ask('liveHeap')
    const watchAgain = watchRss(server)
    const { sent: sentBefore } = await attack.ask('figures')
    const start = performance.now()
    const sent = await honest.send({ perSecond, durationMs })
    const { sent: sentAfter } = await attack.ask('figures')
    const elapsed = (performance.now() - start) / 1e3
    const after = watchAgain.medianOf(rssWindowMs)
    const peak = watchAgain.highestSince(start)
    await watchAgain.stop()
    const liveGrowth = (await server.ask('liveHeap')) - liveBefore
    const flood = await attack.ask('finish')
    const { acceptCalls, rejections } = await server.ask('figures')
    const growth = after - before
    const { '401': refused = 0, ...otherAnswers } = flood.statuses
    const all401 = refused === flood.sent
    const warmLost = warm.sent - warm.answered200
    return [
      ...honestRows(sent, true),
      { figure: 'lost while warming up', value: String(warmLost), goal: hard('0', warmLost === 0) },
      { figure: 'bad signatures a second', value: ((sentAfter - sentBefore) / elapsed).toFixed(0) },
      { figure: 'bad signatures, with warm-up', value: String(flood.sent) },
      { figure: 'of them answered 401', value: String(refused), goal: hard('all', all401) },
      { figure: 'other answers', value: counts(otherAnswers) },
      { figure: 'connections lost', value: String(flood.lost) },
      { figure: 'refusals by code', value: counts(rejections) },
      storeRow(acceptCalls, warm.answered200 + sent.answered200),
      { figure: 'server RSS before, warmed up', value: megabytes(before) },
      { figure: 'server RSS after', value: megabytes(after) },
      { figure: 'RSS growth', value: megabytes(growth), goal: hard('<= 50 MB', growth <= maxGrowth) },
      {
        figure: 'growth of what is live, garbage collected',
        value: megabytes(liveGrowth),
        goal: hard('<= 10 MB', liveGrowth <= maxLiveGrowth),
      },
      { figure: 'RSS growth at its peak', value: megabytes(peak - before) },
    ]
  })
}

function honestRows({ sent, answered200, others, p50, p99, max }: HonestFigures, fast = false): Row[] {
  const p99Row: Row = { figure: 'honest p99', value: milliseconds(p99) }
  return [
    { figure: 'honest deliveries sent', value: String(sent) },
    {
      figure: 'of them answered 200',
      value: String(answered200),
      goal: hard('100 %', sent > 0 && answered200 === sent),
    },
    { figure: 'other honest answers', value: counts(others) },
    { figure: 'honest p50', value: milliseconds(p50) },
    fast ? { ...p99Row, goal: soft('<= 100 ms', p99 <= maxP99Ms) } : p99Row,
    { figure: 'honest slowest', value: milliseconds(max) },
  ]
}

/** The inbox is touched for what is authentic, and for nothing else. */
function storeRow(acceptCalls: number, honest: number): Row {
  const caused = acceptCalls - honest
  return { figure: 'store accesses by the attack', value: String(caused), goal: hard('0', caused === 0) }
}
