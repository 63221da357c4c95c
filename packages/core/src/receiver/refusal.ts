import type { Delivery } from '../model/delivery.ts'
import type { RejectedObservation } from '../model/observation.ts'
import type { Outcome } from '../model/outcome.ts'
import type { TimeRule } from '../model/provider.ts'
import type { BodyFailure, RejectionCode, ToleranceCode } from '../model/rejection.ts'
import type { IncomingRequest, WebhookRequest } from '../model/request.ts'
import type { RequestHead } from '../schemes/keys.ts'
import type { RequestScope } from './request-scope.ts'
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

/** A request that is refused, with its body where it was read. */
export type RefusedHead = RequestHead & Partial<Pick<WebhookRequest, 'body'>>

/** Refuses a request, and tells the operator; of the request, where it is given, it looks for more than the code says. */
export type Refuse = (refusal: Refusal, scope: RequestScope, request?: RefusedHead) => Outcome

/** A refusal as an observation. */
export function toRejected(
  refusal: Refusal,
  about: Pick<RejectedObservation, 'provider' | 'endpoint' | 'status'>,
  request: Pick<RejectedObservation, 'requestId' | 'durationMs'>,
): RejectedObservation {
  return { type: 'rejected', ...about, authentic: false, ...request, ...refusal }
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
