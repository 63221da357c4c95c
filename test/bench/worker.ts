import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bullmqInbox } from '@acuse/bullmq'
import { createReceiver, type Inbox, memoryInbox, type Receiver } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { sqliteInbox } from '@acuse/sqlite'
import { delivery } from '../../packages/sqlite/test/support/delivery.ts'
import { type BareWorker, bareAppend, bareBullmq } from './bare-stores.ts'
import { type Figure, median } from './figures.ts'
import { inParallel } from './in-parallel.ts'
import { rotated } from './measure.ts'
import type { Bench, Section } from './sections.ts'
import { secret, signedDeliveries, toRequest } from './signed.ts'
import { createStores } from './stores.ts'

const counts = { quick: 2_000, long: 4_000 }
const rounds = { quick: 1, long: 2 }
const callers = 64
const handlers = { 'no-op': () => undefined, '5 ms': () => sleep(5) }
type HandlerName = keyof typeof handlers

/** Workers alone, on what was accepted before; and accepting alone. */
export const workerSection: Section = {
  name: 'worker',
  async run(bench) {
    const stores = await createStores()
    const folder = mkdtempSync(join(tmpdir(), 'acuse-bench-'))
    try {
      for (const name of ['no-op', '5 ms'] as const) {
        for (const concurrency of bench.form === 'quick' ? [64] : [10, 64]) {
          if (name === '5 ms' && (bench.form === 'quick' || concurrency === 10)) continue
          await runWorkers(bench, { name, concurrency, folder, redisUrl: stores.redisUrl })
        }
      }
      for (const width of [1, 16, 128]) await runAccepts(bench, width, folder)
    } finally {
      await stores.remove()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Setup {
  readonly name: HandlerName
  readonly concurrency: number
  readonly folder: string
  readonly redisUrl: string
}

let files = 0

/** Every store in turns: accepts first, and then the time until all are handled. */
async function runWorkers(bench: Bench, setup: Setup): Promise<void> {
  const { name, concurrency, folder, redisUrl } = setup
  const count = name === '5 ms' ? counts[bench.form] / 2 : counts[bench.form]
  const handler = handlers[name]
  const all = { count, concurrency, handler }
  const run = {
    memory: () => consumeMemory(all),
    sqlite() {
      const file = join(folder, `${files++}.db`)
      return consumeStored(() => sqliteInbox(file), all)
    },
    bullmq() {
      const queue = { connection: redisUrl, name: `w${files++}` }
      return consumeStored(() => bullmqInbox(queue), all)
    },
    'bare BullMQ': () => consumeBare(bareBullmq(redisUrl, `b${files++}`), all),
  }
  const group = `worker/${name} at ${concurrency}`
  await inTurns(bench, group, Object.entries(run), { count, times: rounds[bench.form] })
}

/** How many events there are, and who handles them. */
interface Work {
  readonly count: number
  readonly concurrency: number
  readonly handler: () => unknown
}

type RedcumbreReceiver = Receiver<RedcumbreEvents>

/** One process accepts, and another one, or the same later, works. */
async function consumeStored(open: () => Inbox, { count, concurrency, handler }: Work): Promise<number> {
  const door = createReceiver(redcumbre(secret), { inbox: open(), work: false })
  await acceptAll(door, count)
  await door.close()
  const worker = createReceiver(redcumbre(secret), { inbox: open(), concurrency })
  return await handleAll(worker, count, handler)
}

/** What waits in memory waits for a handler. */
async function consumeMemory({ count, concurrency, handler }: Work): Promise<number> {
  const inbox = memoryInbox({ maxDeliveries: 2 * count })
  const receiver = createReceiver(redcumbre(secret), { inbox, concurrency })
  await acceptAll(receiver, count)
  return await handleAll(receiver, count, handler)
}

async function acceptAll(receiver: RedcumbreReceiver, count: number): Promise<void> {
  const requests = signedDeliveries(count).map(toRequest)
  await inParallel(count, callers, async (at) => {
    const request = requests[at]
    const outcome = request && (await receiver.receive(request))
    if (outcome?.kind !== 'accepted') throw new Error(`It was not accepted: ${JSON.stringify(outcome)}`)
  })
}

/** Events a second, until none is left. */
async function handleAll(
  receiver: RedcumbreReceiver,
  count: number,
  handler: () => unknown,
): Promise<number> {
  let handled = 0
  const start = performance.now()
  receiver.on('*', async () => {
    await handler()
    handled++
  })
  receiver.work()
  await receiver.onIdle()
  const seconds = (performance.now() - start) / 1e3
  await receiver.close()
  if (handled !== count) throw new Error(`${handled} of ${count} were handled`)
  return count / seconds
}

async function consumeBare(bare: BareWorker, { count, concurrency, handler }: Work): Promise<number> {
  await bare.add(signedDeliveries(count).map(({ body }) => body.toString()))
  return count / (await bare.consume(count, concurrency, handler))
}

/** Accepts by so many callers at once, beside the same number of inserts that are committed together. */
async function runAccepts(bench: Bench, width: number, folder: string): Promise<void> {
  const count = Math.min(counts[bench.form], width === 1 ? 500 : 6_000)
  const run: Record<string, () => Promise<number>> = {
    async sqlite() {
      const inbox = sqliteInbox(join(folder, `${files++}.db`))
      const deliveries = Array.from({ length: count }, (_, n) => delivery(`d${n}`))
      const seconds = await timed(() =>
        inParallel(count, width, async (at) => {
          const one = deliveries[at]
          if (one) await inbox.accept(one, { minRetentionMs: 600_000 })
        }),
      )
      await inbox.close()
      return count / seconds
    },
    async 'bare append'() {
      const append = bareAppend(join(folder, `${files++}.db`))
      const deliveries = Array.from({ length: count }, (_, n) => delivery(`d${n}`))
      const seconds = await timed(() =>
        inParallel(count, width, async (at) => {
          const one = deliveries[at]
          if (one) await append.add(one.id, one.body)
        }),
      )
      append.close()
      return count / seconds
    },
  }
  // Quick ones, and a disk is now slow, now fast.
  await inTurns(bench, `accept/${width} callers`, Object.entries(run), {
    count,
    times: 2 * rounds[bench.form],
  })
}

/** Events a second of each in turns, one run of each to warm up. */
async function inTurns(
  bench: Bench,
  group: string,
  subjects: readonly (readonly [string, () => Promise<number>])[],
  { count, times }: { readonly count: number; readonly times: number },
): Promise<void> {
  const measured = new Map<string, number[]>(subjects.map(([name]) => [name, []]))
  if (bench.form === 'long') for (const [, run] of subjects) await run()
  const { disturbed } = await bench.machine.quietly(async () => {
    for (const all of measured.values()) all.length = 0
    for (let round = 0; round < times; round++) {
      for (const [name, run] of rotated(subjects, round)) measured.get(name)?.push(await run())
    }
    return [...measured.values()].map(median)
  })
  const figures: Figure[] = [...measured].map(([name, samples]) => ({
    id: `${group}/${name}`,
    unit: 'per second',
    samples,
    n: samples.length * count,
    disturbed,
  }))
  bench.add(...figures)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1e3
}
