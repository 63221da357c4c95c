import { fallbackInbox, memoryInbox } from '@acuse/core'
import { afterEach, describe, expect, it } from 'vitest'
import { startDurableRedis } from '../../../test/support/redis.ts'
import { bullmqInbox } from '../src/index.ts'
import { accepting, delivery, handleAll, until } from './support/deliveries.ts'

const cleanUp: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

describe('with a fallback', () => {
  it('every delivery is accepted in time while Redis is killed, hangs and comes back, and handled', async () => {
    const redis = await startDurableRedis()
    cleanUp.push(() => redis.stop())
    const primary = bullmqInbox({ connection: redis.url, leaseMs: 1_000, onError: () => {} })
    const inbox = fallbackInbox(primary, memoryInbox())
    cleanUp.push(() => inbox.close({ timeoutMs: 1_000 }))
    const { handled, consumer } = handleAll(inbox)

    const accepted: string[] = []
    let sent = 0
    const send = async (one = delivery()) => {
      const result = await inbox.accept(one, accepting)
      sent++
      if (result === 'accepted') accepted.push(one.id)
      // The sender may repeat what it got no answer for.
      if (sent % 7 === 0) await inbox.accept(one, accepting)
    }
    const steps = [
      async () => {},
      () => redis.kill(),
      () => redis.restart(),
      async () => redis.pause(),
      async () => redis.resume(),
    ]
    for (const step of steps) {
      await step()
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * 20))
          await send()
        }),
      )
    }
    expect(new Set(accepted).size).toBe(200)
    // One whose lease was granted to nobody, because Redis died with the answer, waits for that to expire.
    await until(() => new Set(handled).size === 200)
    await consumer.onIdle()
    expect(await inbox.stats()).toMatchObject({ waiting: 0, delayed: 0, dead: 0 })
  })
})
