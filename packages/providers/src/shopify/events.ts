import type { shopifyEventNames } from './event-names.ts'

/** The resource that a topic is about, as the REST Admin API writes it. */
export interface ShopifyPayload {
  /** The resource's id, of up to 19 digits: what JavaScript reads of one over 2^53 is not exact. */
  readonly id?: number | string
  /** Such as `gid://shopify/Order/820982911946154508`: exact. */
  readonly admin_graphql_api_id?: string
  readonly [field: string]: unknown
}

/** The topics of Shopify, by name. */
export type ShopifyEvents = { readonly [Name in (typeof shopifyEventNames)[number]]: ShopifyPayload }
