import { checkOptions } from '../lib/check-options.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { SignedHeader } from '../model/scheme.ts'
import { type HeaderFault, toHeaderName } from './signature-header.ts'

/** The signed content. */
export interface SignedContentOptions {
  /** Headers that are signed before the body, in order, such as id and timestamp. Default: the body alone. */
  readonly signedHeaders?: readonly SignedHeader[]
  /** The separator of the signed parts. Default `.` */
  readonly joint?: '.' | ':'
}

/** What is signed before the body. */
export interface SignedHead {
  /** Empty where the body alone is signed. */
  readonly text: string
}

/** Makes the bytes that are signed. */
export interface SignedContent {
  /** The signed headers, names in lower case. */
  readonly names: readonly string[]
  /** The same with the grammar of each, in order. */
  readonly signedParts: readonly SignedHeader[]
  /** What comes before the body, or why it cannot be read. */
  head(headers: RequestHeaders): SignedHead | HeaderFault
  /**
   * The headers to send and the text that comes before the body, from values by name in lower case.
   * @throws TypeError when one is missing or ungrammatical
   */
  fromParts(parts: Readonly<Record<string, string>>): { headers: Record<string, string>; text: string }
}

const grammars = { id: /^[A-Za-z0-9_-]{1,200}$/, 'unix-seconds': /^\d{10}$/, 'unix-ms': /^\d{13}$/ }

/**
 * The signed content.
 * @throws TypeError when an option cannot be used
 */
export function createSignedContent({
  signedHeaders = [],
  joint = '.',
}: SignedContentOptions): SignedContent {
  if (joint !== '.' && joint !== ':') throw new TypeError("joint must be '.' or ':'")
  const parts = signedHeaders.map((signed) => {
    checkOptions('signedHeaders[]', signed, { header: 'checked', as: 'checked' })
    const { header, as } = signed
    if (!Object.hasOwn(grammars, as))
      throw new TypeError("signedHeaders[].as must be 'id', 'unix-seconds' or 'unix-ms'")
    return { name: toHeaderName('signedHeaders[].header', header), as, grammar: grammars[as] }
  })
  return {
    names: parts.map(({ name }) => name),
    signedParts: parts.map(({ name, as }) => ({ header: name, as })),
    head(headers) {
      let text = ''
      for (const { name, grammar } of parts) {
        const single = singleValue(headers, name)
        if ('code' in single) return single
        if (!grammar.test(single.value)) return { code: 'header-malformed', header: name }
        text += single.value + joint
      }
      return { text }
    },
    fromParts(values) {
      const headers: Record<string, string> = {}
      for (const { name, grammar } of parts) {
        const value = values[name]
        if (value === undefined || !grammar.test(value))
          throw new TypeError(`To sign, give '${name}' in its grammar`)
        headers[name] = value
      }
      return {
        headers,
        text: Object.values(headers)
          .map((value) => value + joint)
          .join(''),
      }
    },
  }
}

/** The signed bytes; the body itself, not a copy, where it is signed alone. */
export function withHead(text: string, body: Uint8Array): Uint8Array {
  return text === '' ? body : Buffer.concat([Buffer.from(text), body])
}
