import assert from 'node:assert/strict'
import type { Observation } from '../model/observation.ts'
import { toBodyHash } from '../receiver/build-delivery.ts'
import {
  accept,
  acceptAll,
  consume,
  deadLetterAll,
  delivery,
  type InboxChecks,
  listDead,
  otherBodyOf,
  present,
  succeed,
  until,
} from './inbox-subject.ts'

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

export const acceptChecks: InboxChecks = {
  'accepts a delivery once, and its copies are duplicates': async ({ inbox }) => {
    const one = delivery()
    assert.equal(await accept(inbox, one), 'accepted')
    assert.equal(await accept(inbox, one), 'duplicate')
    assert.equal(await accept(inbox, { ...one, receivedAt: new Date() }), 'duplicate')
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.equal(await accept(inbox, one), 'duplicate')
    await consumer.onIdle()
    assert.equal(handed.length, 1)
  },
  'accepts exactly one of 50 copies at once, and hands it out once': async ({ inbox }) => {
    const one = delivery()
    const results = await Promise.all(Array.from({ length: 50 }, () => accept(inbox, one)))
    assert.equal(results.filter((result) => result === 'accepted').length, 1)
    const others = new Set(results.filter((result) => result !== 'accepted'))
    assert.deepEqual(
      [...others].filter((result) => !['duplicate', 'in-flight'].includes(result)),
      [],
    )
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.equal(handed.length, 1)
  },
  'keeps the bytes, the headers, the times and the key of a delivery': async ({ inbox }) => {
    const headers = { 'x-request-id': 'r-1', 'x-note': 'ñ €, "quoted"' }
    const sent = [
      delivery({ body: everyByte, headers, keyId: 'next', orderingKey: 'k', type: 'thing.ñ' }),
      delivery({ body: Uint8Array.from({ length: 300_000 }, (_, at) => at % 251), occurredAt: undefined }),
      delivery({ body: new Uint8Array(0), bodyHash: toBodyHash(new Uint8Array(0)) }),
    ]
    await acceptAll(inbox, sent)
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.equal(handed.length, sent.length)
    for (const { body, ...rest } of sent) {
      const { body: bytes, ...others } = present(handed.find(({ id }) => id === rest.id))
      assert.deepEqual(others, rest)
      assert.ok(bytes instanceof Uint8Array)
      assert.equal(Buffer.compare(bytes, body), 0)
    }
  },
  'keeps whether a delivery was signed or reconciled, and gives it with a dead letter': async ({ inbox }) => {
    const trusts = ['reconciled', 'signed'] as const
    const sent = trusts.map((trust) => delivery({ trust }))
    await deadLetterAll(
      inbox,
      trusts.map((trust) => delivery({ id: `dead-${trust}`, trust })),
    )
    for (const trust of trusts)
      assert.equal(present(await inbox.deadLetters.get(`dead-${trust}`)).delivery.trust, trust)
    await acceptAll(inbox, sent)
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    for (const { id, trust } of sent) assert.equal(present(handed.find((one) => one.id === id)).trust, trust)
  },
  'answers conflict to another body of one idempotency key, and keeps it as a dead letter, once': async ({
    inbox,
  }) => {
    const one = delivery()
    const other = otherBodyOf(one)
    assert.equal(await accept(inbox, one), 'accepted')
    for (let time = 0; time < 3; time++) assert.equal(await accept(inbox, other), 'conflict')
    const letters = await listDead(inbox)
    const { id, endpoint, provider, type } = one
    assert.deepEqual(
      letters.map(({ diedAt, message, ...letter }) => letter),
      [{ id: `${id}.${other.bodyHash}`, endpoint, provider, type, reason: 'conflict', attempt: 0 }],
    )
    const letter = present(await inbox.deadLetters.get(`${id}.${other.bodyHash}`))
    assert.equal(letter.delivery.id, id)
    assert.equal(Buffer.compare(letter.delivery.body, other.body), 0)
    assert.equal(await accept(inbox, one), 'duplicate')
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.deepEqual(
      handed.map(({ bodyHash }) => bodyHash),
      [one.bodyHash],
    )
    assert.equal(await accept(inbox, other), 'conflict')
  },
  'keeps no copy of a conflict where it is told so, handled or not': async ({ inbox }) => {
    const one = delivery()
    const refuse = () => accept(inbox, otherBodyOf(one), undefined, { keepsConflict: false })
    assert.equal(await accept(inbox, one), 'accepted')
    for (let time = 0; time < 3; time++) assert.equal(await refuse(), 'conflict')
    await consume(inbox, succeed).consumer.onIdle()
    assert.equal(await refuse(), 'conflict')
    assert.deepEqual(await listDead(inbox), [])
  },
  'says of a conflict what it is told, and else that it is another body': async ({ inbox }) => {
    const one = delivery()
    const [copy, other] = [otherBodyOf(one), otherBodyOf(one)]
    const { observations } = consume(inbox, succeed)
    const errors = () => observations.flatMap((each) => (each.type === 'dead' ? [String(each.error)] : []))
    await accept(inbox, one)
    await accept(inbox, copy, undefined, { conflictMessage: 'The same under another type' })
    await accept(inbox, other)
    const said = new Map((await listDead(inbox)).map(({ id, message }) => [id, message]))
    assert.match(present(said.get(`${one.id}.${copy.bodyHash}`)), /The same under another type/)
    assert.match(present(said.get(`${one.id}.${other.bodyHash}`)), /Another body/)
    await until('a dead observation of each', () => errors().length === 2)
    assert.equal(errors().filter((error) => error.includes('The same under another type')).length, 1)
  },
  'compares the first 9 bytes of a body hash at least, while it waits and when it is handled': async ({
    inbox,
  }) => {
    const one = delivery({ bodyHash: 'A'.repeat(43) })
    const alike = [0, 1, 5, 11].map((at) => `${'A'.repeat(at)}B${'A'.repeat(42 - at)}`)
    assert.equal(await accept(inbox, one), 'accepted')
    for (const bodyHash of alike) assert.equal(await accept(inbox, { ...one, bodyHash }), 'conflict')
    await consume(inbox, succeed).consumer.onIdle()
    for (const bodyHash of alike) assert.equal(await accept(inbox, { ...one, bodyHash }), 'conflict')
    assert.equal(await accept(inbox, one), 'duplicate')
  },
  'accepts one of two bodies of one idempotency key that come at once, in either order': async ({
    inbox,
  }) => {
    const one = delivery()
    const pairs = [
      [one, otherBodyOf(one)],
      [otherBodyOf(one), one].map((body) => ({ ...body, id: delivery().id })),
    ]
    for (const [at, pair] of pairs.entries()) {
      const { id } = present(pair[0])
      const results = await Promise.all(pair.map((body) => accept(inbox, { ...body, id })))
      assert.equal(results.filter((result) => result === 'accepted').length, 1)
      assert.equal(results.filter((result) => result === 'conflict').length, 1)
      assert.equal((await listDead(inbox)).length, at + 1)
    }
  },
  'tells its observer of a conflict': async ({ inbox }) => {
    const watched = consume(inbox, succeed)
    const one = delivery()
    await accept(inbox, one)
    await accept(inbox, otherBodyOf(one))
    await until('a dead observation', () => watched.observations.some(({ type }) => type === 'dead'))
    const dead = watched.observations.filter((observation) => observation.type === 'dead')
    assert.deepEqual(
      dead.map(({ id, event, reason, attempt }) => ({ id, event, reason, attempt })),
      [{ id: one.id, event: one.type, reason: 'conflict', attempt: 0 }],
    )
  },
  'tells the observer of the accept of a conflict where nothing is handed out': async ({ inbox }) => {
    const told: Observation[] = []
    const options = { minRetentionMs: 86_400_000, observer: (one: Observation) => void told.push(one) }
    const one = delivery()
    await inbox.accept(one, options)
    await inbox.accept(otherBodyOf(one), options)
    await until('a dead observation', () => told.length > 0)
    assert.deepEqual(
      told.map(({ type }) => type),
      ['dead'],
    )
    const dead = told.filter((observation) => observation.type === 'dead')
    assert.deepEqual(
      dead.map(({ id, reason }) => [id, reason]),
      [[one.id, 'conflict']],
    )
  },
  'dead-letters what is stale without claiming its idempotency key, once': async ({ inbox }) => {
    const one = delivery()
    await inbox.deadLetter(one, 'stale')
    await inbox.deadLetter(one, 'stale')
    const letters = await listDead(inbox)
    assert.deepEqual(
      letters.map(({ id, reason }) => ({ id, reason })),
      [{ id: `${one.id}.${one.bodyHash}`, reason: 'stale' }],
    )
    assert.equal(await accept(inbox, one), 'accepted')
    const { handed, consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    assert.equal(handed.length, 1)
    assert.equal((await listDead(inbox)).length, 1)
  },
  'remembers the idempotency key of a dead letter, while it is dead and after it was discarded': async ({
    inbox,
  }) => {
    const one = delivery()
    await deadLetterAll(inbox, [one])
    assert.equal(await accept(inbox, one), 'duplicate')
    assert.equal(await inbox.deadLetters.discard(one.id), 1)
    assert.equal(await accept(inbox, one), 'duplicate')
  },
  'forget: forgets an idempotency key some time after its retention': async ({ inbox }) => {
    const one = delivery()
    assert.equal(await accept(inbox, one, 50), 'accepted')
    const { consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    await until('forgotten', async () => (await accept(inbox, one, 50)) === 'accepted')
  },
}
