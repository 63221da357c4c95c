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
    await consumer.atRest()
    assert.deepEqual(
      handed.map(({ id }) => id),
      sent.map(({ id }) => id),
    )
  },
  'orderKey: handles one key in order of arrival, one at a time, retries included': async ({ inbox }) => {
    const sent = Array.from({ length: 12 }, (_, at) => delivery({ orderKey: `k${at % 3}` }))
    await acceptAll(inbox, sent)
    const running = new Set<string | undefined>()
    const finished: string[] = []
    const handle = async (
      { id, orderKey }: { id: string; orderKey: string | undefined },
      { attempt }: Lease,
    ) => {
      assert.ok(!running.has(orderKey), 'two of one key at once')
      running.add(orderKey)
      await pause(2)
      running.delete(orderKey)
      if (attempt === 1) return failed('once')
      finished.push(id)
      return done
    }
    const { consumer } = consume(inbox, handle, { concurrency: 8 })
    await consumer.atRest()
    for (const key of ['k0', 'k1', 'k2']) {
      const ids = sent.filter(({ orderKey }) => orderKey === key).map(({ id }) => id)
      assert.deepEqual(
        finished.filter((id) => ids.includes(id)),
        ids,
      )
    }
  },
  'orderKey: lets no key wait for another, and a dead letter hold up none': async ({ inbox }) => {
    const [first, second] = [delivery({ orderKey: 'slow' }), delivery({ orderKey: 'slow' })]
    const others = [delivery({ orderKey: 'quick' }), delivery({ orderKey: 'quick' }), delivery()]
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
    await watched.consumer.atRest()
    assert.equal(told(watched, 'handled')[3]?.id, second.id)
  },
}
