import type { squareEventNames } from './event-names.ts'

/** An event of Square. */
export interface SquareEvent<Name extends string = string> {
  /** A UUID, the same in each attempt. */
  readonly event_id: string
  /** Which event it is: one of {@link squareEventNames}. */
  readonly type: Name
  /** The seller. */
  readonly merchant_id: string
  /** Where the seller sells it, in events of one place. */
  readonly location_id?: string
  /** RFC 3339. */
  readonly created_at: string
  /** What it is about. */
  readonly data: {
    /** The kind of object, such as `payment`. */
    readonly type: string
    /** By which it is fetched from Square's API. */
    readonly id: string
    /** The object after it, under its kind: `{ payment: … }`. */
    readonly object?: { readonly [kind: string]: unknown }
    /** `true`: it is gone, and `object` is missing. */
    readonly deleted?: boolean
  }
}

/** The events of Square, by name. */
export type SquareEvents = { readonly [Name in (typeof squareEventNames)[number]]: SquareEvent<Name> }
