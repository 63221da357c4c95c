/** What Mercado Pago notifies of («Notificaciones»: the column «Tópico», which the query's `type` carries). */
export const mercadoPagoEventNames = [
  'payment',
  'order',
  'subscription_authorized_payment',
  'subscription_preapproval',
  'subscription_preapproval_plan',
  'topic_merchant_order_wh',
  'topic_chargebacks_wh',
  'topic_claims_integration_wh',
  'topic_card_id_wh',
  'stop_delivery_op_wh',
  'point_integration_wh',
  'wallet_connect',
  'mp-connect',
  'delivery',
] as const

/**
 * What a notice is about. Where nothing is fetched it has its `id` and nothing else: the body of a notice is not signed, and
 * is not handed on.
 */
export interface MercadoPagoResource {
  /** Its id. A text where nothing is fetched; payments have a number. */
  readonly id: string | number
  /** The rest, as the API answers it. */
  readonly [field: string]: unknown
}

/** The events of Mercado Pago, by name. */
export type MercadoPagoEvents = {
  readonly [Name in (typeof mercadoPagoEventNames)[number]]: MercadoPagoResource
}
