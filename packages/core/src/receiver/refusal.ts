import type { Delivery } from '../model/delivery.ts'
import type { RejectedObservation } from '../model/observation.ts'
import type { TimeRule } from '../model/provider.ts'
import type { BodyFailure, RejectionCode, ToleranceCode } from '../model/rejection.ts'
import type { IncomingRequest } from '../model/request.ts'
import { toOffsetSeconds } from './tolerance.ts'

/** Why a request is refused, and what is known of it; what failed where something did. */
export interface Refusal
  extends Partial<
    Omit<
      RejectedObservation,
      'type' | 'provider' | 'endpoint' | 'requestId' | 'durationMs' | 'code' | 'status'
    >
  > {
  readonly code: RejectionCode
}

/** A refusal for what was thrown; `undefined` was thrown, too. */
export function failed(code: RejectionCode, thrown: unknown): Refusal {
  return { code, error: thrown === undefined ? new Error('undefined was thrown') : thrown }
}

/** The refusal of a body that could not be had. */
export function unread(
  code: BodyFailure,
  { consumedRemedy }: Pick<IncomingRequest, 'consumedRemedy'>,
): Refusal {
  if (code !== 'body-consumed') return { code }
  const remedy = consumedRemedy ?? 'Hand the request to the receiver before anything reads its body'
  return { code, error: new Error(`The body was read before the receiver saw it. ${remedy}`) }
}

/** The refusal of what is authentic and not fresh: how far it is off. */
export function stale(code: ToleranceCode, time: unknown, rule: TimeRule | undefined, now: number): Refusal {
  return { code, authentic: true, seconds: rule && toOffsetSeconds(time, rule, now) }
}

/** The refusal of a delivery that came as far as the inbox. */
export function notTaken(code: RejectionCode, delivery: Delivery | undefined, error?: unknown): Refusal {
  return { code, authentic: true, id: delivery?.id, event: delivery?.type, keyId: delivery?.keyId, error }
}
