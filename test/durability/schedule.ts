import { setImmediate as turn } from 'node:timers/promises'
import { type Clock, createReceiver, memoryInbox } from '@acuse/core'
import { settle, toRetryPolicy } from '@acuse/core/inbox-kit'
import { acme, paid, signed, startAt } from '../../packages/core/test/support/acme.ts'
import { createRandom } from '../fuzz/random.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'

const forms = {
  short: { schedules: 20_000, deliveries: 100 },
  long: { schedules: 1_000_000, deliveries: 5_000 },
}
const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Longer than any schedule of attempts. */
const longestMs = 60 * hourMs

/** The default retries on a clock that is moved on by hand: how long they last, and what they survive. */
export const schedule: Campaign = {
  name: 'schedule',
  what: 'a database is away for ten minutes and for twenty hours, on a virtual clock, with the default retries',
  async run(form, seed) {
    const { schedules, deliveries } = forms[form]
    const random = createRandom(seed)
    const lengths = Float64Array.from({ length: schedules }, () => lengthMs(random.float)).sort()
    const hoursAt = (share: number): number => (lengths[Math.floor(share * (schedules - 1))] ?? 0) / hourMs
    return [
      told('schedules', schedules),
      {
        figure: 'the shortest, hours until a dead letter',
        value: hoursAt(0).toFixed(1),
        goal: hard('≥ 24', hoursAt(0) >= 24),
      },
      told('the median', hoursAt(0.5).toFixed(1)),
      told('the longest', hoursAt(1).toFixed(1)),
      ...(await outage('10 min', 10 * minuteMs, deliveries, random.float)),
      ...(await outage('20 h', 20 * hourMs, deliveries, random.float)),
    ]
  },
}

/** From the first attempt to the last one of a delivery that always fails. */
function lengthMs(random: () => number): number {
  const policy = toRetryPolicy()
  let sumMs = 0
  for (let attempt = 1; ; attempt++) {
    const settled = settle({ status: 'failed', error: 'away', completed: [] }, attempt, policy, random)
    if (settled.status !== 'retry') return sumMs
    sumMs += settled.delayMs
  }
}

/** Deliveries of one moment whose handler fails for so long. */
async function outage(
  name: string,
  lastsMs: number,
  deliveries: number,
  random: () => number,
): Promise<Row[]> {
  const clock = new VirtualClock()
  const inbox = memoryInbox({ clock, random, maxDeliveries: deliveries })
  const silent = (): void => {}
  const receiver = createReceiver(acme(), {
    inbox,
    clock,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const backAt = clock.now() + lastsMs
  const handledAt = new Map<string, number[]>()
  receiver.on('order.paid', ({ payload: { id } }) => {
    if (clock.now() < backAt) throw new Error('The database is away')
    handledAt.set(id, [...(handledAt.get(id) ?? []), clock.now()])
  })
  for (let n = 0; n < deliveries; n++) await receiver.receive(signed({ ...paid, id: `o-${n}` }))
  await clock.runFor(longestMs)
  const { dead } = await inbox.stats()
  const latestMs = Math.max(...[...handledAt.values()].flat()) - backAt
  await receiver.close()
  return [
    none(`away for ${name}: dead letters`, dead),
    none(`away for ${name}: handled other than once`, deliveries - handledOnce(handledAt)),
    told(`away for ${name}: all handled, minutes after`, (latestMs / minuteMs).toFixed(1)),
  ]
}

function handledOnce(handledAt: ReadonlyMap<string, readonly number[]>): number {
  return [...handledAt.values()].filter(({ length }) => length === 1).length
}

interface Task {
  readonly at: number
  readonly run: () => void
  cancelled: boolean
}

/** A clock that jumps from one task to the next. */
class VirtualClock implements Clock {
  readonly #startAt = Date.parse(startAt)
  #ms = 0
  /** A binary heap: the next task is the first. */
  readonly #tasks: Task[] = []

  now(): number {
    return this.#startAt + this.#ms
  }

  monotonic(): number {
    return this.#ms
  }

  schedule(delayMs: number, run: () => void): () => void {
    const task = { at: this.#ms + delayMs, run, cancelled: false }
    this.#push(task)
    return () => {
      task.cancelled = true
    }
  }

  /** Runs what is scheduled for the next `ms`, and what that schedules: some of it every minute, for ever. */
  async runFor(ms: number): Promise<void> {
    const end = this.#ms + ms
    for (;;) {
      // Before time goes on, the work that the last task began ends or waits.
      for (let n = 0; n < 3; n++) await turn()
      let task = this.#pop()
      while (task?.cancelled) task = this.#pop()
      if (!task || task.at > end) return
      this.#ms = Math.max(this.#ms, task.at)
      task.run()
    }
  }

  #push(task: Task): void {
    const heap = this.#tasks
    let at = heap.push(task) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(task, heap[above])) break
      heap[at] = heap[above] as Task
      at = above
    }
    heap[at] = task
  }

  #pop(): Task | undefined {
    const heap = this.#tasks
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const next = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      if (!isBefore(heap[next], last)) break
      heap[at] = heap[next] as Task
      at = next
    }
    heap[at] = last
    return first
  }
}

function isBefore(one: Task | undefined, other: Task | undefined): boolean {
  return one !== undefined && (other === undefined || one.at < other.at)
}
