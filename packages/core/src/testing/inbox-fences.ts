import assert from 'node:assert/strict'
import type { Observation } from '../model/observation.ts'
import {
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  type InboxChecks,
  listDead,
  pause,
  present,
  told,
} from './inbox-subject.ts'
import { thrownValues } from './thrown-values.ts'

export const fenceChecks: InboxChecks = {
  'keeps as a dead letter what fails with whatever a handler throws, and handles what is beside it': async ({
    inbox,
  }) => {
    const bad = Object.values(thrownValues).map((make) => ({ one: delivery(), make }))
    const makers = new Map(bad.map(({ one, make }) => [one.id, make]))
    const good = bad.map(() => delivery())
    await acceptAll(
      inbox,
      bad.flatMap(({ one }, at) => [one, present(good[at])]),
    )
    const watched = consume(
      inbox,
      async ({ id }) => {
        const make = makers.get(id)
        if (make) throw make()
        return done
      },
      { retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 1 } },
    )
    await watched.consumer.onIdle()
    assert.deepEqual(
      told(watched, 'handled')
        .map(({ id }) => id)
        .sort(),
      good.map(({ id }) => id).sort(),
    )
    for (const [at, { one }] of bad.entries()) {
      const letter = present(await inbox.deadLetters.get(one.id))
      const name = present(Object.keys(thrownValues)[at])
      assert.equal(letter.reason, 'attempts-used-up', name)
      assert.deepEqual(
        letter.failures.map(({ attempt }) => attempt),
        [1, 2],
        name,
      )
      for (const { message } of letter.failures) assert.ok(message.length > 0, name)
    }
  },
  'keeps the stack of what went wrong with a dead letter': async ({ inbox }) => {
    const one = delivery()
    await acceptAll(inbox, [one])
    const error = new RangeError('two\nlines')
    const { consumer } = consume(inbox, async () => ({ status: 'dead', reason: 'unrecoverable', error }))
    await consumer.onIdle()
    const [failure] = present(await inbox.deadLetters.get(one.id)).failures
    assert.equal(failure?.message, 'RangeError: two\nlines')
    assert.equal(failure?.stack, error.stack)
  },
  'loses nothing by an observer that throws or rejects, and tells it the next all the same': async ({
    inbox,
  }) => {
    const unhandled: unknown[] = []
    const note = unhandled.push.bind(unhandled)
    process.on('unhandledRejection', note)
    try {
      for (const [at, fail] of observerFailures.entries()) {
        const seen: Observation['type'][] = []
        const [good, bad] = [delivery(), delivery()]
        await acceptAll(inbox, [good, bad])
        const { handed, consumer } = consume(
          inbox,
          async ({ id }) => (id === good.id ? done : failed('no')),
          {
            retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 1 },
            observer: (observation): unknown => {
              seen.push(observation.type)
              return fail()
            },
          },
        )
        await consumer.onIdle()
        await consumer.close({ timeoutMs: 5_000 })
        // A rejection that nobody handles is told a turn later.
        await pause(5)
        assert.deepEqual(seen.sort(), ['dead', 'handled', 'retried'])
        assert.deepEqual(handed.map(({ id }) => id).sort(), [good.id, bad.id, bad.id].sort())
        assert.equal((await listDead(inbox)).length, at + 1)
      }
      assert.deepEqual(unhandled, [])
    } finally {
      process.off('unhandledRejection', note)
    }
  },
}

const observerFailures: readonly (() => unknown)[] = [
  () => {
    throw new Error('The observer failed')
  },
  () => Promise.reject(new Error('The observer failed later')),
]
