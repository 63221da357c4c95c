import type { AddressList } from '../lib/addresses.ts'
import { disregard } from '../lib/fence.ts'
import { describe } from '../lib/options.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { IncomingRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import type { RequestHead } from '../schemes/keys.ts'
import { checkHeaders } from './authenticate.ts'
import type { Handshakes } from './handshakes.ts'
import type { Refusal } from './refusal.ts'

/** Settings that the head of a request is checked against. */
export interface PrecheckLimits {
  readonly maxBodyBytes: number
  readonly ipAllowlist: AddressList | undefined
}

/** Step 1: what the head of a request tells, before a byte of its body is read; cheapest first. */
export function precheck(
  request: RequestHead & Pick<IncomingRequest, 'clientAddress'>,
  scheme: Scheme,
  limits: PrecheckLimits,
  handshakes?: Pick<Handshakes, 'mayBeUnproven'>,
): Refusal | undefined {
  const code = refusalOf(request, limits)
  if (code !== undefined) return { code }
  return handshakes?.mayBeUnproven(request) ? undefined : checkHeaders(scheme, request.headers)
}

function refusalOf(
  request: RequestHead & Pick<IncomingRequest, 'clientAddress'>,
  { maxBodyBytes, ipAllowlist }: PrecheckLimits,
): RejectionCode | undefined {
  const { method, headers } = request
  if (!isAllowed(request, ipAllowlist)) return 'address-refused'
  if (method !== 'POST') return 'method-not-allowed'
  // An inflated body is other bytes than those that were signed, and may be a bomb.
  if (headers.values('content-encoding').some(changesBytes)) return 'encoding-unsupported'
  if (headers.values('content-length').some((length) => Number(length) > maxBodyBytes)) {
    return 'body-too-large'
  }
  return undefined
}

/** Whether the address may send; asked of handshakes, too. */
export function isAllowed(
  request: Pick<IncomingRequest, 'clientAddress'>,
  ipAllowlist: AddressList | undefined,
): boolean {
  return ipAllowlist === undefined || ipAllowlist(addressOf(request))
}

/** Some senders leave it empty, or name the charset there: the bytes are what they are. */
const plainCodings: ReadonlySet<string> = new Set(['', 'identity', 'utf-8', 'utf8'])

function changesBytes(codings: string): boolean {
  return codings.split(',').some((coding) => !plainCodings.has(coding.trim().toLowerCase()))
}

/** The address comes from code of the adapter or of the program, which may answer anything. */
function addressOf(request: Pick<IncomingRequest, 'clientAddress'>): string | undefined {
  const address: unknown = request.clientAddress
  if (address === undefined || typeof address === 'string') return address
  disregard(address)
  throw new TypeError(
    `clientAddress answered ${describe(address)}: it must answer text at once, or undefined`,
  )
}
