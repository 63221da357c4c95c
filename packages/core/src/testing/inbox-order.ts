import assert from 'node:assert/strict'
import type { HandleResult, Lease } from '../inbox/inbox.ts'
import type { Delivery } from '../model/delivery.ts'
import {
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  pause,
  present,
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
    const { handle, checkOrder } = failingOnce()
    const { consumer } = consume(inbox, handle, { concurrency: 8 })
    await consumer.onIdle()
    checkOrder(sent)
  },
  'reopen, share, orderingKey: handles one key in order of arrival, one at a time, whichever instances accept and handle it':
    async ({ inbox, reopen }) => {
      const instances = [inbox, await present(reopen)()]
      const sent = Array.from({ length: 12 }, (_, at) => delivery({ orderingKey: `k${at % 3}` }))
      for (const [at, one] of sent.entries()) await acceptAll(present(instances[at % 2]), [one])
      const { handle, checkOrder } = failingOnce()
      const watched = instances.map((instance) => consume(instance, handle, { concurrency: 8 }))
      const handled = () => watched.flatMap((each) => told(each, 'handled')).length
      await until('all are handled', () => handled() === sent.length)
      checkOrder(sent)
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

/** A handle that fails each first attempt, and records whether its calls for one key overlapped or came out of order. */
function failingOnce() {
  const running = new Set<string | undefined>()
  const together: Delivery[] = []
  const finished: string[] = []
  return {
    async handle(one: Delivery, { attempt }: Lease): Promise<HandleResult> {
      const { id, orderingKey } = one
      if (running.has(orderingKey)) together.push(one)
      running.add(orderingKey)
      await pause(2)
      running.delete(orderingKey)
      if (attempt === 1) return failed('once')
      finished.push(id)
      return done
    },
    checkOrder(sent: readonly Delivery[]): void {
      assert.deepEqual(together, [])
      for (const key of new Set(sent.map(({ orderingKey }) => orderingKey))) {
        const ids = sent.filter(({ orderingKey }) => orderingKey === key).map(({ id }) => id)
        assert.deepEqual(
          finished.filter((id) => ids.includes(id)),
          ids,
        )
      }
    },
  }
}
