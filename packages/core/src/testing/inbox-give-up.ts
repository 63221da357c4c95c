import assert from 'node:assert/strict'
import type { HandleResult, Inbox } from '../inbox/inbox.ts'
import {
  accept,
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  type InboxSubject,
  listDead,
  present,
  succeed,
  told,
  until,
  type Watched,
} from './inbox-subject.ts'

const lateResults: readonly HandleResult[] = [
  done,
  failed('late', 'a'),
  { status: 'dead', reason: 'unrecoverable', error: new Error('late') },
]

/** A delivery that a close gave up on is another's: the result of its handler does not count. */
export const giveUpChecks: InboxChecks = {
  ...Object.fromEntries(
    lateResults.map((late) => [
      `giveBack: takes no late '${late.status}' for what a close gave up on, while the next one has it`,
      (subject: InboxSubject) => takesNone(subject, late, subject.inbox),
    ]),
  ),
  'reopen, share, giveBack: takes no late result when the inbox is closed, while another instance has it':
    async (subject) => takesNone(subject, done, await present(subject.reopen)()),
  'giveBack: makes a dead letter of what a close gave up on at its last attempt': async ({ inbox }) => {
    const one = delivery()
    const retry = { attempts: 2, minDelayMs: 1, maxDelayMs: 1 }
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { opened, open } = gate()
      const watched = consume(inbox, () => opened.then(() => done), { retry })
      if (attempt === 1) await acceptAll(inbox, [one])
      await until('running', () => watched.handed.length === 1)
      await watched.consumer.close({ timeoutMs: 20 })
      open()
    }
    const last = consume(inbox, succeed, { retry })
    await last.consumer.onIdle()
    assert.deepEqual(last.handed, [])
    const { reason, attempt } = present(await inbox.deadLetters.get(one.id))
    assert.deepEqual([reason, attempt], ['attempts-used-up', 2])
    assert.equal(await accept(inbox, one), 'duplicate')
  },
}

/** The second of two consumers has what the first did not finish; the first's closes with its inbox where they have two. */
async function takesNone({ inbox }: InboxSubject, late: HandleResult, next: Inbox): Promise<void> {
  const [one, other] = [delivery(), delivery()]
  const [mayEnd, mayEndNext] = [gate(), gate()]
  const first = consume(inbox, () => mayEnd.opened.then(() => late))
  await acceptAll(inbox, [one])
  await until('running', () => first.handed.length === 1)
  await (next === inbox ? first.consumer : inbox).close({ timeoutMs: 20 })
  const second = consume(next, async ({ id }) => {
    if (id === one.id) await mayEndNext.opened
    return done
  })
  await until('running again', () => second.handed.length === 1)
  mayEnd.open()
  // Writes of the first, if any, come before this one is accepted and handled.
  await acceptAll(next, [other])
  await until('another is handled', () => told(second, 'handled').length === 1)
  const { waiting, leased, delayed, dead } = await next.stats()
  assert.deepEqual({ waiting, leased, delayed, dead }, { waiting: 0, leased: 1, delayed: 0, dead: 0 })
  mayEndNext.open()
  await second.consumer.onIdle()
  await until('both are handled', () => told(second, 'handled').length === 2)
  assert.deepEqual(endsOf(first, one.id), [])
  assert.deepEqual(endsOf(second, one.id), [['handled', 2]])
  assert.deepEqual(await listDead(next), [])
  assert.equal(await accept(next, one), 'duplicate')
}

/** How an observer heard that a delivery ended. */
function endsOf(watched: Watched, id: string): (string | number)[][] {
  return [...told(watched, 'handled'), ...told(watched, 'dead')]
    .filter((observation) => observation.id === id)
    .map(({ type, attempt }) => [type, attempt])
}
