import assert from 'node:assert/strict'
import type { Inbox, InboxStats, Lease } from '../inbox/inbox.ts'
import {
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  listDead,
  pause,
  prepare,
  present,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

export const handleChecks: InboxChecks = {
  'hands out nothing before the start, and then what came before it': async ({ inbox }) => {
    const { handed, consumer } = prepare(inbox, succeed)
    const other = consume(inbox, succeed, { endpoint: 'other' })
    await acceptAll(inbox, [delivery(), delivery(), delivery({ endpoint: 'other' })])
    await until('one of another endpoint is handed out', () => other.handed.length === 1)
    await pause(30)
    assert.equal(handed.length, 0)
    consumer.start()
    consumer.start()
    await consumer.onIdle()
    assert.equal(handed.length, 2)
  },
  'hands out what is accepted while it runs': async ({ inbox }) => {
    const { handed, consumer } = consume(inbox, succeed)
    for (let round = 1; round <= 3; round++) {
      await acceptAll(inbox, [delivery()])
      await until('handed out', () => handed.length === round)
      await consumer.onIdle()
    }
  },
  'refuses to consume with options that cannot be used, and then consumes': async ({ inbox }) => {
    for (const concurrency of [0, -1, 1.5, 10_001, Number.NaN, '5' as never]) {
      assert.throws(() => prepare(inbox, succeed, { concurrency }), TypeError)
    }
    for (const retry of [
      { attempts: 0 },
      { crashes: -1 },
      { minDelayMs: 5, maxDelayMs: 1 },
      { attemps: 3 } as object,
    ]) {
      assert.throws(() => prepare(inbox, succeed, { retry }), TypeError)
    }
    const { consumer, handed } = consume(inbox, succeed)
    await acceptAll(inbox, [delivery()])
    await consumer.onIdle()
    assert.equal(handed.length, 1)
  },
  'hands out as many at once as it may, and no more': async ({ inbox }) => {
    await acceptAll(
      inbox,
      Array.from({ length: 12 }, () => delivery()),
    )
    const { opened, open } = gate()
    let running = 0
    let most = 0
    const handle = async () => {
      most = Math.max(most, ++running)
      await opened
      running--
      return done
    }
    const { consumer, handed } = consume(inbox, handle, { concurrency: 5 })
    await until('five at once', () => running === 5)
    await pause(30)
    assert.equal(handed.length, 5)
    open()
    await consumer.onIdle()
    assert.equal(handed.length, 12)
    assert.equal(most, 5)
  },
  'hands out only the deliveries of its endpoint': async ({ inbox }) => {
    const mine = delivery()
    await acceptAll(inbox, [delivery({ endpoint: 'other' }), mine])
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.deepEqual(
      handed.map(({ id }) => id),
      [mine.id],
    )
    const others = consume(inbox, succeed, { endpoint: 'other' })
    await others.consumer.onIdle()
    assert.equal(others.handed.length, 1)
  },
  'refuses a second consumer of an endpoint': async ({ inbox }) => {
    consume(inbox, succeed)
    assert.throws(() => consume(inbox, succeed), TypeError)
  },
  'tells its observer of what is handled, of its request, and what was measured of the attempt': async ({
    inbox,
  }) => {
    const one = { ...delivery(), headers: { 'x-request-id': 'r-1' } }
    const measures = { durationMs: 5, lagMs: 7 }
    const watched = consume(inbox, async () => ({ status: 'done', handlers: 3, measures }))
    await acceptAll(inbox, [one])
    await watched.consumer.onIdle()
    const { provider, endpoint, id, type: event } = one
    const about = { provider, endpoint, id, event, requestId: 'r-1' }
    assert.deepEqual(watched.observations, [
      { type: 'handled', ...about, attempt: 1, handlers: 3, ...measures },
    ])
  },
  'tries again after the delay that it tells, with the next attempt and what completed': async ({
    inbox,
  }) => {
    const leases: (Pick<Lease, 'attempt' | 'completed'> & { at: number })[] = []
    const results = [failed('first', 'a'), failed('second', 'a', 'b'), done]
    const watched = consume(
      inbox,
      async (_, { attempt, completed }) => {
        leases.push({ attempt, completed, at: performance.now() })
        return present(results[attempt - 1])
      },
      { retry: { attempts: 5, minDelayMs: 60, maxDelayMs: 60 } },
    )
    await acceptAll(inbox, [delivery()])
    await watched.consumer.onIdle()
    assert.deepEqual(
      leases.map(({ at, ...lease }) => lease),
      [
        { attempt: 1, completed: [] },
        { attempt: 2, completed: ['a'] },
        { attempt: 3, completed: ['a', 'b'] },
      ],
    )
    const retried = told(watched, 'retried')
    assert.deepEqual(
      retried.map(({ attempt, error }) => [attempt, (error as Error).message]),
      [
        [1, 'first'],
        [2, 'second'],
      ],
    )
    for (const [at, { delayMs }] of retried.entries()) {
      const waitedMs = present(leases[at + 1]).at - present(leases[at]).at
      // Timers of a runtime may be a little early.
      assert.ok(waitedMs >= delayMs - 5, `waited ${waitedMs} ms instead of ${delayMs} ms`)
    }
    assert.equal(present(told(watched, 'handled')[0]).attempt, 3)
  },
  'counts a handle that throws as failed': async ({ inbox }) => {
    const watched = consume(inbox, async (_, { attempt }) => {
      assert.ok(attempt > 1, 'thrown')
      return done
    })
    await acceptAll(inbox, [delivery()])
    await watched.consumer.onIdle()
    assert.equal(watched.handed.length, 2)
    assert.equal(told(watched, 'retried').length, 1)
  },
  'dead-letters what used up its attempts, with what went wrong in each': async ({ inbox }) => {
    const one = delivery()
    const watched = consume(inbox, async (_, { attempt }) => failed(`attempt ${attempt}`, 'a'))
    await acceptAll(inbox, [one])
    await watched.consumer.onIdle()
    assert.equal(watched.handed.length, 3)
    const letter = present(await inbox.deadLetters.get(one.id))
    assert.equal(letter.reason, 'attempts-used-up')
    assert.equal(letter.attempt, 3)
    assert.deepEqual(
      letter.failures.map(({ attempt, message }) => [attempt, message]),
      [1, 2, 3].map((attempt) => [attempt, `Error: attempt ${attempt}`]),
    )
    assert.ok(letter.failures.every(({ at }) => Math.abs(Date.now() - at.getTime()) < 60_000))
    assert.equal(told(watched, 'retried').length, 2)
    const dead = present(told(watched, 'dead')[0])
    assert.deepEqual([dead.id, dead.reason, dead.attempt], [one.id, 'attempts-used-up', 3])
  },
  'dead-letters at once what cannot be handled': async ({ inbox }) => {
    const one = delivery()
    const error = new Error('no such account')
    const watched = consume(inbox, async () => ({ status: 'dead', reason: 'schema-mismatch', error }))
    await acceptAll(inbox, [one])
    await watched.consumer.onIdle()
    const letter = present(await inbox.deadLetters.get(one.id))
    assert.deepEqual([letter.reason, letter.attempt], ['schema-mismatch', 1])
    assert.deepEqual(
      letter.failures.map(({ message }) => message),
      ['Error: no such account'],
    )
    assert.deepEqual(
      told(watched, 'dead').map(({ reason }) => reason),
      ['schema-mismatch'],
    )
  },
  'lets one that fails hold up no other': async ({ inbox }) => {
    const poison = delivery()
    const healthy = Array.from({ length: 20 }, () => delivery())
    const watched = consume(inbox, async ({ id }) => (id === poison.id ? failed('poison') : done), {
      concurrency: 1,
      retry: { attempts: 4, minDelayMs: 20, maxDelayMs: 20 },
    })
    await acceptAll(inbox, [poison, ...healthy])
    await watched.consumer.onIdle()
    assert.equal(told(watched, 'handled').length, 20)
    assert.equal((await listDead(inbox)).length, 1)
  },
  'counts what waits, runs, is delayed and is dead': async ({ inbox }) => {
    const empty = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0 }
    assert.deepEqual(await totals(inbox), empty)
    const [first, second] = [delivery({ receivedAt: new Date(Date.now() - 5_000) }), delivery()]
    await acceptAll(inbox, [first, second, delivery(), delivery()])
    const { oldestAgeMs, ...waiting } = await totals(inbox)
    assert.deepEqual(waiting, { waiting: 4, leased: 0, delayed: 0, dead: 0 })
    assert.ok(oldestAgeMs >= 5_000 && oldestAgeMs < 60_000, `${oldestAgeMs} ms`)
    const { opened, open } = gate()
    const options = { concurrency: 2, retry: { attempts: 2, minDelayMs: 3_600_000, maxDelayMs: 3_600_000 } }
    const watched = consume(
      inbox,
      async ({ id }) => {
        if (id === first.id) return failed('later')
        if (id === second.id) return { status: 'dead', reason: 'unrecoverable', error: new Error('never') }
        await opened
        return done
      },
      options,
    )
    await until('one of each', async () => {
      const { leased, delayed, dead } = await inbox.stats()
      return leased === 2 && delayed === 1 && dead === 1
    })
    // One that waits for less than an hour has waited by now.
    await pause(30)
    const { waiting: ready, leased, delayed, dead } = await totals(inbox)
    assert.deepEqual({ ready, leased, delayed, dead }, { ready: 0, leased: 2, delayed: 1, dead: 1 })
    open()
    await until('two are handled', () => told(watched, 'handled').length === 2)
    const { oldestAgeMs: age, ...end } = await totals(inbox)
    assert.deepEqual(end, { waiting: 0, leased: 0, delayed: 1, dead: 1 })
    assert.ok(age >= 5_000)
  },
}

async function totals(inbox: Inbox): Promise<Omit<InboxStats, 'types'>> {
  const { types, ...totals } = await inbox.stats()
  return totals
}
