import assert from 'node:assert/strict'
import type { Lease } from '../inbox/inbox.ts'
import {
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  pause,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

export const orderChecks: InboxChecks = {
  'order: hands out in order of arrival': async ({ inbox }) => {
    const sent = Array.from({ length: 30 }, () => delivery())
    await acceptAll(inbox, sent)
    const { handed, consumer } = consume(inbox, succeed, { concurrency: 1 })
    await consumer.onIdle()
    assert.deepEqual(
      handed.map(({ id }) => id),
      sent.map(({ id }) => id),
    )
  },
  'orderingKey: handles one key in order of arrival, one at a time, retries included': async ({ inbox }) => {
    const sent = Array.from({ length: 12 }, (_, at) => delivery({ orderingKey: `k${at % 3}` }))
    await acceptAll(inbox, sent)
    const running = new Set<string | undefined>()
    const finished: string[] = []
    const handle = async (
      { id, orderingKey }: { id: string; orderingKey: string | undefined },
      { attempt }: Lease,
    ) => {
      assert.ok(!running.has(orderingKey), 'two of one key at once')
      running.add(orderingKey)
      await pause(2)
      running.delete(orderingKey)
      if (attempt === 1) return failed('once')
      finished.push(id)
      return done
    }
    const { consumer } = consume(inbox, handle, { concurrency: 8 })
    await consumer.onIdle()
    for (const key of ['k0', 'k1', 'k2']) {
      const ids = sent.filter(({ orderingKey }) => orderingKey === key).map(({ id }) => id)
      assert.deepEqual(
        finished.filter((id) => ids.includes(id)),
        ids,
      )
    }
  },
  'orderingKey: lets no key wait for another, and a dead letter hold up none': async ({ inbox }) => {
    const [first, second] = [delivery({ orderingKey: 'slow' }), delivery({ orderingKey: 'slow' })]
    const others = [delivery({ orderingKey: 'quick' }), delivery({ orderingKey: 'quick' }), delivery()]
    const { opened, open } = gate()
    const watched = consume(inbox, async ({ id }) => {
      if (id !== first.id) return done
      await opened
      return { status: 'dead', reason: 'unrecoverable', error: new Error('never') }
    })
    await acceptAll(inbox, [first, second, ...others])
    await until('the others', () => told(watched, 'handled').length === 3)
    await pause(30)
    assert.equal(told(watched, 'handled').length, 3)
    open()
    await watched.consumer.onIdle()
    assert.equal(told(watched, 'handled')[3]?.id, second.id)
  },
}
