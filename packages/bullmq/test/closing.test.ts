import type { Observation } from '@acuse/core'
import type { HandleResult } from '@acuse/core/inbox-kit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type ManualClock, manualClock, settled } from '../../core/test/support/clock.ts'
import { type BullmqInbox, type BullmqInboxOptions, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, provider, until } from './support/deliveries.ts'

const done: HandleResult = { status: 'done', handlers: 1 }
const failed: HandleResult = { status: 'failed', error: new Error('late'), completed: ['a'] }
const dead: HandleResult = { ...failed, status: 'dead', reason: 'unrecoverable' }
const results = [done, failed, dead].map((result) => [result.status, result] as const)

let redis: OwnRedis
let client: Redis
let name = ''
let count = 0
const inboxes: BullmqInbox[] = []

beforeAll(async () => {
  redis = await startDurableRedis()
  client = new Redis(redis.url)
})
beforeEach(() => {
  name = `closing-${++count}`
})
afterEach(async () => {
  redis.resume()
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(async () => {
  client.disconnect()
  await redis.stop()
})

function create(options: Partial<BullmqInboxOptions>): BullmqInbox {
  const given = { connection: redis.url, name, timeoutMs: 5_000, leaseMs: 1_000, onError: () => {} }
  return bullmqInbox({ ...given, ...options })
}

function open(options: Partial<BullmqInboxOptions> = {}): BullmqInbox {
  const inbox = create(options)
  inboxes.push(inbox)
  return inbox
}

/** One whose renewals come when its clock goes on. */
function openStill(): { readonly inbox: BullmqInbox; readonly still: ManualClock } {
  const still = manualClock()
  const inbox = create({ clock: still })
  onTestFinished(() => endsBy(still, inbox.close({ timeoutMs: 1 })))
  return { inbox, still }
}

/** A consumer whose handler ends when it is told to. */
function holding(inbox: BullmqInbox) {
  const observations: Observation[] = []
  let end: (result: HandleResult) => void = () => {}
  let attempt = 0
  let completed: readonly string[] = []
  let signal: AbortSignal | undefined
  const consumer = inbox.consume(
    (_, lease) => {
      ;({ attempt, completed } = lease)
      signal = lease.signal
      return new Promise<HandleResult>((resolve) => {
        end = resolve
      })
    },
    // One that is busy takes no other, and not what it lost.
    consuming({ concurrency: 1 }, observations),
  )
  consumer.start()
  return {
    consumer,
    observations,
    runs: () => until(() => attempt > 0),
    attempt: () => attempt,
    completed: () => completed,
    isAborted: () => signal?.aborted === true,
    end: (result: HandleResult) => end(result),
  }
}

const lockOf = (id: string) => `bull:${name}.${provider}:e.${id}:lock`

describe('a close that gives up while Redis is silent', () => {
  it.each(results)("takes no late '%s': another has the delivery when the lease ran out", async (_, late) => {
    const [inbox, one] = [open(), delivery()]
    await inbox.accept(one, accepting)
    const first = holding(inbox)
    await first.runs()
    redis.pause()
    await inbox.close({ timeoutMs: 100 })
    expect(first.isAborted()).toBe(true)
    first.end(late)
    await settled()
    redis.resume()
    const other = open()
    const second = holding(other)
    await second.runs()
    expect(second.attempt()).toBe(2)
    expect(await other.stats()).toMatchObject({ waiting: 0, leased: 1, delayed: 0, dead: 0 })
    second.end(done)
    await second.consumer.onIdle()
    await until(() => second.observations.length === 1)
    expect(second.observations).toMatchObject([{ type: 'handled', attempt: 2 }])
    expect(first.observations).toEqual([])
    expect(await other.accept(one, accepting)).toBe('duplicate')
  })
})

describe('a close that waits', () => {
  it('renews what it waits for, which counts when it ends', async () => {
    const [inbox, one] = [open(), delivery()]
    await inbox.accept(one, accepting)
    const held = holding(inbox)
    await held.runs()
    const others = holding(open())
    const closed = held.consumer.close({ timeoutMs: 60_000 })
    for (let renewals = 0; renewals < 8; renewals++) {
      const endsAt = Number(await client.call('PEXPIRETIME', lockOf(one.id)))
      await until(async () => Number(await client.call('PEXPIRETIME', lockOf(one.id))) !== endsAt)
    }
    expect(held.isAborted()).toBe(false)
    held.end(done)
    await closed
    await others.consumer.onIdle()
    expect(held.observations).toMatchObject([{ type: 'handled', attempt: 1 }])
    expect(others.attempt()).toBe(0)
  })
})

describe('a process that stood still while its lease ran out', () => {
  /** The first stands still, and the second has what it held. */
  async function takenOver() {
    const { inbox, still } = openStill()
    const one = delivery()
    await open({ role: 'accept' }).accept(one, accepting)
    const first = holding(inbox)
    await first.runs()
    const other = open()
    const second = holding(other)
    await second.runs()
    expect([first.attempt(), second.attempt(), first.isAborted()]).toEqual([1, 2, false])
    async function onlySecondCounts(): Promise<void> {
      expect(await other.stats()).toMatchObject({ waiting: 0, leased: 1, delayed: 0, dead: 0 })
      second.end(done)
      await second.consumer.onIdle()
      await until(() => second.observations.length === 1)
      expect(second.observations).toMatchObject([{ type: 'handled', attempt: 2 }])
      expect(first.observations).toEqual([])
      expect(await other.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 0 })
      expect(await other.accept(one, accepting)).toBe('duplicate')
    }
    return { inbox, first, second, still, onlySecondCounts }
  }

  it.each(results)("does not count with its late '%s'", async (_, late) => {
    const { inbox, first, still, onlySecondCounts } = await takenOver()
    first.end(late)
    await endsBy(still, inbox.close({ timeoutMs: 5_000 }))
    await onlySecondCounts()
  })

  it('gives back nothing of what another has when it is closed', async () => {
    const { inbox, first, still, onlySecondCounts } = await takenOver()
    await endsBy(still, inbox.close({ timeoutMs: 1 }))
    expect(first.isAborted()).toBe(true)
    await onlySecondCounts()
  })

  it('writes nothing over what another came to when it is closed', async () => {
    const { inbox, second, still } = await takenOver()
    second.end(dead)
    await until(() => second.observations.length === 1)
    await second.consumer.close({ timeoutMs: 60_000 })
    await endsBy(still, inbox.close({ timeoutMs: 1 }))
    const third = open()
    expect(await third.deadLetters.redrive({ all: true })).toBe(1)
    const again = holding(third)
    await again.runs()
    expect(again.completed()).toEqual(['a'])
  })

  it('renews nothing of what another has, and is told so', async () => {
    const { first, still, onlySecondCounts } = await takenOver()
    await still.advance(200)
    await until(first.isAborted)
    await onlySecondCounts()
  })
})

/** The end of what may wait for this clock, which goes on until then. */
async function endsBy(clock: ManualClock, promise: Promise<void>): Promise<void> {
  let isEnded = false
  const ended = promise.finally(() => {
    isEnded = true
  })
  while (!isEnded) {
    await clock.advance(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await ended
}
