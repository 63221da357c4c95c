import { memoryInbox, type ReceiverOptions, systemClock } from '@acuse/core'
import { redisDedupe } from '@acuse/redis'
import { describe, expect, it } from 'vitest'
import { type AcmeEvents, bench, paid, signed, startAt } from '../../packages/core/test/support/acme.ts'
import { outages, sendThrough, startStage } from './outages.ts'

type Level = (dedupe: ReturnType<typeof redisDedupe>) => ReceiverOptions<AcmeEvents>

const levels: Readonly<Record<string, Level>> = {
  "ack: 'handled'": (dedupe) => ({ ack: 'handled', dedupe, leaseMs: 1_000, inbox: undefined as never }),
  'memoryInbox({ dedupe })': (dedupe) => ({ inbox: memoryInbox({ dedupe }) }),
}

describe.concurrent.each(Object.keys(levels))('%s with a Redis', (level) => {
  it.concurrent.each(Object.keys(outages))(
    '%s answers 503 within 1 s, within 10 ms once the breaker is open, and runs each event once in the end',
    async (name) => {
      const stage = await startStage()
      const dedupe = redisDedupe(stage.client)
      const { receiver, signals } = bench({
        ...levels[level]?.(dedupe),
        clock: { ...systemClock, now: () => Date.parse(startAt) },
      })
      const runs = new Map<string, number>()
      receiver.on('order.paid', ({ payload: { id } }) => {
        runs.set(id, (runs.get(id) ?? 0) + 1)
      })
      const deliver = async (id: string): Promise<number> => {
        const outcome = await receiver.receive(signed({ ...paid, id }))
        if (outcome.status === 503) expect(outcome.headers['retry-after']).toBe('1')
        return outcome.status
      }
      try {
        expect(await deliver('before')).toBe(200)
        const figures = await sendThrough(stage, outages[name] as never, deliver)
        expect([...new Set(figures.statuses)]).toEqual([503])
        expect(figures.slowestMs).toBeLessThan(1_000)
        expect(figures.openP99Ms).toBeLessThan(10)
        expect(figures.recoveredMs).toBeLessThan(5_000)
        await receiver.atRest()
        expect(runs.size).toBe(figures.statuses.length + 2)
        expect([...runs.values()].filter((count) => count !== 1)).toEqual([])
        expect(signals.some(({ type }) => type === 'dead')).toBe(false)
      } finally {
        dedupe.close()
        await stage.close()
      }
    },
    60_000,
  )
})
