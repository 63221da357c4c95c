import assert from 'node:assert/strict'
import type { Inbox } from '../inbox/inbox.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DeliveryFilter, DeliveryQuery, StoredDelivery } from '../model/delivery-list.ts'
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
  present,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

const later = { retry: { attempts: 3, minDelayMs: 600_000, maxDelayMs: 600_000 } }

export const deliveryListChecks: InboxChecks = {
  'deliveries: lists them newest first, by page, each on one page only': async ({ inbox }) => {
    const first = Date.now() - 60_000
    const sent = Array.from({ length: 20 }, (_, at) => delivery({ receivedAt: new Date(first + at) }))
    await acceptAll(inbox, sent)
    const pages: string[][] = []
    for await (const page of pagesOf(inbox, { state: 'waiting', limit: 6 })) {
      pages.push(page)
      // What comes meanwhile is in none of the pages that follow.
      await acceptAll(inbox, [delivery()])
    }
    assert.deepEqual(pages.flat(), sent.map(({ id }) => id).reverse())
    assert.equal(pages[0]?.length, 6)
    assert.deepEqual(await idsOf(inbox, { limit: 24 }), await idsOf(inbox, { limit: 5 }))
  },
  'deliveries: lists each of many that came at the same time, on one page only': async ({ inbox }) => {
    const receivedAt = new Date()
    const sent = Array.from({ length: 40 }, () => delivery({ receivedAt }))
    await Promise.all(sent.map((one) => accept(inbox, one)))
    assert.deepEqual((await idsOf(inbox, { limit: 7 })).sort(), sent.map(({ id }) => id).sort())
  },
  'deliveries, types: leaves none out, and lists none twice, while others are handled': async ({ inbox }) => {
    const sent = Array.from({ length: 30 }, (_, at) => delivery({ type: at % 2 ? 'paid' : 'refunded' }))
    await acceptAll(inbox, sent)
    const found: string[] = []
    for await (const page of pagesOf(inbox, { limit: 4 })) {
      found.push(...page)
      if (found.length > 4) continue
      const watched = consume(inbox, succeed, { handles: () => ({ only: ['paid'] }) })
      await until('half are handled', () => told(watched, 'handled').length === 15)
    }
    const kept = sent.filter(({ type }) => type === 'refunded').map(({ id }) => id)
    assert.deepEqual(
      kept.filter((id) => found.includes(id)),
      kept,
    )
    assert.equal(new Set(found).size, found.length)
  },
  'deliveries: lists those that match: endpoint, provider, type, ordering key, state and when they were received':
    async ({ inbox }) => {
      const [early, between] = [new Date(1_700_000_000_000), new Date(1_700_000_000_001)]
      const first = delivery({ receivedAt: early, orderingKey: 'k' })
      const second = delivery({ receivedAt: between, type: 'thing.broken', provider: 'other' })
      const third = delivery({ receivedAt: between, endpoint: 'another' })
      await acceptAll(inbox, [first, second, third])
      const cases: readonly (readonly [DeliveryFilter, readonly Delivery[]])[] = [
        [{}, [third, second, first]],
        [{ state: 'waiting' }, [third, second, first]],
        ...(['leased', 'delayed', 'handled'] as const).map((state) => [{ state }, []] as const),
        [{ endpoint: 'another' }, [third]],
        [{ provider: 'other' }, [second]],
        [{ type: 'thing.broken' }, [second]],
        [{ orderingKey: 'k' }, [first]],
        [{ orderingKey: 'of none' }, []],
        [{ receivedFrom: between }, [third, second]],
        [{ receivedBefore: between }, [first]],
        [{ receivedFrom: early, receivedBefore: between, provider: 'other' }, []],
      ]
      for (const [filter, expected] of cases)
        assert.deepEqual(
          (await idsOf(inbox, filter)).sort(),
          expected.map(({ id }) => id).sort(),
          JSON.stringify(filter),
        )
    },
  'deliveries: refuses a query that it does not know': async ({ inbox }) => {
    const { list } = bound(inbox)
    const wrong: readonly object[] = [
      { limit: 0 },
      { limit: 1_001 },
      { limit: 1.5 },
      { state: 'dead' },
      { type: 7 },
      { types: 'misspelt' },
      { receivedFrom: new Date(Number.NaN) },
      { after: 'no page' },
    ]
    for (const query of wrong) await assert.rejects(list(query), TypeError, JSON.stringify(query))
  },
  'deliveries: gives one that waits with its bytes and headers': async ({ inbox }) => {
    const body = Uint8Array.of(0, 255, 254, 0)
    const one = delivery({ body, headers: { 'x-id': '7' }, occurredAt: undefined, orderingKey: 'k' })
    await acceptAll(inbox, [one])
    const { delivery: kept, failures, completed, ...summary } = present(await bound(inbox).get(one.id))
    const { id, endpoint, provider, type, orderingKey, receivedAt } = one
    const expected = { id, endpoint, provider, type, orderingKey, receivedAt, state: 'waiting', attempt: 0 }
    assert.deepEqual(summary, expected)
    assert.deepEqual((await bound(inbox).list()).deliveries, [expected])
    assert.deepEqual({ ...kept, body: [...kept.body] }, { ...one, body: [...body] })
    assert.deepEqual([failures, completed], [[], []])
    assert.equal(await bound(inbox).get('unknown'), undefined)
  },
  'deliveries: tells which is leased, in its attempt': async ({ inbox }) => {
    const { opened, open } = gate()
    const one = delivery()
    await acceptAll(inbox, [one])
    const watched = consume(inbox, async () => {
      await opened
      return done
    })
    await until('it is leased', () => watched.handed.length === 1)
    assert.deepEqual(await idsOf(inbox, { state: 'leased' }), [one.id])
    assert.deepEqual(await idsOf(inbox, { state: 'waiting' }), [])
    const { state, attempt } = await getIn(inbox, one)
    assert.deepEqual([state, attempt], ['leased', 1])
    open()
    await watched.consumer.onIdle()
  },
  'deliveries: tells which is delayed, until when, its failure and what completed': async ({ inbox }) => {
    const one = delivery()
    await acceptAll(inbox, [one])
    const before = Date.now()
    const watched = consume(inbox, async () => failed('no luck', 'a'), later)
    await until('it failed', async () => (await inbox.stats()).delayed === 1)
    const [summary] = (await bound(inbox).list({ state: 'delayed' })).deliveries
    const { state, attempt, nextAttemptAt, failures, completed } = await getIn(inbox, one)
    assert.deepEqual([state, attempt, completed], ['delayed', 1, ['a']])
    assert.deepEqual(summary?.nextAttemptAt, nextAttemptAt)
    assert.ok(present(nextAttemptAt).getTime() > before)
    assert.deepEqual(
      failures.map((each) => [each.attempt, /no luck/.test(each.message)]),
      [[1, true]],
    )
    assert.deepEqual(await idsOf(inbox, { state: 'waiting' }), [])
    await watched.consumer.close({ timeoutMs: 0 })
  },
  'deliveries: has none that is dead, nor any that is handled and not kept': async ({ inbox }) => {
    const dead = delivery()
    await deadLetterAll(inbox, [dead])
    const handled = delivery()
    await acceptAll(inbox, [handled])
    await consume(inbox, succeed).consumer.onIdle()
    assert.deepEqual(await idsOf(inbox), [])
    for (const { id } of [dead, handled]) assert.equal(await bound(inbox).get(id), undefined)
    await inbox.deadLetters.redrive(dead.id)
    assert.equal(await accept(inbox, dead), 'duplicate')
  },
  'deliveries, orderingKey: shows as waiting what is behind another of its key': async ({ inbox }) => {
    const [first, second] = [delivery({ orderingKey: 'k' }), delivery({ orderingKey: 'k' })]
    await acceptAll(inbox, [first, second])
    assert.deepEqual(await idsOf(inbox, { state: 'waiting', orderingKey: 'k' }), [second.id, first.id])
    assert.equal((await getIn(inbox, second)).state, 'waiting')
  },
  'deliveries, retain: lists what is handled and kept, with its body': async ({ retaining }) => {
    const inbox = await present(retaining)()
    const sent = Array.from({ length: 7 }, (_, at) => delivery({ body: Uint8Array.of(at, 255, 0) }))
    await acceptAll(inbox, sent)
    const before = Date.now()
    await consume(inbox, succeed).consumer.onIdle()
    const ids = sent.map(({ id }) => id).reverse()
    assert.deepEqual(await idsOf(inbox, { state: 'handled', limit: 3 }), ids)
    assert.deepEqual(await idsOf(inbox), ids)
    assert.deepEqual(await idsOf(inbox, { state: 'waiting' }), [])
    for (const one of sent) {
      const { state, handledAt, delivery: kept } = await getIn(inbox, one)
      assert.deepEqual([state, [...kept.body]], ['handled', [...one.body]])
      assert.ok(present(handledAt).getTime() >= before)
    }
  },
}

function bound(inbox: Inbox): Required<Inbox>['deliveries'] {
  const { deliveries } = inbox
  return {
    list: async (query) => await present(deliveries).list(query),
    get: async (id) => await present(deliveries).get(id),
  }
}

async function getIn(inbox: Inbox, { id }: Delivery): Promise<StoredDelivery> {
  return present(await bound(inbox).get(id))
}

async function* pagesOf(inbox: Inbox, query: DeliveryQuery): AsyncGenerator<string[]> {
  let after: string | undefined
  do {
    const page = await bound(inbox).list({ ...query, ...(after !== undefined && { after }) })
    yield page.deliveries.map(({ id }) => id)
    after = page.next
  } while (after !== undefined)
}

async function idsOf(inbox: Inbox, query: DeliveryQuery = {}): Promise<string[]> {
  const ids: string[] = []
  for await (const page of pagesOf(inbox, query)) ids.push(...page)
  return ids
}
