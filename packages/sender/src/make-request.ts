import type { JsonObject, Sending } from '@acuse/core'
import { raised, repeatedDelivery, type SignedDelivery, withQuery } from '@acuse/core/inbox-kit'
import type { NamedPayload } from '@acuse/core/provider-kit'
import type { FaultParts } from './faults/fault.ts'
import { mergeDeep } from './merge.ts'
import type { SignedRequest } from './request.ts'
import type { Signer } from './signer.ts'

/** Where to send, and how. */
export interface Address {
  readonly url: string
  /** The query that it has already, without a question mark. */
  readonly query: string
  /** Headers beside those of the provider. */
  readonly headers: Readonly<Record<string, string>>
}

/** What to send. */
export interface WhatToSend {
  readonly event: string
  readonly overrides: unknown
  readonly at: Date
  readonly headers: Readonly<Record<string, string>> | undefined
  /** The test account of the sandbox; `undefined`: production. */
  readonly account: string | undefined
  readonly faults: readonly FaultParts[]
}

/** A request, and what it was made of. */
export interface MadeRequest {
  /** The event that it is: in a sandbox perhaps another one. */
  readonly event: string
  readonly payload: JsonObject
  readonly at: Date
  readonly request: SignedRequest
}

/** Signs an event, with its faults. */
export async function makeRequest(signer: Signer, what: WhatToSend, to: Address): Promise<MadeRequest> {
  const { provider, sending } = signer
  const sample = await signer.sampleOf(what.event)
  const at = what.faults.reduce((time, fault) => fault.at?.(time, provider) ?? time, what.at)
  const production = { event: what.event, payload: sample }
  const { account } = what
  const { event, payload } =
    account === undefined ? production : await toSandbox(sending, production, account)
  const stamped = sending.stamp?.(payload, at) ?? payload
  const laidOver = what.faults.map((fault) => fault.payload?.(provider))
  const whole = [what.overrides, ...laidOver].reduce<JsonObject>(mergeDeep, stamped)
  return sign(signer, { ...what, event, payload: whole, at }, to)
}

async function toSandbox(
  { sandbox }: Sending<object>,
  production: NamedPayload,
  account: string,
): Promise<NamedPayload> {
  return sandbox === undefined ? production : sandbox.apply(production, account)
}

/** The event once more, as its sender repeats it: a minute later, with counters raised. */
export function repeatRequest(
  signer: Signer,
  first: MadeRequest,
  what: WhatToSend,
  to: Address,
): MadeRequest {
  const { provider } = signer
  const attemptAt = new Date(first.at.getTime() + 60_000)
  const { event, at, request } = first
  const payload = raised(first.payload, provider.volatile ?? [], attemptAt, 'kept')
  const again = repeatedDelivery(provider, { event, payload, at, headers: request.headers }, attemptAt)
  return sign(signer, { ...what, ...again, headers: { ...what.headers, ...again.headers } }, to)
}

function sign(
  signer: Signer,
  { event, payload, at, headers, faults }: WhatToSend & { readonly payload: JsonObject },
  to: Address,
): MadeRequest {
  const who = faults.some(({ wrongSecret }) => wrongSecret) ? signer.withOtherSecret() : signer
  const all = { ...to.headers, ...headers }
  const delivery = { event, payload, at, addressQuery: to.query, headers: all }
  const signed = faults.reduce<SignedDelivery>(
    (request, { change }) => change?.(request, { signer, payload }) ?? request,
    who.sign(delivery),
  )
  const request: SignedRequest = {
    method: 'POST',
    url: withQuery(to.url, signed.query),
    headers: signed.headers,
    body: Buffer.from(signed.body),
  }
  return { event, payload, at, request }
}
