import type { HostName } from './http-hosts.ts'
import type { Variant } from './http-server.ts'
import { rotated } from './measure.ts'
import { type OpenLoop, openLoop } from './open-loop.ts'
import type { Bench, Section } from './sections.ts'
import { type Served, startServer } from './served.ts'
import { createStores, type Stores } from './stores.ts'

interface Subject {
  readonly host: HostName
  readonly variant: Variant
  /** At these rates only, where the others say little more. */
  readonly at?: readonly number[]
}

const onFastify = (variant: Variant): Subject => ({ host: 'fastify', variant })
const longSubjects: readonly Subject[] = [
  onFastify('by hand'),
  onFastify('memory'),
  onFastify('sqlite'),
  onFastify('bullmq'),
  { host: 'express 5', variant: 'sqlite', at: [1_000] },
]
const quickSubjects: readonly Subject[] = [onFastify('sqlite')]
const rates = { quick: [1_000], long: [500, 1_000, 2_000] }
const rounds = { quick: 1, long: 2 }
const seconds = 1.5

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
  const subjects =
    bench.form === 'quick' ? quickSubjects : longSubjects.filter(({ at }) => at?.includes(perSecond) ?? true)
  const servers: { subject: Subject; served: Served; p50: number[]; p99: number[]; n: number }[] = []
  let isDisturbed = false
  try {
    for (const subject of subjects) {
      const served = await start(subject, stores)
      servers.push({ subject, served, p50: [], p99: [], n: 0 })
      await openLoop(served.port, perSecond, 1)
    }
    for (let round = 0; round < rounds[bench.form]; round++) {
      const { result, disturbed } = await bench.machine.quietly(async () => {
        const loads: (readonly [(typeof servers)[number], OpenLoop])[] = []
        for (const server of rotated(servers, round)) {
          loads.push([server, await openLoop(server.served.port, perSecond, seconds)])
          await server.served.ask('idle')
        }
        return loads
      })
      isDisturbed ||= disturbed
      for (const [server, { p50Ms, p99Ms, answered, failed }] of result) {
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
      { id: `${id} p50`, unit: 'ms', samples: p50, n, disturbed: isDisturbed },
      { id: `${id} p99`, unit: 'ms', samples: p99, n, disturbed: isDisturbed },
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
const steps = { quick: 2, long: 4 }
/** A backlog of less than half a second's deliveries when the load ended does not grow. */
const backlogSeconds = 0.5
const concurrency = 64
const sustainedSeconds = 2

async function runSustained(bench: Bench, places: Stores): Promise<void> {
  for (const variant of bench.form === 'quick' ? (['sqlite'] as const) : stores) {
    let [low, high]: [number, number] = [...between[variant]]
    let n = 0
    let best = 0
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
        const { answered, failed, p99Ms } = await openLoop(served.port, perSecond, sustainedSeconds)
        const { backlog } = await served.ask('figures')
        n += answered
        // Late answers are a backlog, too: it waits before the door.
        const carried = failed === 0 && backlog < backlogSeconds * perSecond && p99Ms < backlogSeconds * 1_000
        if (carried) best = low = perSecond
        else high = perSecond
      } finally {
        await served.stop()
      }
    }
    bench.add({ id: `sustained/fastify/${variant}`, unit: 'events', samples: [best], n })
  }
  bench.leaveOut({ id: 'sustained/fastify/postgres', why: 'there is no inbox on Postgres' })
}
