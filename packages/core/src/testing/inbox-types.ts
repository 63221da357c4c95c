import assert from 'node:assert/strict'
import type { HandledTypes } from '../inbox/inbox.ts'
import {
  acceptAll,
  consume,
  deadLetterAll,
  delivery,
  type InboxChecks,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

export const typeChecks: InboxChecks = {
  'types: hands out only what is handled, and the rest when it is': async ({ inbox }) => {
    let handles: HandledTypes = { only: ['paid'] }
    const others = Array.from({ length: 5 }, () => delivery({ type: 'refunded' }))
    await acceptAll(inbox, [...others, delivery({ type: 'paid' }), delivery({ type: 'paid' })])
    const watched = consume(inbox, succeed, { handles: () => handles })
    await until('two are handled', () => told(watched, 'handled').length === 2)
    await watched.consumer.onIdle()
    assert.deepEqual(new Set(watched.handed.map(({ type }) => type)), new Set(['paid']))
    const { waiting, leased, delayed, dead } = await inbox.stats()
    assert.deepEqual({ waiting, leased, delayed, dead }, { waiting: 5, leased: 0, delayed: 0, dead: 0 })
    handles = { only: ['paid', 'refunded'] }
    watched.consumer.start()
    await until('all are handled', () => told(watched, 'handled').length === 7)
    assert.deepEqual(
      told(watched, 'handled').map(({ attempt }) => attempt),
      Array(7).fill(1),
    )
  },
  'types: hands out all types but those that nothing handles': async ({ inbox }) => {
    const watched = consume(inbox, succeed, { handles: () => ({ except: ['refunded'] }) })
    await acceptAll(
      inbox,
      ['refunded', 'paid', 'never heard of'].map((type) => delivery({ type })),
    )
    await until('two are handled', () => told(watched, 'handled').length === 2)
    await watched.consumer.onIdle()
    assert.deepEqual(watched.handed.map(({ type }) => type).sort(), ['never heard of', 'paid'])
  },
  'types: says which types wait that nothing handles': async ({ inbox }) => {
    const watched = consume(inbox, succeed, { handles: () => ({ only: ['paid'] }) })
    assert.deepEqual(await watched.consumer.unhandled(), [])
    await acceptAll(
      inbox,
      ['refunded', 'paid', 'refunded', 'voided'].map((type) => delivery({ type })),
    )
    await until('one is handled', () => told(watched, 'handled').length === 1)
    await until('three wait', async () => (await inbox.stats()).waiting === 3)
    const unhandled = [...(await watched.consumer.unhandled())]
    assert.deepEqual(
      unhandled.sort((one, other) => one.type.localeCompare(other.type)),
      [
        { type: 'refunded', waiting: 2 },
        { type: 'voided', waiting: 1 },
      ],
    )
  },
  'types: hands out nothing where nothing is handled': async ({ inbox }) => {
    const watched = consume(inbox, succeed, { handles: () => ({ only: [] }) })
    await acceptAll(inbox, [delivery(), delivery()])
    await watched.consumer.onIdle()
    assert.deepEqual(await watched.consumer.unhandled(), [{ type: 'thing.made', waiting: 2 }])
    await watched.consumer.close({ timeoutMs: 1_000 })
    assert.equal(watched.handed.length, 0)
  },
  'types, reopen, share: leaves to another process what that one handles': async (subject) => {
    const { inbox } = subject
    assert.ok(subject.reopen)
    const other = await subject.reopen()
    const one = consume(inbox, succeed, { handles: () => ({ only: ['paid'] }) })
    const two = consume(other, succeed, { handles: () => ({ only: ['refunded'] }) })
    const types = Array.from({ length: 20 }, (_, index) => (index % 2 ? 'paid' : 'refunded'))
    await acceptAll(
      inbox,
      types.map((type) => delivery({ type })),
    )
    await until('all are handled', () => told(one, 'handled').length + told(two, 'handled').length === 20)
    assert.deepEqual(new Set(one.handed.map(({ type }) => type)), new Set(['paid']))
    assert.deepEqual(new Set(two.handed.map(({ type }) => type)), new Set(['refunded']))
  },
  'types: counts by endpoint, provider and type': async ({ inbox }) => {
    await deadLetterAll(inbox, [delivery({ type: 'paid' })])
    await acceptAll(inbox, [
      delivery({ type: 'paid' }),
      delivery({ type: 'paid' }),
      delivery({ type: 'voided', endpoint: 'another', provider: 'globex' }),
    ])
    const none = { waiting: 0, leased: 0, delayed: 0, dead: 0 }
    assert.deepEqual((await inbox.stats()).types, [
      { ...none, endpoint: 'acme-kyb', provider: 'acme', type: 'paid', waiting: 2, dead: 1 },
      { ...none, endpoint: 'another', provider: 'globex', type: 'voided', waiting: 1 },
    ])
  },
}
