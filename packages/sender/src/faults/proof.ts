import type { Provider } from '@acuse/core'
import { withParameters } from '../with-parameters.ts'
import { type Fault, toFault } from './fault.ts'

const nonsense = 'this-is-no-signature'

/** Without the headers, the parameters or the field that prove it. */
export const missingSignature: Fault = toFault('missingSignature', {
  change(request, { signer, payload }) {
    const { scheme } = signer.provider
    const gone = Object.keys(scheme.signQuery?.() ?? {})
    const headers = Object.entries(request.headers).filter(([name]) => !scheme.headers?.includes(name))
    const body = scheme.signBody ? signer.encode(payload) : request.body
    return { headers: Object.fromEntries(headers), body, query: withParameters(request.query, gone) }
  },
})

/** With something in place of the signature that is none. */
export const malformedSignature: Fault = toFault('malformedSignature', {
  change(request, { signer, payload }) {
    const { scheme } = signer.provider
    const spoiled = Object.keys(scheme.signQuery?.() ?? {})
    const carriers = signatureHeadersOf(signer.provider)
    const headers = Object.entries(request.headers).map(
      ([name, value]) => [name, carriers.includes(name) ? nonsense : value] as const,
    )
    return {
      headers: Object.fromEntries(headers),
      body: scheme.signBody ? withoutProof(request.body, signer.encode(payload)) : request.body,
      query: withParameters(request.query, spoiled, nonsense),
    }
  },
})

/** The headers of a signature, without those that it signs. */
function signatureHeadersOf({ scheme }: Provider<object>): readonly string[] {
  const signed = scheme.signs.flatMap((part) => ('header' in part ? [part.header.toLowerCase()] : []))
  const own = (scheme.headers ?? []).filter((name) => !signed.includes(name))
  return own.length > 0 ? own : (scheme.headers ?? [])
}

/** A JSON body in which whatever the proof added is spoiled. */
function withoutProof(signed: Uint8Array, unsigned: Uint8Array): Uint8Array {
  const before: unknown = JSON.parse(Buffer.from(unsigned).toString('utf8'))
  return Buffer.from(JSON.stringify(spoil(JSON.parse(Buffer.from(signed).toString('utf8')), before)))
}

function spoil(value: unknown, before: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return JSON.stringify(value) === JSON.stringify(before) ? value : nonsense
  const fields = Object.entries(value).map(
    ([name, field]) => [name, spoil(field, Object(before)[name])] as const,
  )
  return Object.fromEntries(fields)
}
