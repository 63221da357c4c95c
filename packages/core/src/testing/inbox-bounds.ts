import assert from 'node:assert/strict'
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
  otherBodyOf,
  present,
  told,
  until,
  type Watched,
} from './inbox-subject.ts'

const maxDeliveries = 3

export const boundChecks: InboxChecks = {
  'bounded: is full at its bound, and takes more when there is room again': (subject) =>
    whenFull(subject, async ({ inbox, watched, open }) => {
      const one = delivery()
      assert.equal(await accept(inbox, one), 'full')
      const { waiting, leased, delayed } = await inbox.stats()
      assert.equal(waiting + leased + delayed, maxDeliveries)
      open()
      await watched.consumer.onIdle()
      assert.equal(await accept(inbox, one), 'accepted')
      await until('all are handled', () => told(watched, 'handled').length === maxDeliveries + 1)
    }),
  'bounded: tells copies and other bodies of what it has when it is full': (subject) =>
    whenFull(subject, async ({ inbox, held }) => {
      for (const one of held) assert.equal(await accept(inbox, one), 'duplicate')
      assert.equal(await accept(inbox, otherBodyOf(present(held[0]))), 'conflict')
    }),
  'bounded: remembers nothing of what it refused as full': (subject) =>
    whenFull(subject, async ({ inbox }) => {
      const one = delivery()
      for (let time = 0; time < 3; time++) assert.equal(await accept(inbox, one), 'full')
      assert.equal(await accept(inbox, otherBodyOf(one)), 'full')
    }),
}

interface Full {
  readonly inbox: Awaited<ReturnType<NonNullable<InboxSubject['bounded']>>>
  readonly held: readonly Delivery[]
  readonly watched: Watched
  /** Lets the handlers end. */
  readonly open: () => void
}

/** One is being handled, and the rest waits behind it. */
async function whenFull({ bounded }: InboxSubject, check: (full: Full) => Promise<void>): Promise<void> {
  assert.ok(bounded, "a subject has bounded(), or 'bounded' is left out with a reason")
  const inbox = await bounded(maxDeliveries)
  const { opened, open } = gate()
  const watched = consume(inbox, () => opened.then(() => done), { concurrency: 1 })
  const held = Array.from({ length: maxDeliveries }, () => delivery())
  await acceptAll(inbox, held)
  await until('one is running', () => watched.handed.length >= 1)
  try {
    await check({ inbox, held, watched, open })
  } finally {
    open()
    await inbox.close({ timeoutMs: 1_000 })
  }
}
