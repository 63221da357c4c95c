import type { Observation } from '@acuse/core'
import type { HandledTypes } from '@acuse/core/inbox-kit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, done, handleAll, until } from './support/deliveries.ts'

let redis: OwnRedis
let count = 0
const inboxes: BullmqInbox[] = []

beforeAll(async () => {
  redis = await startDurableRedis(['--appendfsync', 'no'])
})
beforeEach(() => {
  count++
})
afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(() => redis.stop())

function open(): BullmqInbox {
  const inbox = bullmqInbox({
    connection: redis.url,
    name: `types-${count}`,
    timeoutMs: 5_000,
    onError: () => {},
  })
  inboxes.push(inbox)
  return inbox
}

describe('a worker beside others', () => {
  it('leaves what it does not handle to one that does, side by side, and loses none', async () => {
    const handled = new Map<string, string[]>()
    const consume = (name: string, handles: HandledTypes) => {
      const consumer = open().consume(
        async ({ id, type }) => {
          handled.set(id, [...(handled.get(id) ?? []), `${name} ${type}`])
          return { status: 'done', handlers: 1 }
        },
        consuming({ handles: () => handles }),
      )
      consumer.start()
      return consumer
    }
    consume('old', { only: ['paid'] })
    const inbox = open()
    for (let n = 0; n < 100; n++) {
      await inbox.accept({ ...delivery(), type: n % 2 ? 'paid' : 'refunded' }, accepting)
    }
    await until(() => handled.size === 50)
    await until(async () => (await inbox.stats()).leased === 0)
    expect(await inbox.stats()).toMatchObject({
      waiting: 50,
      delayed: 0,
      types: [{ type: 'refunded', waiting: 50, leased: 0, delayed: 0, dead: 0 }],
    })
    expect(await inbox.accept({ ...delivery('again'), type: 'refunded' }, accepting)).toBe('accepted')
    await until(async () => (await inbox.stats()).waiting === 51)
    consume('new', { except: [] })
    await until(() => handled.size === 101)
    expect([...handled.values()].every((runs) => runs.length === 1)).toBe(true)
    expect([...handled.values()].flat()).not.toContain('old refunded')
  })

  it('begins to work when handlers are registered, and takes nothing before', async () => {
    const inbox = open()
    let handles: HandledTypes = { only: [] }
    const observations: Observation[] = []
    const consumer = inbox.consume(done, consuming({ handles: () => handles }, observations))
    await inbox.accept(delivery('a'), accepting)
    consumer.start()
    await consumer.onIdle()
    expect(await consumer.unhandled()).toEqual([{ type: 'bhe.emitida', waiting: 1 }])
    expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 0 })
    handles = { only: ['bhe.emitida'] }
    consumer.start()
    await until(() => observations.length === 1)
    expect(observations).toMatchObject([{ type: 'handled', attempt: 1 }])
    expect(await consumer.unhandled()).toEqual([])
  })

  it('takes a parked delivery back when it is one of thousands', async () => {
    const inbox = open()
    let handles: HandledTypes = { only: ['paid'] }
    let handled = 0
    const consumer = inbox.consume(
      async () => {
        handled++
        return { status: 'done', handlers: 1 }
      },
      consuming({ handles: () => handles, concurrency: 50 }),
    )
    for (let from = 0; from < 2_500; from += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () => inbox.accept({ ...delivery(), type: 'refunded' }, accepting)),
      )
    }
    consumer.start()
    await consumer.onIdle()
    expect(handled).toBe(0)
    handles = { except: [] }
    consumer.start()
    await until(() => handled === 2_500)
  })
})

describe('copies that are redriven', () => {
  it('of another body are handed out under an id of their own, and remembered', async () => {
    const inbox = open()
    const [one, other] = [delivery('a', '1'), delivery('a', '2')]
    await inbox.accept(one, accepting)
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    const { handled: ids, consumer } = handleAll(inbox)
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(1)
    await consumer.onIdle()
    expect(ids.sort()).toEqual([one.id, `${one.id}.${other.bodyHash}`])
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    expect(await inbox.stats()).toMatchObject({ dead: 0 })
  })

  it('and were stale claim their idempotency key, and do not run when it was accepted meanwhile', async () => {
    const inbox = open()
    const [late, known, meanwhile] = [delivery('late'), delivery('known'), delivery('meanwhile')]
    await inbox.accept(known, accepting)
    await inbox.deadLetter(known, 'stale')
    await inbox.deadLetter(late, 'stale')
    await inbox.deadLetter(meanwhile, 'stale')
    await inbox.accept(meanwhile, accepting)
    expect(await inbox.stats()).toMatchObject({ waiting: 2, dead: 2 })
    expect(await inbox.deadLetters.redrive({ reason: 'stale' })).toBe(1)
    expect(await inbox.accept(late, accepting)).toBe('duplicate')
    const { handled: ids, consumer } = handleAll(inbox)
    await consumer.onIdle()
    expect(ids.sort()).toEqual([known.id, late.id, meanwhile.id].sort())
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
    expect(await inbox.accept(late, accepting)).toBe('duplicate')
  })
})
