import { describe, expect, it } from 'vitest'
import type { Observation } from '../../src/index.ts'
import { levelOf, wordsOf } from '../../src/log/words.ts'
import type { RejectedObservation } from '../../src/model/observation.ts'

const about = { provider: 'acme', endpoint: 'acme', id: 'i', event: 'order.paid' }
const error = new Error('disk')

function refused(changes: Partial<RejectedObservation>): RejectedObservation {
  return {
    type: 'rejected',
    provider: 'acme',
    endpoint: 'acme',
    code: 'inbox-full',
    status: 503,
    authentic: true,
    ...changes,
  }
}

describe('the words for an observation', () => {
  it.each<[Observation, string, string]>([
    [
      {
        type: 'dead',
        ...about,
        requestId: 'r-1',
        handler: 'books',
        attempt: 2,
        reason: 'unrecoverable',
        error,
      },
      'error',
      "acme order.paid i (request r-1): dead letter, unrecoverable, attempts made: 2, handler 'books': Error: disk (docs/troubleshooting.md#unrecoverable)",
    ],
    [
      { type: 'fallback', provider: 'acme', endpoint: 'acme', inUse: true },
      'warn',
      'acme: the primary inbox does not accept, and the fallback does: see to the primary (docs/troubleshooting.md#fallback)',
    ],
    [
      { type: 'fallback', provider: 'acme', endpoint: 'acme', inUse: false },
      'info',
      'acme: the primary inbox accepts again (docs/troubleshooting.md#fallback)',
    ],
    [
      refused({ authentic: true, code: 'inbox-failed', status: 503, retriesLeftMs: 20_001 }),
      'error',
      'acme: authentic, and refused with 503 inbox-failed, the sender retries for 21 s more. See whether the store runs and can be reached; the sender is told to retry (docs/troubleshooting.md#inbox-failed)',
    ],
    [
      refused({ authentic: true, code: 'inbox-full', status: 503, retriesLeftMs: 0 }),
      'error',
      'acme: authentic, and refused with 503 inbox-full, and the sender does not retry any more. Handlers do not keep up, or nothing handles what waits; see inbox.stats() (docs/troubleshooting.md#inbox-full)',
    ],
  ])('of %o', (observation, level, message) => {
    expect([levelOf(observation), wordsOf(observation)]).toEqual([level, message])
  })
})
