import type { paddleEventNames } from './event-names.ts'

/** An event of Paddle Billing. */
export interface PaddleEvent<Name extends string = string> {
  /** Such as `evt_01hv8x2axz06xg1hzx6jbhb1v1`: the same in each attempt, and when it is replayed. */
  readonly event_id: string
  /** Which event it is: one of {@link paddleEventNames}. */
  readonly event_type: Name
  /** RFC 3339. */
  readonly occurred_at: string
  /** Such as `ntf_…`; a replay has another one. */
  readonly notification_id: string
  /** The entity that it is about. */
  readonly data: {
    /** Its kind and its id, such as `txn_…` or `sub_…`. */
    readonly id?: string
    /** Such as `completed` of a transaction, or `active` of a subscription. */
    readonly status?: string
    readonly [field: string]: unknown
  }
}

/** The events of Paddle Billing, by name. */
export type PaddleEvents = { readonly [Name in (typeof paddleEventNames)[number]]: PaddleEvent<Name> }
