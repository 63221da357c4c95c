import type { paypalEventNames } from './event-names.ts'

/** An event of PayPal. Its body is covered by a CRC-32 only: see the provider. */
export interface PaypalEvent<Name extends string = string> {
  /** Such as `WH-7Y7254563A4550640-11V2185806837105M`: the same however often it is sent. */
  readonly id: string
  /** Which event it is: one of {@link paypalEventNames}. */
  readonly event_type: Name
  /** RFC 3339. */
  readonly create_time: string
  /** Such as `capture`. */
  readonly resource_type?: string
  /** In which version of it `resource` is written, such as `2.0`. */
  readonly resource_version?: string
  /** In which version these fields are written, such as `1.0`. */
  readonly event_version?: string
  /** A sentence for people, such as `Payment completed for $ 30.0 USD`. */
  readonly summary?: string
  /** What it is about, as it was. */
  readonly resource: {
    /** By which it is fetched from PayPal's API. */
    readonly id?: string
    /** Such as `COMPLETED`. */
    readonly status?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** The events of PayPal, by name. */
export type PaypalEvents = { readonly [Name in (typeof paypalEventNames)[number]]: PaypalEvent<Name> }
