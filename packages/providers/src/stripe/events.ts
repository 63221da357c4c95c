import { snapshotNamesAToI } from './names/snapshot-a-to-i.ts'
import { snapshotNamesIToZ } from './names/snapshot-i-to-z.ts'
import { thinV1NamesAToI } from './names/thin-v1-a-to-i.ts'
import { thinV1NamesIToZ } from './names/thin-v1-i-to-z.ts'
import { thinV2Names } from './names/thin-v2.ts'

/** The name of a snapshot event. */
export type StripeSnapshotEventName = (typeof snapshotNamesAToI | typeof snapshotNamesIToZ)[number]

/** The name of a thin event. */
export type StripeThinEventName = (
  | typeof thinV1NamesAToI
  | typeof thinV1NamesIToZ
  | typeof thinV2Names
)[number]

/** The snapshot events of Stripe's API, by name. */
export const stripeSnapshotEventNames: readonly StripeSnapshotEventName[] = [
  ...snapshotNamesAToI,
  ...snapshotNamesIToZ,
]

/** The thin events of Stripe's API, by name. */
export const stripeThinEventNames: readonly StripeThinEventName[] = [
  ...thinV1NamesAToI,
  ...thinV1NamesIToZ,
  ...thinV2Names,
]

/** Every event of Stripe's API, by name. */
export const stripeEventNames: readonly (StripeSnapshotEventName | StripeThinEventName)[] = [
  ...stripeSnapshotEventNames,
  ...stripeThinEventNames,
]

/** A snapshot event: it carries the object as it was. */
export interface StripeEvent<Name extends string = string> {
  /** Such as `evt_1NG8Du2eZvKYlo2CUI79vXWy`: the same in each attempt. */
  readonly id: string
  /** Always this; a thin event has another text. */
  readonly object: 'event'
  /** Which event it is: one of {@link stripeSnapshotEventNames}. */
  readonly type: Name
  /** The version of Stripe's API that `data` is written in. */
  readonly api_version: string | null
  /** Seconds since the Unix epoch. */
  readonly created: number
  /** `false`: it comes from a sandbox or from test mode, and no money moved. */
  readonly livemode: boolean
  /** How many endpoints have not accepted it yet. */
  readonly pending_webhooks: number
  /** The connected account that it comes from. */
  readonly account?: string
  /** The snapshot. */
  readonly data: {
    /** The object that it is about, at that time. */
    readonly object: { readonly [field: string]: unknown }
    /** What an update changed: the values before. */
    readonly previous_attributes?: { readonly [field: string]: unknown }
  }
  /** The request to the API that led to it; `null` where none did. */
  readonly request: {
    /** Such as `req_…`; `null` where Stripe did it of itself, such as the renewal of a subscription. */
    readonly id: string | null
    /** The key that the request was made with. */
    readonly idempotency_key: string | null
  } | null
}

/** A thin event: it names the object, which is to be fetched. */
export interface StripeThinEvent<Name extends string = string> {
  /** Such as `evt_test_65R2GpcZ`: the same in each attempt. */
  readonly id: string
  /** Always this; a snapshot event has another text. */
  readonly object: 'v2.core.event'
  /** Which event it is: one of {@link stripeThinEventNames}. */
  readonly type: Name
  /** RFC 3339. */
  readonly created: string
  /** `false`: it comes from a sandbox or from test mode. */
  readonly livemode: boolean
  /** The account or the organisation that it comes from. */
  readonly context?: string | null
  /** What to fetch. */
  readonly related_object?: {
    /** Such as `acct_…`. */
    readonly id: string
    /** Such as `v2.core.account`. */
    readonly type: string
    /** Its path in Stripe's API, such as `/v2/core/accounts/acct_…`. */
    readonly url: string
  } | null
  /** What led to it, such as a request: its id and its idempotency key. */
  readonly reason?: { readonly [field: string]: unknown } | null
}

/** The events of Stripe's API, by name. */
export type StripeEvents = {
  readonly [Name in StripeSnapshotEventName]: StripeEvent<Name>
} & {
  readonly [Name in StripeThinEventName]: StripeThinEvent<Name>
}
