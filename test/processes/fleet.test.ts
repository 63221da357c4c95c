import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sharedRedis } from '../support/redis.ts'
import { type Answered, type Captured, capture, type Fleet, inParallel, secret, startFleet } from './fleet.ts'

let redis: Awaited<ReturnType<typeof sharedRedis>>

beforeAll(async () => {
  redis = await sharedRedis()
}, 300_000)

afterAll(() => redis.stop())

/**
 * Sends again after a 503 or a lost connection, as senders do: a busy machine is late, and closes connections that were
 * idle for long.
 */
async function sendOn(fleet: Fleet, captured: Captured, process: number): Promise<Answered> {
  for (;;) {
    const answered = await fleet.send(captured, process).catch(() => undefined)
    if (answered && answered.status !== 503) return answered
  }
}

describe("20: 50 parallel copies of one delivery over 4 processes, with ack: 'handled' and a first run that fails", () => {
  it('run until one run has succeeded, exactly once, and no copy gets 200 before that', async () => {
    const fleet = await startFleet(4, {
      REDIS: redis.url,
      LEVEL: 'handled',
      // All copies are in before the first run fails: who comes after it is told to come again.
      HANDLER_MS: '1000',
      FAIL_FIRST: 'yes',
    })
    try {
      const delivery = capture(0)
      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => sendOn(fleet, delivery, n)))
      const runs = fleet.runs()
      expect(runs).toHaveLength(1)
      const [[, succeededAt] = ['', Number.POSITIVE_INFINITY]] = runs
      expect(answers.filter(({ status, at }) => status === 200 && at < succeededAt)).toEqual([])
      expect(answers.filter(({ status }) => status === 500)).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(49)
    } finally {
      await fleet.stop()
    }
  })
})

// 10 000 of them are a campaign: replay.
describe.each([
  ['handled', 500],
  ['memory', 500],
])('22: captured requests, replayed over 4 processes (%s, %i)', (level, count) => {
  it('and again after a restart of all of them: 0 extra runs', async () => {
    const fleet = await startFleet(4, { REDIS: redis.url, LEVEL: level })
    try {
      const captured = Array.from({ length: count }, (_, n) => capture(n + (level === 'memory' ? 20_000 : 1)))
      const statuses = async (shift: number): Promise<number[]> => {
        const answers = await inParallel(captured.length, 64, (n) =>
          sendOn(fleet, captured[n] as (typeof captured)[0], n + shift),
        )
        return [...new Set(answers.map(({ status }) => status))]
      }
      expect(await statuses(0)).toEqual([200])
      expect(await statuses(1)).toEqual([200])
      await fleet.restart()
      expect(await statuses(2)).toEqual([200])
      const ids = fleet.runs().map(([id]) => id)
      expect(ids).toHaveLength(count)
      expect(new Set(ids).size).toBe(count)
    } finally {
      await fleet.stop()
    }
  })
})

describe("a handler that takes 12 s, with ack: 'handled'", () => {
  it("is delivered under Redcumbre's own schedule, and runs once", async () => {
    const fleet = await startFleet(1, { REDIS: redis.url, LEVEL: 'handled', HANDLER_MS: '12000' })
    try {
      const sender = createSender({ provider: redcumbre, secret, url: fleet.url(0) })
      const report = await sender.send('bhe.emitida')
      expect(report.status).toBe(200)
      expect(report.attempts.map(({ status }) => status)).toEqual([503, 503, 200])
      expect(fleet.runs()).toHaveLength(1)
    } finally {
      await fleet.stop()
    }
  })
})
