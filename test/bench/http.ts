import type { Figure, Unit } from './figures.ts'
import type { HostName } from './http-hosts.ts'
import type { Variant } from './http-server.ts'
import { rotated } from './measure.ts'
import { createRequestsFile, type RequestsFile } from './requests-file.ts'
import type { Bench, Section } from './sections.ts'
import { type Served, startServer } from './served.ts'
import { createStores, type Stores } from './stores.ts'
import { hasWrk, load, noWrk } from './wrk.ts'

/** One server and how it is loaded. */
interface Plan {
  readonly host: HostName
  readonly variants: readonly Variant[]
  /** More widths than 128, for the variants that matter there. */
  readonly widths: readonly number[]
  /** More than it can answer in a second, so that the file does not end. */
  readonly mostPerSecond: number
}

const usual: readonly Variant[] = ['bare', 'by hand', 'equal duties', 'memory']
const traced: readonly Variant[] = [
  'memory, HTTP spans',
  'memory, HTTP spans, otel',
  'memory, otel without an SDK',
]
const every: readonly Variant[] = [...usual, ...traced, 'sqlite', 'bullmq', 'handled, redis']
const long: readonly Plan[] = [
  { host: 'express 4', variants: usual, widths: [128], mostPerSecond: 12_000 },
  { host: 'express 5', variants: [...usual, 'sqlite'], widths: [128], mostPerSecond: 12_000 },
  { host: 'fastify', variants: every, widths: [128, 32, 1], mostPerSecond: 25_000 },
  { host: 'hono', variants: [...usual, 'sqlite'], widths: [128], mostPerSecond: 30_000 },
  { host: 'node:http', variants: [...usual, 'sqlite'], widths: [128], mostPerSecond: 30_000 },
]
const quick: readonly Plan[] = [
  { host: 'express 5', variants: ['by hand', 'memory'], widths: [128], mostPerSecond: 12_000 },
  {
    host: 'fastify',
    variants: ['by hand', 'equal duties', 'memory', 'sqlite'],
    widths: [128],
    mostPerSecond: 25_000,
  },
]
const rounds = { quick: 1, long: 3 }
/** The other widths, in fewer rounds, for those. */
const alsoAtWidths: readonly Variant[] = ['by hand', 'memory', 'sqlite', 'bullmq']
const widthRounds = 2
const seconds = 1
/** A server runs for days: what is compiled late is compiled before it is measured. */
const warmUpSeconds = 3
/** Rounds of a host that may be measured again, for which there are requests. */
const spareRounds = 2

/** Frameworks with and without us, from one core to the other. */
export const httpSection: Section = {
  name: 'http',
  async run(bench) {
    if (!hasWrk()) return bench.leaveOut({ id: 'http', why: noWrk })
    const stores = await createStores()
    try {
      for (const plan of bench.form === 'quick' ? quick : long) {
        // What fails is no reason to lose the others.
        await runPlan(bench, plan, stores).catch((error: unknown) => {
          bench.leaveOut({ id: `http/${plan.host}`, why: String(error) })
        })
      }
      if (bench.form === 'long') await runForged(bench, 'fastify')
    } finally {
      await stores.remove()
    }
  },
}

/** A server that is measured, and how far it is in the file. */
interface Subject {
  readonly variant: Variant
  readonly served: Served
  from: number
}

async function runPlan(bench: Bench, plan: Plan, stores: Stores): Promise<void> {
  const runs = warmUpSeconds + rounds[bench.form] + (plan.widths.length - 1) * widthRounds
  // Signed for each host anew: what is older than 5 minutes is refused.
  const requests = createRequestsFile(plan.mostPerSecond * seconds * (runs + spareRounds))
  const repeats = { left: spareRounds }
  const subjects: Subject[] = []
  try {
    for (const variant of plan.variants) {
      const where = stores.placeFor(variant)
      const served = await startServer({
        host: plan.host,
        variant,
        ...(where === undefined ? {} : { where }),
      })
      subjects.push({ variant, served, from: 0 })
    }
    for (const subject of subjects) await measure(subject, requests, 32, warmUpSeconds)
    for (const connections of plan.widths) {
      const others =
        connections === 128 ? subjects : subjects.filter((each) => alsoAtWidths.includes(each.variant))
      const times = connections === 128 ? rounds[bench.form] : widthRounds
      await runRounds(bench, `${plan.host} at ${connections}`, others, {
        requests,
        connections,
        times,
        repeats,
      })
    }
  } finally {
    for (const { served } of subjects) await served.stop()
    requests.remove()
  }
}

/** What one second came to. */
interface Measured {
  readonly perSecond: number
  readonly requests: number
  /** CPU of the server for a request, when the load ended, and when all was handled. */
  readonly cpuUs: number
  readonly cpuHandledUs: number
  /** The share of what was accepted that was handled when the load ended. */
  readonly handledShare: number
  readonly p99Ms: number
}

/** How the servers of a host are loaded, how often, and how often more where the machine was disturbed. */
interface Rounds {
  readonly requests: RequestsFile
  readonly connections: number
  readonly times: number
  readonly repeats: { left: number }
}

/** The servers in turns, each round begun with another. */
async function runRounds(
  bench: Bench,
  group: string,
  subjects: readonly Subject[],
  { requests, connections, times, repeats }: Rounds,
): Promise<void> {
  const measured = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]))
  let isDisturbed = false
  for (let round = 0; round < times; round++) {
    const { disturbed } = await bench.machine.quietly(
      async () => {
        for (const subject of rotated(subjects, round)) {
          const one = await measure(subject, requests, connections)
          const all = measured.get(subject)
          // A round that is measured again takes the place of the first.
          if (all !== undefined) all[round] = one
        }
      },
      undefined,
      () => repeats.left-- > 0,
    )
    isDisturbed ||= disturbed
  }
  bench.add(...toFigures(group, measured, isDisturbed))
}

async function measure(
  subject: Subject,
  requests: RequestsFile,
  connections: number,
  forSeconds = seconds,
): Promise<Measured> {
  const { served, variant } = subject
  await served.ask('mark')
  const loaded = await load(served.port, requests, {
    connections,
    seconds: forSeconds,
    from: subject.from,
  })
  const ended = await served.ask('figures')
  const idle = await served.ask('idle')
  // What was on its way when the load ended was taken from the file, too.
  subject.from += loaded.requests + connections
  if (subject.from > requests.count) throw new Error(`The file of requests is too short for ${variant}`)
  const accepted = loaded.requests - loaded.refused
  // A store that is too slow on a busy machine refuses: no speed, and no figure where nothing else was answered.
  if (loaded.refused > 0) console.log(`${variant} refused ${loaded.refused} of ${loaded.requests} requests`)
  if (accepted === 0) throw new Error(`${variant} refused every request`)
  return {
    perSecond: (loaded.perSecond * accepted) / loaded.requests,
    requests: accepted,
    cpuUs: ended.cpuUs / accepted,
    cpuHandledUs: idle.cpuUs / accepted,
    handledShare: ended.handled / (ended.handled + ended.backlog || 1),
    p99Ms: loaded.p99Ms,
  }
}

const callsNoHandler: readonly Variant[] = ['bare', 'by hand']

function toFigures(group: string, measured: ReadonlyMap<Subject, Measured[]>, disturbed: boolean): Figure[] {
  const kinds: readonly [string, Unit, keyof Measured][] = [
    ['http', 'per second', 'perSecond'],
    ['http-cpu', 'us of CPU', 'cpuUs'],
    ['http-cpu-handled', 'us of CPU', 'cpuHandledUs'],
    ['http-handled', 'share', 'handledShare'],
    ['http-p99', 'ms', 'p99Ms'],
  ]
  return kinds.flatMap(([kind, unit, key]) =>
    [...measured]
      .filter(([{ variant }]) => unit !== 'share' || !callsNoHandler.includes(variant))
      .map(([{ variant }, all]) => ({
        id: `${kind}/${group}/${variant}`,
        unit,
        samples: all.map((one) => one[key]),
        n: all.reduce((sum, { requests }) => sum + requests, 0),
        disturbed,
      })),
  )
}

/** What refusing a forgery costs, beside a framework that has no such route: each closes the connection. */
async function runForged(bench: Bench, host: HostName): Promise<void> {
  const requests = createRequestsFile(30_000, { forged: true })
  const bare = await startServer({ host, variant: 'nothing' })
  const ours = await startServer({ host, variant: 'memory' })
  const samples = { '404': [] as number[], ours: [] as number[] }
  let n = 0
  try {
    for (let round = 0; round <= rounds[bench.form]; round++) {
      for (const [name, served] of rotated([['404', bare] as const, ['ours', ours] as const], round)) {
        await served.ask('mark')
        const loaded = await load(served.port, requests, { connections: 32, seconds, from: 0 })
        if (loaded.refused < loaded.requests) throw new Error(`${host}, ${name}: a forgery was not refused`)
        const { cpuUs } = await served.ask('figures')
        // The first round warms up.
        if (round > 0) samples[name].push(cpuUs / loaded.requests)
        n += loaded.requests
      }
    }
  } finally {
    await bare.stop()
    await ours.stop()
    requests.remove()
  }
  for (const name of ['404', 'ours'] as const) {
    bench.add({ id: `forged/${host}/${name}`, unit: 'us of CPU', samples: samples[name], n })
  }
}
