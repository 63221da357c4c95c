import type { Inbox } from '@acuse/core'
import type { HandleResult } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ManualClock, manualClock, settled } from '../../core/test/support/clock.ts'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { holdWriteLock } from './support/hold-write-lock.ts'
import { tempFile } from './support/temp-file.ts'

const leaseMs = 3_000
const failed: HandleResult = { status: 'failed', error: new Error('late'), completed: ['a'] }
const dead: HandleResult = { ...failed, status: 'dead', reason: 'unrecoverable' }
const results = [done, failed, dead].map((result) => [result.status, result] as const)

function open(path: string, clock: ManualClock): Inbox {
  const inbox = sqliteInbox(path, { clock, leaseMs })
  onTestFinished(() => ends(inbox.close({ timeoutMs: 1 }), clock))
  return inbox
}

/** The end of what waits for this clock, which goes on until then. */
async function ends<T>(promise: Promise<T>, clock: ManualClock): Promise<T> {
  let isEnded = false
  const ended = promise.finally(() => {
    isEnded = true
  })
  while (!isEnded) {
    await clock.advance(50)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return ended
}

/** A consumer with one delivery in its handler, which ends when it is told to. */
async function holding(inbox: Inbox, name?: string) {
  let end: (result: HandleResult) => void = () => {}
  let attempt = 0
  let signal: AbortSignal | undefined
  const consuming = consume(inbox, (_, lease) => {
    attempt = lease.attempt
    signal = lease.signal
    return new Promise<HandleResult>((resolve) => {
      end = resolve
    })
  })
  if (name !== undefined) await inbox.accept(delivery(name), accepting)
  return {
    ...consuming,
    runs: () => until('it runs', () => attempt > 0),
    attempt: () => attempt,
    isAborted: () => signal?.aborted === true,
    async end(result: HandleResult) {
      end(result)
      await settled()
    },
  }
}

describe('a close that gives up while the file is locked', () => {
  it.each(results)(
    "takes no late '%s' and renews no more: another has the delivery when the lease ran out",
    async (_, late) => {
      const path = tempFile()
      const clock = manualClock()
      const [inbox, other] = [open(path, clock), open(path, clock)]
      const held = await holding(inbox, 'd')
      await held.runs()
      const unlock = holdWriteLock(path)
      await ends(held.consumer.close({ timeoutMs: 100 }), clock)
      unlock()
      await held.end(late)
      // Whatever it wrote would be written before this.
      await inbox.accept(delivery('next'), accepting)
      expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 1, delayed: 0, dead: 0 })
      const { consumer, observations } = consume(other, async () => done)
      await ends(consumer.onIdle(), clock)
      const id = delivery('d').id
      const told = observations.filter((observation) => 'id' in observation && observation.id === id)
      expect(told).toMatchObject([
        { type: 'retried', attempt: 1 },
        { type: 'handled', attempt: 2 },
      ])
      expect(held.observations).toEqual([])
      expect(await inbox.accept(delivery('d'), accepting)).toBe('duplicate')
    },
  )

  it('renews no more what runs on: another has it when the lease ran out', async () => {
    const path = tempFile()
    const clock = manualClock()
    const [inbox, other] = [open(path, clock), open(path, clock)]
    const held = await holding(inbox, 'd')
    await held.runs()
    const unlock = holdWriteLock(path)
    await ends(held.consumer.close({ timeoutMs: 100 }), clock)
    unlock()
    const next = await holding(other)
    await ends(next.runs(), clock)
    await held.end(done)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 1, delayed: 0, dead: 0 })
    await next.end(done)
    await ends(next.consumer.onIdle(), clock)
    expect(next.observations.at(-1)).toMatchObject({ type: 'handled', attempt: 2 })
    expect(held.observations).toEqual([])
  })

  it('gives up a result that could not be written before it, too', async () => {
    const path = tempFile()
    const clock = manualClock()
    const [inbox, other] = [open(path, clock), open(path, clock)]
    const held = await holding(inbox, 'd')
    await held.runs()
    const unlock = holdWriteLock(path)
    await held.end(done)
    await ends(held.consumer.close({ timeoutMs: 2_000 }), clock)
    expect(held.isAborted()).toBe(true)
    unlock()
    const { consumer, observations } = consume(other, async () => done)
    await ends(consumer.onIdle(), clock)
    expect(observations).toMatchObject([
      { type: 'retried', attempt: 1 },
      { type: 'handled', attempt: 2 },
    ])
    expect(held.observations).toEqual([])
  })
})

describe('a close that waits', () => {
  it('renews what it waits for, which counts when it ends', async () => {
    const path = tempFile()
    const clock = manualClock()
    const [inbox, other] = [open(path, clock), open(path, clock)]
    const held = await holding(inbox, 'd')
    await held.runs()
    const others = consume(other, async () => done)
    const closed = held.consumer.close({ timeoutMs: 10 * leaseMs })
    await clock.advance(5 * leaseMs)
    await held.end(done)
    await closed
    expect(held.observations).toMatchObject([{ type: 'handled', attempt: 1 }])
    expect(others.observations).toEqual([])
  })
})

describe('a process that stood still while its lease ran out', () => {
  /** The first stands still, and the second has what it held. */
  async function takenOver() {
    const path = tempFile()
    const [still, clock] = [manualClock(), manualClock()]
    const [inbox, other] = [open(path, still), open(path, clock)]
    const first = await holding(inbox, 'd')
    await first.runs()
    const second = await holding(other)
    await ends(second.runs(), clock)
    expect([first.attempt(), second.attempt(), first.isAborted()]).toEqual([1, 2, false])
    async function onlySecondCounts(): Promise<void> {
      expect(await other.stats()).toMatchObject({ waiting: 0, leased: 1, delayed: 0, dead: 0 })
      await second.end(done)
      await ends(second.consumer.onIdle(), clock)
      expect(second.observations).toMatchObject([
        { type: 'retried', attempt: 1 },
        { type: 'handled', attempt: 2 },
      ])
      expect(first.observations).toEqual([])
      expect(await other.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 0 })
    }
    return { first, second, still, onlySecondCounts }
  }

  it.each(results)("does not count with its late '%s'", async (_, late) => {
    const { first, still, onlySecondCounts } = await takenOver()
    await first.end(late)
    await ends(first.consumer.close({ timeoutMs: 1_000 }), still)
    await onlySecondCounts()
  })

  it('gives back nothing of what another has when it is closed', async () => {
    const { first, still, onlySecondCounts } = await takenOver()
    await ends(first.consumer.close({ timeoutMs: 100 }), still)
    expect(first.isAborted()).toBe(true)
    await onlySecondCounts()
  })

  it('renews nothing of what another has, and is told so', async () => {
    const { first, still, onlySecondCounts } = await takenOver()
    await still.advance(leaseMs / 3)
    expect(first.isAborted()).toBe(true)
    await onlySecondCounts()
  })
})
