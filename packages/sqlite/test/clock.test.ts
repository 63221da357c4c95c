import type { Inbox } from '@acuse/core'
import type { Handle } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ManualClock, manualClock } from '../../core/test/support/clock.ts'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

function open(path: string, clock: ManualClock, random = () => 1): Inbox {
  const inbox = sqliteInbox(path, { clock, leaseMs: 30_000, retentionMs: hourMs, random })
  onTestFinished(async () => {
    const closed = inbox.close({ timeoutMs: 1 })
    await clock.advance(10)
    await closed
  })
  return inbox
}

const stuck = () => new Promise<never>(() => {})

describe('a wall clock that is set', () => {
  it.each([
    ['forward', dayMs],
    ['back', -dayMs],
  ])('%s takes no lease from a holder that lives', async (_, stepMs) => {
    const path = tempFile()
    const clock = manualClock()
    const [a, b] = [open(path, clock), open(path, clock)]
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    await a.accept(delivery('d'), accepting)
    const holder = consume(a, async () => {
      await finished
      return done
    })
    await clock.advance(1_000)
    const other = consume(b, async () => done)
    clock.stepWall(stepMs)
    await clock.advance(120_000)
    finish()
    await clock.advance(1_000)
    await until('it is handled', () => holder.observations.length > 0)
    expect(holder.observations.map(({ type }) => type)).toEqual(['handled'])
    expect(other.observations).toEqual([])
  })

  it.each([
    ['forward', dayMs],
    ['back', -dayMs],
  ])('%s leaves the lease of a dead holder to others within two lengths of it', async (_, stepMs) => {
    const path = tempFile()
    // Its time stands still: it renews nothing.
    const dead = open(path, manualClock())
    await dead.accept(delivery('d'), accepting)
    const clock = manualClock()
    const holder = consume(dead, stuck)
    const live = open(path, clock)
    await clock.advance(10)
    expect((await live.stats()).leased).toBe(1)
    clock.stepWall(stepMs)
    const { observations } = consume(live, async () => done)
    await clock.advance(60_000)
    await until('it is handled', () => observations.length > 1)
    expect(observations.map(({ type }) => type)).toEqual(['retried', 'handled'])
    expect(holder.observations).toEqual([])
  })

  it('back makes no retry wait longer than retries wait', async () => {
    const clock = manualClock()
    const inbox = open(tempFile(), clock)
    const { observations } = consume(
      inbox,
      async (_, { attempt, completed }) =>
        attempt === 1 ? { status: 'failed', error: new Error('once'), completed } : done,
      { retry: { attempts: 3, minDelayMs: 1_000, maxDelayMs: 2_000 } },
    )
    await inbox.accept(delivery('d'), accepting)
    await clock.advance(10)
    expect(observations.map(({ type }) => type)).toEqual(['retried'])
    clock.stepWall(-dayMs)
    await clock.advance(3_000)
    await until('it is handled', () => observations.length > 1)
    expect(observations.map(({ type }) => type)).toEqual(['retried', 'handled'])
  })
})

describe('a retry', () => {
  it('waits as long as its process said, beside one whose retries wait for less', async () => {
    const path = tempFile()
    const clock = manualClock()
    const [patient, hasty] = [open(path, clock), open(path, clock)]
    const failing: Handle = async (_, { completed }) => ({
      status: 'failed',
      error: new Error('not yet'),
      completed,
    })
    const { observations } = consume(patient, failing, {
      handles: () => ({ only: ['slow'] }),
      retry: { minDelayMs: 60_000, maxDelayMs: 60_000 },
    })
    consume(hasty, async () => done, {
      handles: () => ({ only: ['quick'] }),
      retry: { minDelayMs: 1, maxDelayMs: 1_000 },
    })
    await patient.accept(delivery('slow', { type: 'slow' }), accepting)
    await clock.advance(30_000)
    expect(observations).toMatchObject([{ type: 'retried', attempt: 1, delayMs: 60_000 }])
    await clock.advance(31_000)
    expect(observations).toMatchObject([{ attempt: 1 }, { attempt: 2 }])
  })
})

describe('retention', () => {
  it('remembers a handled idempotency key for its time, longer if the receiver asks, and then forgets', async () => {
    const clock = manualClock()
    const inbox = open(tempFile(), clock)
    const { consumer } = consume(inbox, async () => done)
    await inbox.accept(delivery('short'), { minRetentionMs: 1_000 })
    await inbox.accept(delivery('long'), { minRetentionMs: 3 * hourMs })
    await clock.advance(10)
    await consumer.close({ timeoutMs: 0 })
    const results = async () => [
      await inbox.accept(delivery('short'), accepting),
      await inbox.accept(delivery('long'), accepting),
    ]
    await clock.advance(hourMs - 60_000)
    expect(await results()).toEqual(['duplicate', 'duplicate'])
    await clock.advance(120_000)
    expect(await results()).toEqual(['accepted', 'duplicate'])
    await clock.advance(2 * hourMs)
    expect(await results()).toEqual(['duplicate', 'accepted'])
  })

  it('keeps what waits and what is dead, however old', async () => {
    const clock = manualClock()
    const inbox = open(tempFile(), clock)
    await inbox.accept(delivery('waiting'), accepting)
    await inbox.deadLetter(delivery('stale'), 'stale')
    await clock.advance(10 * hourMs)
    expect(await inbox.stats()).toMatchObject({ waiting: 1, dead: 1 })
  })
})
