import type { FetchLatest } from '@acuse/core/provider-kit'
import type { ApiOptions } from '../lib/fetch-options.ts'
import { getJson } from '../lib/get-json.ts'
import { textSigner } from '../lib/sign-text.ts'

/** How a payment is fetched by API 2.0. */
export interface KhipuOldApi extends ApiOptions {
  /** The number of the account that is paid. `undefined` throws, so that an unset environment variable is noticed. */
  readonly receiverId: string | undefined
  /** Its secret, which signs requests. */
  readonly secret: string | undefined
}

const payments = 'https://khipu.com/api/2.0/payments'

/** Fetches as Khipu's own clients do: method, address and parameters are signed, each percent-encoded. */
export function fetchOldPayment({ receiverId, secret, fetch }: KhipuOldApi): FetchLatest {
  const sign = textSigner(String(secret))
  return (token, { signal }) => {
    const query = `notification_token=${encodeURIComponent(token)}`
    const authorization = `${receiverId}:${sign(`GET&${encodeURIComponent(payments)}&${query}`)}`
    return getJson(`${payments}?${query}`, { headers: { authorization }, signal, fetch })
  }
}
