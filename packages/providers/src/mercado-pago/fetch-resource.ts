import type { FetchLatest } from '@acuse/core/provider-kit'
import type { ApiOptions } from '../lib/fetch-options.ts'
import { getJson } from '../lib/get-json.ts'

/** How what a notice is about is fetched. */
export interface MercadoPagoApi extends ApiOptions {
  /** The access token of the application. `undefined` throws, so that an unset environment variable is noticed. */
  readonly accessToken: string | undefined
}

const api = 'https://api.mercadopago.com'

/** «Acciones necesarias después de recibir la notificación»: where what a notice is about is fetched. */
const paths: ReadonlyMap<string, string> = new Map([
  ['payment', '/v1/payments/'],
  ['order', '/v1/orders/'],
  ['subscription_authorized_payment', '/authorized_payments/'],
  ['subscription_preapproval', '/preapproval/'],
  ['subscription_preapproval_plan', '/preapproval_plan/'],
  ['topic_merchant_order_wh', '/merchant_orders/'],
  ['topic_chargebacks_wh', '/v1/chargebacks/'],
  ['topic_claims_integration_wh', '/post-purchase/v1/claims/'],
])

/** Fetches by the API; what has no address there stays `{ id }`. */
export function fetchResource({ accessToken, fetch }: MercadoPagoApi): FetchLatest {
  const headers = { authorization: `Bearer ${accessToken}` }
  return (id, { type, signal }) => {
    const path = paths.get(type)
    if (path === undefined) return { id }
    // What is signed may be the id in lower case; those of orders are written in upper case.
    const written = type === 'order' ? id.toUpperCase() : id
    return getJson(`${api}${path}${encodeURIComponent(written)}`, { headers, signal, fetch })
  }
}
