import type { RejectionCode } from './rejection.ts'
import type { RequestHead } from './schemes/keys.ts'
import type { Scheme } from './schemes/scheme.ts'

/** Step 1: what the head of a request tells, before a byte of its body is read; cheapest first. */
export function admit(request: RequestHead, scheme: Scheme, maxBodyBytes: number): RejectionCode | undefined {
  const { method, headers } = request
  if (method !== 'POST') return 'method-not-allowed'
  // An inflated body is other bytes than those that were signed, and may be a bomb.
  if (headers.values('content-encoding').some((coding) => coding.toLowerCase() !== 'identity')) {
    return 'encoding-unsupported'
  }
  if (headers.values('content-length').some((length) => Number(length) > maxBodyBytes))
    return 'body-too-large'
  return scheme.check(headers)
}
