import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sharedRedis } from '../support/redis.ts'
import { capture, inParallel, startFleet } from './fleet.ts'

let redis: Awaited<ReturnType<typeof sharedRedis>>

beforeAll(async () => {
  redis = await sharedRedis()
})

afterAll(() => redis.stop())

const closes = 3
const senders = 32
let captures = 40_000

describe.each(['memory', 'handled'])('orderly closes under load, on a shared Redis (%s)', (level) => {
  it('lose nothing that was acknowledged: what got 200, also as a duplicate, was handled once', async () => {
    const fleet = await startFleet(2, { REDIS: redis.url, LEVEL: level, HANDLER_MS: '5' })
    let isOver = false
    let acknowledged = 0
    const deliver = async (): Promise<void> => {
      const delivery = capture(captures++)
      for (let attempt = 0; ; attempt++) {
        // A sender's retry may reach any process.
        const answered = await fleet.send(delivery, attempt).catch(() => undefined)
        if (answered?.status === 200) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      acknowledged++
    }
    const sending = inParallel(senders, senders, async () => {
      while (!isOver) await deliver()
    })
    try {
      for (let close = 1; close <= closes; close++) {
        const before = acknowledged
        while (acknowledged < before + 200) await new Promise((resolve) => setTimeout(resolve, 20))
        await fleet.restart()
      }
      isOver = true
      await sending
      // The last close.
      await fleet.restart()
      const ids = fleet.runs().map(([id]) => id)
      expect(new Set(ids).size).toBe(acknowledged)
      expect(ids).toHaveLength(acknowledged)
    } finally {
      isOver = true
      await fleet.stop()
    }
  })
})
