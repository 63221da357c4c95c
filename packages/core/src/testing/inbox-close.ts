import assert from 'node:assert/strict'
import type { Inbox } from '../inbox/inbox.ts'
import {
  accept,
  acceptAll,
  consume,
  deadLetterAll,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  type InboxSubject,
  listDead,
  otherBodyOf,
  pause,
  prepare,
  present,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

export const closeChecks: InboxChecks = {
  'waits for what runs when it is closed, and takes nothing meanwhile and after': async ({ inbox }) => {
    const { opened, open } = gate()
    const one = delivery()
    const watched = consume(inbox, async () => {
      await opened
      return done
    })
    await acceptAll(inbox, [one])
    await until('running', () => watched.handed.length === 1)
    const takesNothing = async () => {
      await assert.rejects(async () => accept(inbox, delivery()))
      await assert.rejects(async () => accept(inbox, otherBodyOf(one)))
      await assert.rejects(async () => inbox.deadLetter(delivery(), 'stale'))
    }
    const closing = inbox.close({ timeoutMs: 60_000 })
    await takesNothing()
    open()
    await closing
    assert.deepEqual(
      watched.observations.map(({ type }) => type),
      ['handled'],
    )
    await takesNothing()
    await inbox.close()
  },
  'is idle when there is nothing to handle': async ({ inbox }) => {
    const { consumer } = prepare(inbox, succeed)
    await consumer.onIdle()
    consumer.start()
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
  },
  'waits no longer than it may for what runs, and tells it that its result will not count': async ({
    inbox,
  }) => {
    const { opened, open } = gate()
    let signal: AbortSignal | undefined
    const { handed, consumer } = consume(inbox, async (_, lease) => {
      signal = lease.signal
      await opened
      return done
    })
    await acceptAll(inbox, [delivery()])
    await until('running', () => handed.length === 1)
    assert.equal(signal?.aborted, false)
    // Without a time limit it would wait for the handler, which continues only after the close.
    await consumer.close({ timeoutMs: 50 })
    assert.equal(signal?.aborted, true)
    open()
  },
  'refuses to close within what is no time, and goes on': async ({ inbox }) => {
    const watched = consume(inbox, succeed)
    for (const timeoutMs of [Number.NaN, -1, Number.POSITIVE_INFINITY, 1.5, 86_400_001, '5' as never]) {
      await assert.rejects(async () => watched.consumer.close({ timeoutMs }), TypeError)
      await assert.rejects(async () => inbox.close({ timeoutMs }), TypeError)
    }
    await acceptAll(inbox, [delivery()])
    await until('handled', () => told(watched, 'handled').length === 1)
  },
  'closes once however often it is told to, and each call waits for what runs': async ({ inbox }) => {
    const { opened, open } = gate()
    const watched = consume(inbox, async () => {
      await opened
      return done
    })
    await acceptAll(inbox, [delivery()])
    await until('running', () => watched.handed.length === 1)
    const ended: number[] = []
    const closes = [
      watched.consumer.close({ timeoutMs: 10_000 }),
      watched.consumer.close({ timeoutMs: 10_000 }),
      inbox.close({ timeoutMs: 10_000 }),
      inbox.close({ timeoutMs: 10_000 }),
    ].map((closing) => closing.then(() => ended.push(told(watched, 'handled').length)))
    await pause(20)
    assert.deepEqual(ended, [])
    open()
    await Promise.all(closes)
    assert.deepEqual(ended, [1, 1, 1, 1])
    assert.equal(told(watched, 'dead').length, 0)
  },
  'is idle after a close that timed out, for who waited and for who asks': async ({ inbox }) => {
    const { opened, open } = gate()
    const { handed, consumer } = consume(inbox, async () => {
      await opened
      return done
    })
    await acceptAll(inbox, [delivery()])
    await until('running', () => handed.length === 1)
    const waiting = consumer.onIdle()
    await consumer.close({ timeoutMs: 20 })
    await waiting
    await consumer.onIdle()
    open()
  },
  'redrives and discards nothing once it is closed': async ({ inbox }) => {
    const one = delivery()
    await deadLetterAll(inbox, [one])
    await inbox.close({ timeoutMs: 1_000 })
    await assert.rejects(async () => inbox.deadLetters.redrive(one.id))
    await assert.rejects(async () => inbox.deadLetters.redrive({ all: true }))
    await assert.rejects(async () => inbox.deadLetters.discard({ all: true }))
  },
  'giveBack: gives back at a close what is not finished, its attempt counted, and tells so': async ({
    inbox,
  }) => {
    const { opened, open } = gate()
    const one = delivery()
    const first = consume(inbox, async () => {
      await opened
      return done
    })
    await acceptAll(inbox, [one])
    await until('running', () => first.handed.length === 1)
    await first.consumer.close({ timeoutMs: 20 })
    assert.deepEqual(await waitingAndDead(inbox), { waiting: 1, dead: 0 })
    await until('told', () => told(first, 'retried').length === 1)
    const { attempt, delayMs, error } = present(told(first, 'retried')[0])
    assert.deepEqual([attempt, delayMs, error instanceof Error], [1, 0, true])
    open()
    await pause(20)
    assert.equal(told(first, 'handled').length, 0)
    const second = consume(inbox, succeed)
    await second.consumer.onIdle()
    assert.equal(told(second, 'handled')[0]?.attempt, 2)
  },
  'reopen: hands out what was accepted and not handled, and remembers the rest': async (subject) => {
    const { inbox } = subject
    const [dead, handled, conflicting] = [delivery(), delivery(), delivery()]
    await deadLetterAll(inbox, [dead])
    const { consumer } = consume(inbox, succeed)
    await acceptAll(inbox, [handled])
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
    await acceptAll(inbox, [conflicting])
    await accept(inbox, otherBodyOf(conflicting))
    const waiting = [conflicting, ...Array.from({ length: 20 }, () => delivery())]
    await acceptAll(inbox, waiting.slice(1))
    const again = await reopened(subject)
    for (const one of [dead, handled, ...waiting]) assert.equal(await accept(again, one), 'duplicate')
    assert.deepEqual(await waitingAndDead(again), { waiting: 21, dead: 2 })
    assert.deepEqual(
      (await listDead(again)).map(({ reason }) => reason),
      ['unrecoverable', 'conflict'],
    )
    const { handed, consumer: next } = consume(again, succeed)
    await next.onIdle()
    assert.deepEqual(handed.map(({ id }) => id).sort(), waiting.map(({ id }) => id).sort())
  },
  'reopen: remembers attempts, and which handlers completed': async (subject) => {
    const { inbox } = subject
    const one = delivery()
    const first = consume(inbox, async () => failed('once', 'a', 'b'), {
      retry: { attempts: 100, minDelayMs: 100, maxDelayMs: 100 },
    })
    await acceptAll(inbox, [one])
    await until('an attempt', () => told(first, 'retried').length > 0)
    await first.consumer.close({ timeoutMs: 1_000 })
    const again = await reopened(subject)
    const leases: unknown[] = []
    const { consumer } = consume(again, async (_, { attempt, completed }) => {
      leases.push([attempt, completed])
      return done
    })
    await consumer.onIdle()
    assert.deepEqual(leases, [[first.handed.length + 1, ['a', 'b']]])
  },
}

async function waitingAndDead(inbox: Inbox): Promise<{ waiting: number; dead: number }> {
  const { waiting, dead } = await inbox.stats()
  return { waiting, dead }
}

async function reopened(subject: InboxSubject): Promise<Inbox> {
  assert.ok(subject.reopen, "a subject has reopen(), or 'reopen' is left out with a reason")
  return await subject.reopen()
}
