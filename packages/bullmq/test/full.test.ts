import { afterEach, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, done, until } from './support/deliveries.ts'

const cleanUp: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

async function server(settings: readonly string[] = []): Promise<OwnRedis> {
  const redis = await startDurableRedis(['--appendfsync', 'no', ...settings])
  cleanUp.push(() => redis.stop())
  return redis
}

function open(redis: OwnRedis, options = {}): BullmqInbox {
  const inbox = bullmqInbox({ connection: redis.url, timeoutMs: 5_000, ...options })
  cleanUp.push(() => inbox.close({ timeoutMs: 1_000 }))
  return inbox
}

describe('an inbox that is full', () => {
  it('drains while Redis has no memory left, says full meanwhile, and accepts again', async () => {
    const redis = await server(['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'])
    const inbox = open(redis, { role: 'accept' })
    const text = 'x'.repeat(10_000)
    const [first] = [delivery('0', text)]
    let accepted = 0
    while ((await inbox.accept(delivery(`${accepted}`, text), accepting)) === 'accepted') accepted++
    expect(await inbox.accept(delivery('another', text), accepting)).toBe('full')
    expect(await inbox.accept(first, accepting)).toBe('duplicate')
    const errors: Error[] = []
    const worker = open(redis, { role: 'work', onError: (error: Error) => errors.push(error) })
    let handled = 0
    let failed = 0
    const consumer = worker.consume(async (_, { attempt }) => {
      if (attempt === 1 && failed < 20) {
        failed++
        return { status: 'failed', error: new Error('later'), completed: [] }
      }
      handled++
      return { status: 'done', handlers: 1 }
    }, consuming())
    consumer.start()
    await consumer.onIdle()
    expect(handled).toBe(accepted)
    expect(errors).toEqual([])
    expect(await inbox.accept(delivery('another', text), accepting)).toBe('accepted')
    expect(await inbox.accept(first, accepting)).toBe('duplicate')
  })

  it('takes no more than maxDeliveries, dead letters included, and room comes with what is handled or discarded', async () => {
    const redis = await server()
    const inbox = open(redis, { maxDeliveries: 3 })
    let outcome: 'dead' | 'done' = 'dead'
    const accept = (name: string) => inbox.accept(delivery(name), accepting)
    for (const name of ['a', 'b', 'c']) expect(await accept(name)).toBe('accepted')
    expect(await accept('d')).toBe('full')
    expect(await accept('a')).toBe('duplicate')
    const consumer = inbox.consume(
      async ({ id }, lease) =>
        outcome === 'done' || id === delivery('a').id
          ? done(delivery('a'), lease)
          : { status: 'dead', reason: 'unrecoverable', error: new Error('no') },
      consuming(),
    )
    consumer.start()
    await until(async () => (await inbox.stats()).dead === 2)
    outcome = 'done'
    expect(await accept('d')).toBe('accepted')
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
    expect(await accept('e')).toBe('accepted')
    expect(await accept('f')).toBe('full')
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(2)
    expect(await accept('f')).toBe('full')
    expect(() => open(redis, { maxDeliveries: 0 })).toThrow(TypeError)
  })
})
