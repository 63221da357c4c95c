import { describe, expect, it } from 'vitest'
import { createWorker } from '../../../src/inbox/worker/create-worker.ts'
import {
  type LeasedDelivery,
  type LeaseSource,
  UnwritableError,
} from '../../../src/inbox/worker/lease-source.ts'
import type { Observation } from '../../../src/index.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { delivery, done } from '../../support/memory-inbox.ts'

/** A worker on a store with one delivery, whose calls fail with these. */
function bench({ lease = [], settle = [] }: { lease?: (Error | 'thrown')[]; settle?: Error[] }) {
  const clock = manualClock()
  const waiting: LeasedDelivery[] = [{ delivery: delivery('a'), attempt: 1, completed: [] }]
  const observations: Observation[] = []
  const source: LeaseSource = {
    lease: () => {
      const fault = lease.shift()
      if (fault === 'thrown') throw new Error('at once')
      return fault ? Promise.reject(fault) : waiting.splice(0)
    },
    settle: async (_, outcome) => {
      const fault = settle.shift()
      if (fault) throw fault
      return outcome
    },
    giveBack: async () => [],
    isIdle: () => waiting.length === 0,
    unhandled: () => [],
  }
  const worker = createWorker(source, {
    handle: async () => done,
    handles: () => ({ except: [] }),
    concurrency: 1,
    retry: {},
    observer: (observation) => observations.push(observation),
    clock,
  })
  return { clock, waiting, observations, worker }
}

describe('a store that nobody shares', () => {
  it('hands out nothing before the worker is started', async () => {
    const { worker, waiting } = bench({})
    worker.wake()
    await settled()
    expect(waiting).toHaveLength(1)
  })

  it('is asked again a second after a lease failed', async () => {
    const { worker, clock, observations } = bench({ lease: ['thrown', new Error('away')] })
    worker.start()
    await clock.advance(1_999)
    expect(observations).toEqual([])
    await clock.advance(1)
    expect(observations).toMatchObject([{ type: 'handled' }])
    await worker.close({ timeoutMs: 0 })
  })

  it('is asked again after 30 s for what it cannot write for its own sake', async () => {
    const { worker, clock, observations } = bench({
      settle: [new UnwritableError('too big'), new UnwritableError('too big')],
    })
    worker.start()
    await clock.advance(29_999)
    expect(observations).toEqual([])
    await clock.advance(1)
    expect(observations).toMatchObject([{ type: 'dead', reason: 'unrecoverable' }])
    await worker.close({ timeoutMs: 0 })
  })
})
