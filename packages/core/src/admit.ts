import type { AddressList } from './lib/addresses.ts'
import type { RejectionCode } from './rejection.ts'
import type { IncomingRequest } from './request.ts'
import type { RequestHead } from './schemes/keys.ts'
import type { Scheme } from './schemes/scheme.ts'

/** What of a receiver's settings the head of a request is held against. */
export interface AdmitLimits {
  readonly maxBodyBytes: number
  readonly allowFrom: AddressList | undefined
}

/** Step 1: what the head of a request tells, before a byte of its body is read; cheapest first. */
export function admit(
  request: RequestHead & Pick<IncomingRequest, 'clientAddress'>,
  scheme: Scheme,
  { maxBodyBytes, allowFrom }: AdmitLimits,
): RejectionCode | undefined {
  const { method, headers } = request
  if (allowFrom && !allowFrom(request.clientAddress)) return 'address-refused'
  if (method !== 'POST') return 'method-not-allowed'
  // An inflated body is other bytes than those that were signed, and may be a bomb.
  if (headers.values('content-encoding').some((coding) => coding.toLowerCase() !== 'identity')) {
    return 'encoding-unsupported'
  }
  if (headers.values('content-length').some((length) => Number(length) > maxBodyBytes)) {
    return 'body-too-large'
  }
  return scheme.check(headers)
}
