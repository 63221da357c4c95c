import assert from 'node:assert/strict'
import {
  accept,
  acceptAll,
  buryAll,
  consume,
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
    const one = delivery()
    const other = otherBodyOf(one)
    await accept(inbox, one)
    await accept(inbox, other)
    const letterId = `${one.id}.${other.fingerprint}`
    assert.equal(present(await inbox.deadLetters.get(letterId)).delivery.id, one.id)
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.atRest()
    assert.equal(await inbox.deadLetters.redrive(letterId), 1)
    await consumer.atRest()
    assert.deepEqual(
      handed.map(({ id, fingerprint }) => [id, fingerprint]),
      [
        [one.id, one.fingerprint],
        [letterId, other.fingerprint],
      ],
    )
  },
  'copies: keeps no stale copy of what was accepted, whatever became of it': async ({ inbox }) => {
    const [waiting, handled, dead] = [delivery(), delivery(), delivery()]
    await buryAll(inbox, [dead])
    const { consumer } = consume(inbox, succeed)
    await acceptAll(inbox, [handled])
    await consumer.atRest()
    await consumer.close({ timeoutMs: 5_000 })
    await acceptAll(inbox, [waiting])
    for (const one of [waiting, handled, dead]) await inbox.bury(one, 'stale')
    assert.deepEqual(
      (await listDead(inbox)).map(({ id, reason }) => [id, reason]),
      [[dead.id, 'unrecoverable']],
    )
  },
  'copies: a stale one claims its identity when it is redriven': async ({ inbox }) => {
    const one = delivery()
    await inbox.bury(one, 'stale')
    assert.equal(await inbox.deadLetters.redrive(`${one.id}.${one.fingerprint}`), 1)
    assert.equal(await accept(inbox, one), 'duplicate')
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.atRest()
    assert.deepEqual(
      handed.map(({ id }) => id),
      [one.id],
    )
  },
  'copies: a stale one is dropped when its identity was accepted before it was redriven': async ({
    inbox,
  }) => {
    const [one, other] = [delivery(), delivery()]
    await inbox.bury(one, 'stale')
    await inbox.bury(other, 'stale')
    await acceptAll(inbox, [one])
    const { handed, consumer } = prepare(inbox, succeed)
    assert.equal(await inbox.deadLetters.redrive({ reason: 'stale' }), 1)
    consumer.start()
    await consumer.atRest()
    assert.deepEqual(handed.map(({ id }) => id).sort(), [one.id, other.id].sort())
    assert.deepEqual(await listDead(inbox), [])
  },
}
