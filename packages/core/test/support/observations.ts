import type { Observation, Observations } from '../../src/index.ts'

const about = {
  provider: 'acme',
  endpoint: '/webhooks/acme',
  id: 'd1',
  event: 'order.paid',
  requestId: 'r1',
} as const

/** An attempt that succeeded. */
export function handled(given: Partial<Observations.HandledObservation> = {}): Observation {
  return { ...about, type: 'handled', attempt: 1, handlers: 1, durationMs: 20, lagMs: 5, ...given }
}

/** An attempt that failed, and is made again a second later. */
export function retried(given: Partial<Observations.RetriedObservation> = {}): Observation {
  const error = new Error('the card number is 4111')
  return {
    ...about,
    type: 'retried',
    attempt: 1,
    delayMs: 1_000,
    error,
    durationMs: 20,
    lagMs: 5,
    handler: 'bill',
    ...given,
  }
}

/** An attempt that was the last one. */
export function dead(given: Partial<Observations.DeadObservation> = {}): Observation {
  const error = new Error('the card number is 4111')
  return { ...about, type: 'dead', reason: 'attempts-used-up', attempt: 90, error, ...given }
}

/** With `ack: 'handled'`, an attempt that failed. */
export function failed(): Observation {
  return { ...about, type: 'failed', attempt: 1, error: new Error('the card number is 4111') }
}

/** Accepted for the first time. */
export function accepted(given: Partial<Observations.AcceptedObservation> = {}): Observation {
  return { ...about, type: 'accepted', keyId: 'default', durationMs: 3, ...given }
}

/** Another copy. */
export function duplicate(): Observation {
  return { ...about, type: 'duplicate', keyId: 'default', durationMs: 2 }
}

/** A request that was refused, and was the sender's. */
export function rejected(given: Partial<Observations.RejectedObservation> = {}): Observation {
  const { provider, endpoint } = about
  return {
    type: 'rejected',
    provider,
    endpoint,
    code: 'inbox-failed',
    status: 503,
    authentic: true,
    ...given,
  }
}
