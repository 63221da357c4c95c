/** What Jumpseller sends, as the header `Jumpseller-Event` names it. */
export const jumpsellerEventNames = [
  'order_created',
  'order_pending_payment',
  'order_paid',
  'order_shipped',
  'order_canceled',
  'order_abandoned',
  'order_updated',
  'product_created',
  'product_updated',
  'product_deleted',
  'product_stock_update',
  'customer_created',
  'customer_updated',
  'customer_deleted',
  'subscription_created',
  'subscription_updated',
  'subscription_canceled',
] as const

/** The name of an event. */
export type JumpsellerEventName = (typeof jumpsellerEventNames)[number]

/** What every resource has. */
export interface JumpsellerResource {
  /** Its number in the store. */
  readonly id: number
  /** The rest, as the API of that resource has it. */
  readonly [field: string]: unknown
}

/** An order, as the Orders API has it. */
export interface JumpsellerOrder extends JumpsellerResource {
  /** Such as `Pending Payment`, `Paid`, `Canceled`, `Abandoned`. */
  readonly status: string
  /** In units of the currency. */
  readonly total?: number
  /** Such as `CLP`. */
  readonly currency?: string
  /** Such as `2023-02-10 13:56:35 UTC`. */
  readonly created_at?: string
}

/** The payload of an event: its resource, under its name. */
export type JumpsellerPayload<Name extends JumpsellerEventName> = Name extends `order_${string}`
  ? {
      /** The order after it. */
      readonly order: JumpsellerOrder
    }
  : Name extends `product_${string}`
    ? {
        /** The product after it, as the Products API has it. */
        readonly product: JumpsellerResource
      }
    : Name extends `customer_${string}`
      ? {
          /** The customer after it, as the Customers API has it. */
          readonly customer: JumpsellerResource
        }
      : JumpsellerResource

/** The events of Jumpseller, by name. */
export type JumpsellerEvents = { readonly [Name in JumpsellerEventName]: JumpsellerPayload<Name> }
