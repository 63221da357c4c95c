import assert from 'node:assert/strict'
import {
  accept,
  acceptAll,
  consume,
  delivery,
  done,
  gate,
  type InboxChecks,
  present,
  succeed,
  told,
  until,
} from './inbox-subject.ts'

/** Several instances share one storage: processes, or one before and one after a restart. */
export const shareChecks: InboxChecks = {
  'reopen, share: answers accepted when another instance has it, not before': async ({ inbox, reopen }) => {
    const other = await present(reopen)()
    for (let count = 1; count <= 10; count++) {
      const one = delivery()
      assert.equal(await accept(inbox, one), 'accepted')
      assert.equal((await other.stats()).waiting, count)
      assert.equal(await accept(other, one), 'duplicate')
    }
  },
  'reopen, share: accepts one of two copies that come to two instances at once': async ({
    inbox,
    reopen,
  }) => {
    const other = await present(reopen)()
    for (let count = 0; count < 10; count++) {
      const one = delivery()
      const results = await Promise.all([accept(inbox, one), accept(other, one)])
      assert.equal(results.filter((result) => result === 'accepted').length, 1)
    }
    assert.equal((await inbox.stats()).waiting, 10)
  },
  'reopen, share: hands out to no other instance what one is handling': async ({ inbox, reopen }) => {
    const { opened, open } = gate()
    const [held, ...others] = Array.from({ length: 6 }, () => delivery())
    const first = consume(inbox, () => opened.then(() => done), { concurrency: 1 })
    await acceptAll(inbox, [present(held)])
    await until('running', () => first.handed.length === 1)
    const other = await present(reopen)()
    const second = consume(other, succeed)
    await acceptAll(other, others)
    await until('the others are handled', () => told(second, 'handled').length === others.length)
    open()
    await until('the first is handled', () => told(first, 'handled').length === 1)
    assert.deepEqual([first.handed.length, second.handed.length], [1, others.length])
    assert.equal(told(first, 'handled')[0]?.attempt, 1)
  },
  'forget: remembers an idempotency key for as long as was asked, whatever was asked for others': async ({
    inbox,
  }) => {
    const [brief, long] = [delivery(), delivery()]
    assert.equal(await accept(inbox, brief, 50), 'accepted')
    await acceptAll(inbox, [long])
    const { consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    // Twice: the second time it was handled after the long one.
    for (let turn = 0; turn < 2; turn++)
      await until('the brief one is forgotten', async () => (await accept(inbox, brief, 50)) === 'accepted')
    assert.equal(await accept(inbox, long), 'duplicate')
  },
}
