import { crc32 } from '../lib/crc32.ts'
import { fieldOf } from '../lib/field-of.ts'
import { checkPart } from '../lib/parts.ts'
import { queryOf, type RequestValues, takenAs } from '../lib/request-values.ts'
import type { HeaderFinding, ValueFinding } from '../model/finding.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { NotProven } from '../model/scheme.ts'
import type { HeaderValue, Part, ValuePart } from '../model/value.ts'
import { type HeaderFault, toFinding } from './findings.ts'
import { sortedForm } from './sorted-form.ts'

/** The signed content. */
export interface SignedContentOptions {
  /**
   * What is signed, in order, such as `[{ header: 'x-timestamp', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }]`.
   * Default: the body alone.
   */
  readonly signs?: readonly Part[]
}

/** The bytes that are signed. */
interface SignedBytes {
  readonly bytes: Uint8Array
}

/** Makes the bytes that are signed. */
export interface SignedContent {
  /** Its parts, checked; names of headers in lower case. */
  readonly parts: readonly Part[]
  /** Whether they hold the raw body. */
  readonly signsBody: boolean
  /** Whether they hold fields of the signature's header. */
  readonly hasFields: boolean
  /** The signed headers, names in lower case. */
  readonly names: readonly string[]
  /** The first signed header that cannot be read, before the body is there. */
  check(headers: RequestHeaders): HeaderFault | undefined
  /** The bytes, or why they cannot be made. */
  read(values: RequestValues): SignedBytes | NotProven
  /** The first signed value that cannot be read: for diagnosis. */
  findFault(values: RequestValues): HeaderFinding | ValueFinding | undefined
}

/** A signed header. */
type HeaderPart = ValuePart & HeaderValue

const bodyAlone: readonly Part[] = [{ raw: 'body' }]

/**
 * The signed content.
 * @throws TypeError when a part cannot be used
 */
export function createSignedContent({ signs = bodyAlone }: SignedContentOptions): SignedContent {
  if (!Array.isArray(signs) || signs.length === 0)
    throw new TypeError("signs must list what is signed, such as [{ raw: 'body' }]")
  for (const part of signs) checkPart('signs[]', part)
  const parts = (signs as readonly Part[]).map(copyOf)
  const isBodyAlone = parts.length === 1 && parts.some(isBody)
  const headerParts = parts.filter((part) => 'header' in part)
  return {
    parts,
    signsBody: parts.some(isBody),
    hasFields: parts.some((part) => 'field' in part),
    names: headerParts.map(({ header }) => header),
    check(headers) {
      for (const part of headerParts) {
        const text = headerText(headers, part)
        if (typeof text !== 'string') return text
      }
      return undefined
    },
    read: (values) => (isBodyAlone ? { bytes: values.request.body } : join(parts, values)),
    findFault(values) {
      for (const part of parts) {
        const fault = faultOf(part, values)
        if (fault) return fault
      }
      return undefined
    },
  }
}

/** A copy, which nobody changes afterwards. */
function copyOf(part: Part): Part {
  return 'header' in part ? { ...part, header: part.header.toLowerCase() } : { ...part }
}

function isBody(part: Part): boolean {
  return 'raw' in part && part.raw === 'body'
}

/** Texts are gathered, so that text, body, text are three pieces at most. */
function join(parts: readonly Part[], values: RequestValues): SignedBytes | NotProven {
  const pieces: Uint8Array[] = []
  let text = ''
  for (const part of parts) {
    if (isBody(part)) {
      if (text !== '') pieces.push(Buffer.from(text))
      pieces.push(values.request.body)
      text = ''
    } else {
      const found = textOf(part, values)
      if (typeof found !== 'string') return found
      text += found
    }
  }
  if (pieces.length === 0) return { bytes: Buffer.from(text) }
  if (text !== '') pieces.push(Buffer.from(text))
  return { bytes: Buffer.concat(pieces) }
}

/** The text of a part that is not the body, or why it has none. */
function textOf(part: Part, values: RequestValues): string | NotProven {
  const { url, headers, body } = values.request
  if ('header' in part) return headerText(headers, part)
  if ('publicUrl' in part) {
    const query = queryOf(url)
    return query === '' ? part.publicUrl : `${part.publicUrl}?${query}`
  }
  if ('raw' in part) return part.raw === 'sorted-form' ? sortedForm(body) : String(crc32(body))
  if ('text' in part) return surround(part, part.lower ? part.text.toLowerCase() : part.text)
  const taken = values.one(part)
  if (taken !== undefined) return surround(part, taken)
  return part.optional && values.all(part).length === 0 ? '' : { code: 'value-malformed' }
}

function headerText(headers: RequestHeaders, part: HeaderPart): string | HeaderFault {
  const { header } = part
  const single = singleValue(headers, header)
  if ('code' in single) return part.optional && single.code === 'header-missing' ? '' : single
  const taken = takenAs(part, single.value)
  return taken === undefined ? { code: 'header-malformed', header } : surround(part, taken)
}

function surround({ before = '', after = '' }: ValuePart, text: string): string {
  return before + text + after
}

function faultOf(part: Part, values: RequestValues): HeaderFinding | ValueFinding | undefined {
  if ('header' in part) {
    const text = headerText(values.request.headers, part)
    return typeof text === 'string' ? undefined : toFinding(text)
  }
  if (isBody(part) || typeof textOf(part, values) === 'string') return undefined
  if ('query' in part) return { kind: 'value-malformed', place: 'query', name: part.query }
  if ('field' in part) return { kind: 'value-malformed', place: 'field', name: part.field }
  return { kind: 'value-malformed', place: 'body', name: String(fieldOf(part, 'body')) }
}
