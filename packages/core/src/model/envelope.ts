import type { Path } from './path.ts'
import type { Match, Value } from './value.ts'

/** Fields that the receiver reads from a signed body before it accepts a delivery. */
export interface Envelope {
  /** The event's type, as sent; 1 to 200 characters. */
  readonly type: string
  /** The signed time, as sent; its grammar is checked against the provider's `time.format`. */
  readonly time?: unknown
  /**
   * The values that copies of an event share, beside provider and type, from signed content only. Absent, or without a
   * text in each place: the body hash.
   */
  readonly idempotencyKey?: readonly string[] | undefined
}

/** Why a payload has no envelope: `code` tells it from an {@link Envelope}. */
export interface NoEnvelope {
  /** It lacks what the provider documents, or an unsigned header does not repeat what it must. */
  readonly code: (typeof noEnvelopeCodes)[number]
  /** The header at fault, in lower case, where one is: for the log and `explain`. */
  readonly header?: string
}

const noEnvelopeCodes = ['envelope-invalid', 'header-missing', 'header-repeated', 'header-mismatch'] as const

/** Whether an envelope's reader gave one of its codes. */
export function isNoEnvelopeCode(code: unknown): code is NoEnvelope['code'] {
  return noEnvelopeCodes.some((each) => each === code)
}

/**
 * How an event is read, as data: the first rule whose `when` holds. What the scheme does not sign is no part of the
 * idempotency key, wherever a rule says it stands.
 */
export interface EventRule {
  /** Which events it is for. Default: all. */
  readonly when?: Match
  /** The path of the provider's `items` whose events it is for. Default: all. */
  readonly items?: Path
  /** The event's type: the values that there are, joined by full stops. */
  readonly type: readonly Value[]
  /** The version of the payload: `2` makes the type `v2.order.paid`, so that old and new have a schema and handlers each. */
  readonly version?: Value
  /**
   * The values that copies of an event share, beside the type. Where one is missing or unsigned: the body hash, or the
   * hash of what is signed where the whole body is not.
   */
  readonly idempotencyKey?: readonly Value[]
}
