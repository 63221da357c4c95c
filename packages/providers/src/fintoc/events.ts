import type { FintocEventName } from './event-names.ts'

export type { FintocEventName } from './event-names.ts'

/** An event («Event object»). */
export interface FintocEvent<Name extends string = FintocEventName> {
  /** Its id, the same in each attempt, such as `evt_a4xK32BanKWYn`. */
  readonly id: string
  /** Always `event`. */
  readonly object: 'event'
  /** Its name. */
  readonly type: Name
  /** Whether it is of the test mode. */
  readonly mode: 'test' | 'live'
  /** When it happened, RFC 3339. */
  readonly created_at: string
  /** The resource after the change. */
  readonly data: FintocResource
}

/** A resource: a payment, a transfer, a link and others. */
export interface FintocResource {
  /** What it is, such as `payment_intent`. */
  readonly object: string
  /** Its id; those that refresh a link have none. */
  readonly id?: string
  /** Such as `succeeded`. */
  readonly status?: string
  /** In the smallest unit of the currency: pesos of Chile, centavos of Mexico. */
  readonly amount?: number
  /** Such as `CLP`. */
  readonly currency?: string
  /** What was given when it was made. */
  readonly metadata?: { readonly [name: string]: unknown }
  /** The rest, by what it is. */
  readonly [field: string]: unknown
}

/** The events of Fintoc, by name. */
export type FintocEvents = { readonly [Name in FintocEventName]: FintocEvent<Name> }
