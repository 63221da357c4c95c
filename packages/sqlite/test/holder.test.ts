import type { Inbox } from '@acuse/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ManualClock, manualClock, settled } from '../../core/test/support/clock.ts'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

const stuck = () => new Promise<never>(() => {})
const leaseMs = 3_000

function closesAtEnd(inbox: Inbox, clock: ManualClock): void {
  onTestFinished(async () => {
    const closed = inbox.close({ timeoutMs: 1 })
    await clock.advance(10)
    await closed
  })
}

/** Somebody with a transaction open, as an operator's shell may have one. */
function locker(path: string) {
  const database = loadDriver()(path)
  onTestFinished(() => database.close())
  return database
}

describe('a process that holds leases', () => {
  it('takes none from itself that it could not renew, because the file was locked for longer than a lease', async () => {
    const path = tempFile()
    const clock = manualClock()
    const inbox = sqliteInbox(path, { clock, leaseMs })
    closesAtEnd(inbox, clock)
    const finish: (() => void)[] = []
    const { observations } = consume(inbox, async () => {
      await new Promise<void>((resolve) => finish.push(resolve))
      return done
    })
    for (let n = 0; n < 5; n++) await inbox.accept(delivery(`d${n}`), accepting)
    await until('all run', () => finish.length === 5)
    const other = locker(path)
    other.exec('BEGIN IMMEDIATE')
    await clock.advance(20_000)
    // With the lock gone: looks for lapsed leases come as often as renewals.
    other.exec('ROLLBACK')
    await clock.advance(10_000)
    expect(finish).toHaveLength(5)
    for (const resolve of finish) resolve()
    await until('all are handled', () => observations.length === 5)
    await clock.advance(10_000)
    expect(observations.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'handled'))
    expect(finish).toHaveLength(5)
  })

  it('runs nothing twice after a handler kept its thread for longer than a lease', async () => {
    const inbox = sqliteInbox(tempFile(), { leaseMs: 100, pollMs: 10 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const began: string[] = []
    const { consumer, observations } = consume(inbox, async ({ type }) => {
      began.push(type)
      const until = performance.now() + 400
      if (type === 'cpu') while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 200))
      return done
    })
    await inbox.accept(delivery('io', { type: 'io' }), accepting)
    await until('it runs', () => began.length === 1)
    for (const name of ['a', 'b', 'c']) await inbox.accept(delivery(name, { type: 'cpu' }), accepting)
    await consumer.onIdle()
    expect(began).toEqual(['io', 'cpu', 'cpu', 'cpu'])
    expect(new Set(observations.map(({ type }) => type))).toEqual(new Set(['handled']))
  })
})

describe('a process that looks at the leases of others', () => {
  it('gives them the time to renew that a lock on the file took from them', async () => {
    const path = tempFile()
    const [clock, other] = [manualClock(), locker(path)]
    const [holder, taker] = [sqliteInbox(path, { clock, leaseMs }), sqliteInbox(path, { clock, leaseMs })]
    closesAtEnd(holder, clock)
    closesAtEnd(taker, clock)
    let handed = 0
    const held = consume(holder, () => {
      handed++
      return stuck()
    })
    await holder.accept(delivery('d'), accepting)
    await until('it runs', () => handed === 1)
    const taking = consume(taker, async () => done)
    other.exec('BEGIN IMMEDIATE')
    await clock.advance(20_000)
    other.exec('ROLLBACK')
    for (let at = 0; at < 20; at++) {
      await clock.advance(500)
      await settled()
    }
    expect([...held.observations, ...taking.observations]).toEqual([])
  })

  it('makes no dead letters of what it does not handle, however few attempts it allows itself', async () => {
    const path = tempFile()
    const still = manualClock()
    const dead = sqliteInbox(path, { clock: still, leaseMs })
    closesAtEnd(dead, still)
    let handed = 0
    const hold = () => {
      handed++
      return stuck()
    }
    consume(dead, hold, { handles: () => ({ only: ['a'] }) })
    await dead.accept(delivery('d', { type: 'a' }), accepting)
    await until('it runs', () => handed === 1)
    const clock = manualClock()
    const live = sqliteInbox(path, { clock, leaseMs })
    closesAtEnd(live, clock)
    const { observations } = consume(live, async () => done, {
      handles: () => ({ only: ['b'] }),
      retry: { attempts: 1 },
    })
    await clock.advance(leaseMs * 2)
    expect(observations.map(({ type }) => type)).toEqual(['retried'])
    expect(await live.stats()).toMatchObject({ waiting: 1, dead: 0 })
  })

  it('takes what a dead one left as soon as its lease is over, if it saw no renewal before', async () => {
    const path = tempFile()
    const still = manualClock()
    const dead = sqliteInbox(path, { clock: still, leaseMs })
    closesAtEnd(dead, still)
    let handed = 0
    consume(dead, () => {
      handed++
      return stuck()
    })
    await dead.accept(delivery('d'), accepting)
    await until('it runs', () => handed === 1)
    const clock = manualClock()
    const live = sqliteInbox(path, { clock, leaseMs })
    closesAtEnd(live, clock)
    const { observations } = consume(live, async () => done)
    await clock.advance(leaseMs - 100)
    expect(observations).toEqual([])
    await clock.advance(700)
    await until('it is handled', () => observations.length > 1)
    expect(observations.map(({ type }) => type)).toEqual(['retried', 'handled'])
  })
})
