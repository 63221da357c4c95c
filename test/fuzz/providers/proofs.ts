import { createHash } from 'node:crypto'
import type { Subject } from '../subjects.ts'
import { headersOf, type ProviderDraft, parametersOf, setHeader } from './seen.ts'

/** How a sender proves its requests, stated and made apart from the receiver's code. */
export interface Proof {
  /** The headers that carry the proof, or that it signs, in lower case. */
  readonly security: readonly string[]
  /** Whether anything beside a key is proven: then a captured request is one event, whatever else is changed. */
  readonly isSigned: boolean
  /** How the header that carries it is written; absent where it stands elsewhere. */
  readonly shape?: ProofShape
  /** Proves a request in place, as far as what must be signed is there. */
  sign(draft: ProviderDraft, at: Date): void
  /** Whether a request is proven: by what was signed here, or by the key. */
  holds(draft: ProviderDraft): boolean
}

/** The header that carries a proof, as mutations that know how it is written take it. */
type ProofShape = Pick<Subject, 'header' | 'prefix' | 'encoding' | 'list' | 'equal'>

/** What a signature covers, and where it stands. */
export interface SignatureOptions {
  readonly header: string
  /** Whether the header's name is followed by a number, from 1 to 10. */
  readonly isNumbered?: true
  readonly prefix?: string
  readonly separator?: ' ' | ',' | ';'
  readonly encoding: 'hex' | 'base64'
  /** Another encoding that is taken too. */
  readonly also?: 'hex' | 'base64'
  readonly isLength: (bytes: number) => boolean
  readonly make: (signed: Buffer) => Buffer
  /** Other bytes that are as good a signature, and such as are not, though they stand for the same number. */
  readonly twin?: (signature: Buffer) => Buffer
  readonly equal?: (signature: Buffer) => Buffer
  /** Signed headers, where the sender states none of its own. */
  readonly stamps?: (at: Date) => Readonly<Record<string, string>>
  /** Fields before the signature. */
  readonly fields?: (at: Date) => Readonly<Record<string, string>>
  /** What is signed; nothing where a part of it is missing or of another grammar. */
  readonly content: (draft: ProviderDraft) => Buffer | undefined
}

const maxEntries = 10
const otherVersion = /^[A-Za-z0-9]+[,=][A-Za-z0-9+/=_-]+$/
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')

/** Signatures that are remembered. */
const most = 10_000

/** Remembers what was signed, and what was told by it. */
export class Ledger {
  readonly #signed = new Map<string, string>()

  add(signature: Uint8Array, content: Uint8Array): void {
    // The oldest goes: what is sent now was signed a moment ago.
    const oldest = this.#signed.size < most ? undefined : this.#signed.keys().next().value
    if (oldest !== undefined) this.#signed.delete(oldest)
    this.#signed.set(Buffer.from(signature).toString('base64'), digest(content))
  }

  has(signature: Uint8Array, content: Uint8Array): boolean {
    const signed = this.#signed.get(Buffer.from(signature).toString('base64'))
    return signed !== undefined && signed === digest(content)
  }
}

/** A signature in a header, over parts of the request. */
export function signature(options: SignatureOptions): Proof {
  const { header, isNumbered, prefix = '', separator, encoding, isLength, make, twin } = options
  const { content, stamps, fields } = options
  const ledger = new Ledger()
  const names = isNumbered
    ? Array.from({ length: maxEntries }, (_, at) => `${header}${at + 1}`)
    : [header.toLowerCase()]
  const usual = names[0] as string
  const signed = Object.keys(stamps?.(new Date(0)) ?? {})

  function decode(text: string): Buffer | undefined {
    for (const each of [encoding, options.also]) {
      const bytes = each && Buffer.from(text, each)
      if (bytes && bytes.toString(each) === text && isLength(bytes.length)) return bytes
    }
    return undefined
  }

  /** The signatures of one header's value; nothing where an entry is neither one nor of another version. */
  function read(value: string): readonly Buffer[] | undefined {
    const entries = separator === undefined ? [value] : value.split(separator)
    if (value.length > 4_096 || entries.length > maxEntries) return undefined
    const found: Buffer[] = []
    for (const entry of entries) {
      const bytes = entry.startsWith(prefix) ? decode(entry.slice(prefix.length)) : undefined
      if (bytes) found.push(bytes)
      else if (entry.startsWith(prefix) || !otherVersion.test(entry)) return undefined
    }
    return found
  }

  return {
    security: [...signed, ...names.slice(0, 1)],
    isSigned: true,
    shape: {
      header: usual,
      prefix,
      encoding,
      ...listOf(options),
      ...(options.equal && { equal: options.equal }),
    },
    sign(draft, at) {
      for (const [name, value] of Object.entries(stamps?.(at) ?? {}))
        if (headersOf(draft, name).length === 0) setHeader(draft, name, value)
      const others = Object.entries(fields?.(at) ?? {}).map(([name, value]) => `${name}=${value}`)
      if (others.length > 0) setHeader(draft, usual, others.join(separator))
      const bytes = content(draft)
      if (bytes === undefined) return
      const made = make(bytes)
      ledger.add(made, bytes)
      if (twin) ledger.add(twin(made), bytes)
      setHeader(draft, usual, [...others, prefix + made.toString(encoding)].join(separator))
    },
    holds(draft) {
      const values = names.map((name) => headersOf(draft, name))
      if (values.some(({ length }) => length > 1)) return false
      const texts = values.flat().filter((text) => text !== '')
      const read1 = texts.map(read)
      const all = read1.flatMap((each) => each ?? [])
      const bytes = content(draft)
      if (bytes === undefined || read1.includes(undefined) || all.length > maxEntries) return false
      return all.some((each) => ledger.has(each, bytes))
    },
  }
}

/** A list, where there is one, as mutations take it: the entry's grammar is looked at nowhere here. */
function listOf({ separator }: SignatureOptions): Pick<ProofShape, 'list'> {
  return separator === ' ' || separator === ',' ? { list: { separator, entry: /^/ } } : {}
}

/** Where a key stands: any of them will do. */
export interface KeyOptions {
  readonly key: string
  readonly header?: { readonly name: string; readonly format: 'raw' | 'bearer' | 'either' | 'basic' }
  readonly query?: string
}

/** A key in a header, in the query, or in either; it proves nothing else. */
export function key({ key: secret, header, query }: KeyOptions): Proof {
  const inHeader = (value: string): boolean => {
    if (header?.format === 'basic')
      return /^basic /i.test(value) && value.slice(6) === Buffer.from(secret).toString('base64')
    const isBearer = /^bearer /i.test(value) && value.slice(7) === secret
    return header?.format === 'raw'
      ? value === secret
      : isBearer || (header?.format === 'either' && value === secret)
  }
  return {
    security: header ? [header.name.toLowerCase()] : [],
    isSigned: false,
    ...(header && {
      shape: { header: header.name.toLowerCase(), prefix: prefixOf(header.format), encoding: 'raw' },
    }),
    sign(draft) {
      if (header) setHeader(draft, header.name, prefixOf(header.format) + textOf(secret, header.format))
      else draft.url += `${draft.url.includes('?') ? '&' : '?'}${query}=${encodeURIComponent(secret)}`
    },
    holds(draft) {
      const values = header ? headersOf(draft, header.name) : []
      if (header && values.length === 1 && inHeader(String(values[0]))) return true
      const parameters = query === undefined ? [] : parametersOf(draft, query)
      return parameters.length === 1 && parameters[0] === secret
    },
  }
}

function prefixOf(format: string): string {
  return format === 'basic' ? 'Basic ' : format === 'bearer' ? 'Bearer ' : ''
}

function textOf(secret: string, format: string): string {
  return format === 'basic' ? Buffer.from(secret).toString('base64') : secret
}
