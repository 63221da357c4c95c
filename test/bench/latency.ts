import type { HostName } from './http-hosts.ts'
import type { Variant } from './http-server.ts'
import { rotated } from './measure.ts'
import { openLoop } from './open-loop.ts'
import type { Bench, Section } from './sections.ts'
import { type Served, startServer } from './served.ts'
import { createStores, type Stores } from './stores.ts'

interface Subject {
  readonly host: HostName
  readonly variant: Variant
}

const onFastify = (variant: Variant): Subject => ({ host: 'fastify', variant })
const longSubjects: readonly Subject[] = [
  onFastify('by hand'),
  onFastify('memory'),
  onFastify('sqlite'),
  onFastify('bullmq'),
  { host: 'express 5', variant: 'sqlite' },
]
const quickSubjects: readonly Subject[] = [onFastify('sqlite')]
const rates = { quick: [1_000], long: [500, 1_000, 2_000] }
const rounds = { quick: 1, long: 2 }
const seconds = 2

/** How late answers are at rates below saturation, and the rate that door and worker carry together. */
export const latencySection: Section = {
  name: 'latency',
  async run(bench) {
    const stores = await createStores()
    try {
      for (const perSecond of rates[bench.form]) await runRate(bench, perSecond, stores)
      await runSustained(bench, stores)
    } finally {
      await stores.remove()
    }
  },
}

async function start({ host, variant }: Subject, stores: Stores): Promise<Served> {
  const where = stores.placeFor(variant)
  return await startServer({ host, variant, ...(where === undefined ? {} : { where }) })
}

async function runRate(bench: Bench, perSecond: number, stores: Stores): Promise<void> {
  const subjects = bench.form === 'quick' ? quickSubjects : longSubjects
  const servers: { subject: Subject; served: Served; p50: number[]; p99: number[]; n: number }[] = []
  try {
    for (const subject of subjects) {
      const served = await start(subject, stores)
      servers.push({ subject, served, p50: [], p99: [], n: 0 })
      await openLoop(served.port, perSecond, 1)
    }
    for (let round = 0; round < rounds[bench.form]; round++) {
      for (const server of rotated(servers, round)) {
        const { p50Ms, p99Ms, answered, failed } = await openLoop(server.served.port, perSecond, seconds)
        await server.served.ask('idle')
        server.p50.push(p50Ms)
        server.p99.push(p99Ms)
        server.n += answered
        if (failed > 0) console.log(`${server.subject.variant} at ${perSecond} per second: ${failed} failed`)
      }
    }
  } finally {
    for (const { served } of servers) await served.stop()
  }
  for (const { subject, p50, p99, n } of servers) {
    const id = `latency/${subject.host} at ${perSecond} per second/${subject.variant}`
    bench.add(
      { id: `${id} p50`, unit: 'ms', samples: p50, n },
      { id: `${id} p99`, unit: 'ms', samples: p99, n },
    )
  }
}

const stores = ['memory', 'sqlite', 'bullmq'] as const
/** The rates between which it is looked for, per second, and in how many halvings. */
const between = {
  memory: [1_000, 9_000],
  sqlite: [1_000, 9_000],
  bullmq: [500, 4_500],
} as const
const steps = { quick: 3, long: 5 }
/** A backlog of less than half a second's deliveries when the load ended does not grow. */
const backlogSeconds = 0.5
const concurrency = 64

async function runSustained(bench: Bench, places: Stores): Promise<void> {
  for (const variant of bench.form === 'quick' ? (['sqlite'] as const) : stores) {
    let [low, high]: [number, number] = [...between[variant]]
    let n = 0
    for (let step = 0; step < steps[bench.form]; step++) {
      const perSecond = Math.round((low + high) / 2)
      const where = places.placeFor(variant)
      const setup = {
        host: 'fastify',
        variant,
        concurrency,
        ...(where === undefined ? {} : { where }),
      } as const
      const served = await startServer(setup)
      try {
        await openLoop(served.port, 500, 1)
        await served.ask('idle')
        const { answered, failed, p99Ms } = await openLoop(served.port, perSecond, seconds)
        const { backlog } = await served.ask('figures')
        n += answered
        // Late answers are a backlog, too: it waits before the door.
        const carried = failed === 0 && backlog < backlogSeconds * perSecond && p99Ms < backlogSeconds * 1_000
        if (carried) low = perSecond
        else high = perSecond
      } finally {
        await served.stop()
      }
    }
    bench.add({ id: `sustained/fastify/${variant}`, unit: 'events', samples: [low], n })
  }
  bench.leaveOut({ id: 'sustained/fastify/postgres', why: 'there is no inbox on Postgres' })
}
