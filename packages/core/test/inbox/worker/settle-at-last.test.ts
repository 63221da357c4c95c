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

describe('a store that nobody shares', () => {
  it('is asked again after 30 s for what it cannot write for its own sake', async () => {
    const clock = manualClock()
    const waiting: LeasedDelivery[] = [{ delivery: delivery('a'), attempt: 1, completed: [] }]
    const faults = [new UnwritableError('too big'), new UnwritableError('too big')]
    const observations: Observation[] = []
    const source: LeaseSource = {
      lease: () => waiting.splice(0),
      settle: async (_, outcome) => {
        const fault = faults.shift()
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
    worker.wake()
    await settled()
    expect(waiting).toHaveLength(1)
    worker.start()
    await clock.advance(29_999)
    expect(observations).toEqual([])
    await clock.advance(1)
    expect(observations).toMatchObject([{ type: 'dead', reason: 'unrecoverable' }])
    await worker.close({ timeoutMs: 0 })
  })
})
