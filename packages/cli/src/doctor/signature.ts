import type { Provider } from '@acuse/core'
import type { Outgoing } from './http.ts'
import { asTexts } from './subject.ts'

/** Where a signature stands in a request. */
export interface Signature {
  readonly header: string
  /** The encoded MAC or signature itself, without what stands around it. */
  readonly text: string
  readonly encoding: 'hex' | 'base64'
  /** Whether the header may hold several. */
  readonly isList: boolean
  /** The request with another text in its place. */
  with(text: string): Outgoing
}

/** A name in lower case of a header that carries a signature, and is not signed itself. */
function carriersOf({ scheme }: Provider<object>): readonly string[] {
  const signed = scheme.signs.flatMap((part) => ('header' in part ? [part.header.toLowerCase()] : []))
  return (scheme.headers ?? []).filter((name) => !signed.includes(name))
}

/** The signature of a request; `undefined`: it has none in a header, such as where a key is sent. */
export function signatureOf(provider: Provider<object>, request: Outgoing): Signature | undefined {
  if (provider.scheme.signs.length === 0) return undefined
  const headers = asTexts(request.headers)
  for (const header of carriersOf(provider)) {
    const value = headers[header] ?? ''
    const runs = value.match(/[A-Za-z0-9+/]+={0,2}/g) ?? []
    const hex = runs.find((run) => run.length >= 40 && /^[0-9a-f]+$/.test(run))
    const text = hex ?? runs.find((run) => run.length >= 26)
    if (text === undefined) continue
    return {
      header,
      text,
      encoding: hex ? 'hex' : 'base64',
      isList: /[, ]/.test(value),
      with: (other) => ({ ...request, headers: { ...headers, [header]: value.replace(text, other) } }),
    }
  }
  return undefined
}

/** A signature of the same form that is another one. */
export function otherSignature({ text, encoding }: Signature): string {
  const turn = encoding === 'hex' ? nextHex : nextBase64
  const at = Math.floor(text.length / 3)
  return text.slice(0, at) + [...text.slice(at, at + 8)].map(turn).join('') + text.slice(at + 8)
}

function nextHex(digit: string): string {
  return ((Number.parseInt(digit, 16) + 1) % 16).toString(16)
}

function nextBase64(character: string): string {
  return character === 'A' ? 'B' : 'A'
}
