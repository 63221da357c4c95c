import { lruDedupe, memoryInbox } from '@acuse/core'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { bench, paid, signed, startAt } from '../../packages/core/test/support/acme.ts'
import { manualClock } from '../../packages/core/test/support/clock.ts'
import { startRedis } from '../support/redis.ts'

// 19 is in packages/core/test/inbox/memory/dedupe.test.ts and test/outages; 20 and 22 over processes are in
// test/processes; 23 is in time-and-idempotency-key.test.ts.

const count = 1_000
const forgeries = 100_000

describe('18: forged deliveries with ids that are known beforehand', () => {
  it.each(["ack: 'handled'", 'memoryInbox({ dedupe })'])(
    '(100 000, %s) write nothing to the store, and the real ones all run',
    async (level) => {
      const server = await startRedis()
      const client = new Redis(server.url, redisClientOptions())
      client.on('error', () => {})
      await new Promise((resolve) => client.once('ready', resolve))
      const dedupe = redisDedupe(client)
      const clock = { ...manualClock(), schedule: timers }
      const { receiver } = bench(
        level.startsWith('ack')
          ? { ack: 'handled', dedupe, inbox: undefined as never, clock }
          : { inbox: memoryInbox({ dedupe }), clock },
      )
      const runs: string[] = []
      receiver.on('order.paid', ({ payload }) => runs.push(payload.id))
      try {
        const commands = async (): Promise<number> =>
          Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1])
        const before = await commands()
        const statuses = new Set<number>()
        for (let n = 0; n < forgeries; n++) {
          const forged = signed({ ...paid, id: `o-${n % count}` }, ['X-Acme-Signature', 'ab'.repeat(32)])
          statuses.add((await receiver.receive(forged)).status)
        }
        expect([...statuses]).toEqual([401])
        expect(await client.dbsize()).toBe(0)
        expect((await commands()) - before).toBeLessThanOrEqual(3)
        for (let n = 0; n < count; n++) {
          expect((await receiver.receive(signed({ ...paid, id: `o-${n}` }))).status).toBe(200)
        }
        await receiver.onIdle()
        expect(new Set(runs).size).toBe(count)
        expect(runs).toHaveLength(count)
      } finally {
        client.disconnect()
        await server.stop()
      }
    },
  )
})

describe('20: a duplicate while the first copy is undecided', () => {
  it('runs once in the end when 50 copies come at once and the first run fails (memory inbox: no copy is refused)', async () => {
    const { receiver, clock } = bench({ retry: { minDelayMs: 10 } })
    let runs = 0
    let succeeded = 0
    receiver.on('order.paid', () => {
      if (++runs === 1) throw new Error('first')
      succeeded++
    })
    const outcomes = await Promise.all(Array.from({ length: 50 }, async () => receiver.receive(signed(paid))))
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(50)
    await clock.advance(1_000)
    expect([runs, succeeded]).toEqual([2, 1])
  })
})

describe('21: a memory filled to its cap', () => {
  it.each(["ack: 'handled'", 'memoryInbox'])(
    '(%s) refuses new ones, and does not run the replay of the first',
    async (level) => {
      const clock = manualClock()
      const dedupe = lruDedupe({ clock, maxEntries: count })
      const { receiver, codes } = bench(
        level.startsWith('ack')
          ? { ack: 'handled', dedupe, inbox: undefined as never, clock }
          : { inbox: memoryInbox({ dedupe, clock }), clock },
      )
      const runs: string[] = []
      receiver.on('order.paid', ({ payload }) => runs.push(payload.id))
      const deliver = async (n: number) => receiver.receive(signed({ ...paid, id: `o-${n}` }))
      for (let n = 0; n < count; n++) expect((await deliver(n)).status).toBe(200)
      for (let n = count; n < count + 100; n++) expect((await deliver(n)).status).toBe(503)
      expect(await deliver(0)).toMatchObject({ kind: 'duplicate' })
      await receiver.onIdle()
      expect(runs).toHaveLength(count)
      expect(new Set(codes()).size).toBe(1)
    },
  )
})

describe('24: a clock that steps', () => {
  const minute = 60_000

  it.each([-10 * minute, 10 * minute, 60 * minute])(
    'by %i ms neither frees an idempotency key, nor keeps it longer, nor ends a lease: those are on the monotonic clock',
    async (step) => {
      const clock = manualClock()
      const dedupe = lruDedupe({ clock })
      const lease = { bodyHash: 'x'.repeat(43), leaseMs: minute }
      const claim = dedupe.claim('leased', lease)
      const { receiver } = bench({ clock, inbox: memoryInbox({ clock, dedupe }) })
      const runs: string[] = []
      receiver.on('order.paid', ({ payload }) => runs.push(payload.at))
      expect((await receiver.receive(signed(paid))).status).toBe(200)
      clock.stepWall(step)
      const replay = await receiver.receive(signed(paid))
      expect(replay.status === 401 || replay.kind === 'duplicate').toBe(true)
      expect(dedupe.claim('leased', lease)).toEqual({ status: 'in-flight' })
      await clock.advance(minute + 1)
      expect(claim.status === 'claimed' && dedupe.commit('leased', claim.token, { retentionMs: 1 })).toBe(
        false,
      )
      clock.stepWall(-step)
      await clock.advance(3 * minute)
      expect(await receiver.receive(signed(paid))).toMatchObject({ kind: 'duplicate' })
      expect(runs).toHaveLength(1)
    },
  )

  it('is what the timestamp tolerance is measured by: a delivery of now is taken after every step', async () => {
    const { receiver, clock } = bench()
    for (const step of [-10 * minute, 10 * minute, 60 * minute]) {
      clock.stepWall(step)
      const at = new Date(clock.now()).toISOString()
      expect((await receiver.receive(signed({ ...paid, at }))).status).toBe(200)
      expect((await receiver.receive(signed({ ...paid, id: 'old', at: startAt }))).status).toBe(
        Math.abs(clock.now() - Date.parse(startAt)) > 5 * minute ? 401 : 200,
      )
    }
  })
})

function timers(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs)
  return () => clearTimeout(timer)
}
