import assert from 'node:assert/strict'
import type { Delivery } from '../model/delivery.ts'
import {
  accept,
  acceptAll,
  consume,
  deadLetterAll,
  delivery,
  type InboxChecks,
  listDead,
  otherBodyOf,
  prepare,
  present,
  succeed,
} from './inbox-subject.ts'

export const copyChecks: InboxChecks = {
  'copies: hands out the copy of another body under an id of its own': async ({ inbox }) => {
    const [one, dead] = [delivery(), delivery()]
    await deadLetterAll(inbox, [dead])
    await acceptAll(inbox, [one])
    const copies = [one, dead].map(otherBodyOf)
    for (const copy of copies) assert.equal(await accept(inbox, copy), 'conflict')
    const letterOf = ({ id, bodyHash }: Delivery) => `${id}.${bodyHash}`
    for (const copy of copies)
      assert.equal(present(await inbox.deadLetters.get(letterOf(copy))).delivery.id, copy.id)
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    for (const copy of copies) {
      assert.equal(await inbox.deadLetters.redrive(letterOf(copy)), 1)
      await consumer.onIdle()
    }
    assert.deepEqual(
      handed.map(({ id, bodyHash }) => [id, bodyHash]),
      [[one.id, one.bodyHash], ...copies.map((copy) => [letterOf(copy), copy.bodyHash])],
    )
    // What became of a copy says nothing of what it is a copy of.
    assert.deepEqual(
      (await listDead(inbox)).map(({ id }) => id),
      [dead.id],
    )
  },
  'copies: keeps no stale copy of what was accepted, whatever became of it': async ({ inbox }) => {
    const [waiting, handled, dead] = [delivery(), delivery(), delivery()]
    await deadLetterAll(inbox, [dead])
    const { consumer } = consume(inbox, succeed)
    await acceptAll(inbox, [handled])
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 5_000 })
    await acceptAll(inbox, [waiting])
    for (const one of [waiting, handled, dead]) await inbox.deadLetter(one, 'stale')
    assert.deepEqual(
      (await listDead(inbox)).map(({ id, reason }) => [id, reason]),
      [[dead.id, 'unrecoverable']],
    )
  },
  'copies: a stale one claims its idempotency key when it is redriven': async ({ inbox }) => {
    const one = delivery()
    await inbox.deadLetter(one, 'stale')
    assert.equal(await inbox.deadLetters.redrive(`${one.id}.${one.bodyHash}`), 1)
    assert.equal(await accept(inbox, one), 'duplicate')
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.deepEqual(
      handed.map(({ id }) => id),
      [one.id],
    )
  },
  'copies: a stale one is dropped when its idempotency key was accepted before it was redriven': async ({
    inbox,
  }) => {
    const [one, other] = [delivery(), delivery()]
    await inbox.deadLetter(one, 'stale')
    await inbox.deadLetter(other, 'stale')
    await acceptAll(inbox, [one])
    const { handed, consumer } = prepare(inbox, succeed)
    assert.equal(await inbox.deadLetters.redrive({ reason: 'stale' }), 1)
    consumer.start()
    await consumer.onIdle()
    assert.deepEqual(handed.map(({ id }) => id).sort(), [one.id, other.id].sort())
    assert.deepEqual(await listDead(inbox), [])
  },
}
