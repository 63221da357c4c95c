import assert from 'node:assert/strict'
import type { Inbox } from '../inbox/inbox.ts'
import type { RetryOptions } from '../inbox/retry-policy.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Delivery } from '../model/delivery.ts'
import {
  accept,
  acceptAll,
  consume,
  delivery,
  done,
  gate,
  type InboxChecks,
  type InboxSubject,
  listDead,
  pause,
  present,
  succeed,
  told,
  until,
  type Watched,
} from './inbox-subject.ts'

/** A process dies, or stands still for longer than its leases last: another one has its deliveries, once. */
export const crashChecks: InboxChecks = {
  'reopen, crash: hands out again what a crashed instance was handling, its attempt counted': async (
    subject,
  ) => {
    const [one, behind] = [delivery(), delivery()]
    await crashOver(subject, [one])
    const next = await present(subject.reopen)()
    await acceptAll(next, [behind])
    const watched = consume(next, succeed)
    await until('both are handled', () => told(watched, 'handled').length === 2)
    assert.equal(watched.handed.length, 2)
    const attempts = new Map(told(watched, 'handled').map(({ id, attempt }) => [id, attempt]))
    assert.deepEqual([attempts.get(one.id), attempts.get(behind.id)], [2, 1])
    assert.equal(await accept(next, one), 'duplicate')
  },
  'reopen, crash: makes a dead letter of what crashed as often as it may': async (subject) => {
    const one = delivery()
    const retry = { attempts: 5, crashes: 2, minDelayMs: 1, maxDelayMs: 5 }
    await crashOver(subject, [one], { retry })
    const second = await present(subject.reopen)()
    await crashOver({ ...subject, inbox: second }, [one], { retry, isAccepted: true })
    const third = await present(subject.reopen)()
    const watched = consume(third, succeed, { retry })
    await until('it is a dead letter', async () => (await third.stats()).dead === 1)
    assert.deepEqual(watched.handed, [])
    const { reason, attempt, failures } = present(await third.deadLetters.get(one.id))
    assert.deepEqual([reason, attempt], ['attempts-used-up', 2])
    for (const number of [1, 2]) assert.ok(failures.some((failure) => failure.attempt === number))
    assert.equal(await accept(third, one), 'duplicate')
    await until('its observer is told', () => told(watched, 'dead').length === 1)
  },
  'reopen, crash: hands out no delivery more often than it may be, whether it crashed or failed': async (
    subject,
  ) => {
    const one = delivery()
    const retry = { attempts: 2, crashes: 5, minDelayMs: 1, maxDelayMs: 5 }
    await crashOver(subject, [one], { retry })
    const next = await present(subject.reopen)()
    const fail = async () => ({ status: 'failed', error: new Error('no'), completed: [] }) as const
    const watched = consume(next, fail, { retry })
    await until('it is a dead letter', async () => (await next.stats()).dead === 1)
    assert.equal(watched.handed.length, 1)
    const { reason, attempt } = present(await next.deadLetters.get(one.id))
    assert.deepEqual([reason, attempt], ['attempts-used-up', 2])
  },
  'reopen, crash: runs alone, and nothing beside it, what may crash but once more': async (subject) => {
    const held = [delivery(), delivery(), delivery()]
    const retry = { attempts: 5, crashes: 2, minDelayMs: 1, maxDelayMs: 5 }
    await crashOver(subject, held, { retry })
    const next = await present(subject.reopen)()
    const possiblePoison = new Set(held.map(({ id }) => id))
    const running = new Set<string>()
    const together: string[][] = []
    const handle = async ({ id }: Delivery) => {
      running.add(id)
      if ([...running].some((each) => possiblePoison.has(each))) together.push([...running])
      // Something else is ready whenever one of them runs.
      if (possiblePoison.has(id)) await acceptAll(next, [delivery()])
      await pause(20)
      running.delete(id)
      return done
    }
    const watched = consume(next, handle, { retry })
    await until('all are handled', () => told(watched, 'handled').length === 2 * held.length)
    assert.deepEqual(
      together.map((ids) => [...ids].sort()).sort(),
      [...possiblePoison].map((id) => [id]).sort(),
    )
    assert.deepEqual(await listDead(next), [])
  },
  'reopen, crash, orderingKey: hands out what crashed before what is behind it in its key': async (
    subject,
  ) => {
    const [first, second] = [delivery({ orderingKey: 'k' }), delivery({ orderingKey: 'k' })]
    await crashOver(subject, [first])
    const next = await present(subject.reopen)()
    await acceptAll(next, [second])
    const watched = consume(next, succeed)
    await until('both are handled', () => told(watched, 'handled').length === 2)
    assert.deepEqual(
      told(watched, 'handled').map(({ id }) => id),
      [first.id, second.id],
    )
  },
  'reopen, share, crash: takes what a crashed instance held, and nothing that one that lives renews': (
    subject,
  ) => takesFromNoneThatLives(subject),
  'reopen, share, crash: takes no late result of an instance whose lease ran out': async (subject) => {
    const { inbox, reopen } = subject
    const [one, other] = [delivery(), delivery()]
    const { watched: first, goOn, open } = await crashOver(subject, [one])
    const next = await present(reopen)()
    const mayEnd = gate()
    const second = consume(next, async ({ id }) => {
      if (id === one.id) await mayEnd.opened
      return done
    })
    await until('another instance has it', () => second.handed.length === 1)
    open()
    await goOn()
    // It may have to connect again.
    await until('it goes on', async () => {
      const [accepted] = await Promise.allSettled([accept(inbox, other)])
      return accepted.status === 'fulfilled'
    })
    await first.consumer.close({ timeoutMs: 10_000 })
    await until(
      'the other one is handled',
      async () => (await next.stats()).waiting === 0 && endsOf(other) === 1,
    )
    const { leased, delayed, dead } = await next.stats()
    assert.deepEqual({ leased, delayed, dead }, { leased: 1, delayed: 0, dead: 0 })
    mayEnd.open()
    await until('it is handled', () => endsOf(one) > 0)
    assert.deepEqual(
      [first, second].map((each) => told(each, 'handled').filter(({ id }) => id === one.id).length),
      [0, 1],
    )

    function endsOf({ id }: Delivery): number {
      return [first, second].flatMap((each) => told(each, 'handled')).filter((each) => each.id === id).length
    }
  },
}

interface Crashed {
  readonly watched: Watched
  readonly goOn: () => Awaitable<void>
  /** Lets its handlers end. */
  readonly open: () => void
}

interface Crashing {
  readonly retry?: RetryOptions
  /** They are in the inbox already. */
  readonly isAccepted?: boolean
}

/** The subject's inbox crashes while it handles all of these. */
async function crashOver(
  { inbox, crash }: InboxSubject,
  held: readonly Delivery[],
  { retry = {}, isAccepted = false }: Crashing = {},
): Promise<Crashed> {
  assert.ok(crash, "a subject has crash(), or 'crash' is left out with a reason")
  if (!isAccepted) await acceptAll(inbox, held)
  const { opened, open } = gate()
  const watched = consume(inbox, () => opened.then(() => done), { concurrency: held.length, retry })
  await until('all of them run', () => watched.handed.length === held.length)
  return { watched, goOn: await crash(inbox), open }
}

/** One instance lives and one has crashed, each with a delivery; a third takes what it may, `meanwhile` again and again. */
export async function takesFromNoneThatLives(
  subject: InboxSubject,
  meanwhile: () => Awaitable<void> = () => {},
): Promise<void> {
  const { inbox, reopen } = subject
  const [kept, left] = [delivery(), delivery()]
  const { opened, open } = gate()
  const living = consume(inbox, () => opened.then(() => done), { concurrency: 1 })
  await acceptAll(inbox, [kept])
  await until('one runs', () => living.handed.length === 1)
  const dead: Inbox = await present(reopen)()
  await crashOver({ ...subject, inbox: dead }, [left])
  const next: Inbox = await present(reopen)()
  const taking = consume(next, succeed)
  await until('another instance has what was left', async () => {
    await meanwhile()
    return told(taking, 'handled').length > 0
  })
  // It looks for them again and again, and each time it may take what it should not.
  const others = Array.from({ length: 5 }, () => delivery())
  for (const [at, one] of others.entries()) {
    await meanwhile()
    await acceptAll(inbox, [one])
    await until('another one is handled', () => told(taking, 'handled').length >= at + 2)
  }
  assert.deepEqual(
    taking.handed.map(({ id }) => id),
    [left, ...others].map(({ id }) => id),
  )
  open()
  await until('what was kept is handled', () => told(living, 'handled').length === 1)
  assert.equal(living.handed.length, 1)
  assert.equal(told(living, 'handled')[0]?.attempt, 1)
}
