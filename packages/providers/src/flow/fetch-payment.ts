import type { FetchLatest } from '@acuse/core/provider-kit'
import type { ApiOptions } from '../lib/fetch-options.ts'
import { getJson } from '../lib/get-json.ts'
import { textSigner } from '../lib/sign-text.ts'

/** How a payment is fetched. */
export interface FlowApi extends ApiOptions {
  /** The `apiKey` of the merchant. `undefined` throws, so that an unset environment variable is noticed. */
  readonly apiKey: string | undefined
  /** The `secretKey` that signs requests. */
  readonly secretKey: string | undefined
  /** Asks the sandbox, whose keys are others. Default `false`. */
  readonly sandbox?: boolean
}

/** Fetches by `payment/getStatus` («Estado de una orden»). */
export function fetchPayment({ apiKey, secretKey, sandbox = false, fetch }: FlowApi): FetchLatest {
  const host = sandbox ? 'sandbox.flow.cl' : 'www.flow.cl'
  const sign = textSigner(String(secretKey))
  return (token, { signal }) => {
    // Names and values, sorted by name and joined by nothing.
    const query = new URLSearchParams({
      apiKey: String(apiKey),
      token,
      s: sign(`apiKey${apiKey}token${token}`),
    })
    return getJson(`https://${host}/api/payment/getStatus?${query}`, { signal, fetch })
  }
}
