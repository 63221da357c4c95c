import { RequestValues, takenAs } from '../lib/request-values.ts'
import type { SentParts } from '../model/scheme.ts'
import type { Part, ValuePart } from '../model/value.ts'
import type { SignedContent } from './signed-content.ts'

/** What is sent with a signature, and what is signed. */
export interface WrittenContent {
  readonly headers: Record<string, string>
  /** Fields of the signature's header. */
  readonly fields: Record<string, string>
  readonly bytes: Uint8Array
}

/**
 * The signed headers and fields to send, and the bytes. Ids and times that are not given are made.
 * @throws TypeError when a value is missing or ungrammatical
 */
export function writeContent(content: SignedContent, body: Uint8Array, sent: SentParts): WrittenContent {
  const { url = '/', at = new Date() } = sent
  const headers = Object.fromEntries(content.parts.flatMap((part) => headerOf(part, sent.headers, at)))
  const fields = Object.fromEntries(
    content.parts.flatMap((part) => ('field' in part ? [[part.field, timeText(part, at)]] : [])),
  )
  const valuesOf = (record: Readonly<Record<string, string>>, name: string): readonly string[] =>
    Object.hasOwn(record, name) ? [record[name] as string] : []
  const request = {
    method: 'POST',
    url,
    headers: { values: (name: string) => valuesOf(headers, name) },
    body,
  }
  const signed = content.read(new RequestValues(request, (name) => valuesOf(fields, name)))
  if ('code' in signed) throw new TypeError('To sign, give every signed value of the query and the body')
  return { headers, fields, bytes: signed.bytes }
}

/** A signed header to send; none where it is optional and not given. */
function headerOf(
  part: Part,
  given: Readonly<Record<string, string>> = {},
  at: Date,
): readonly (readonly [string, string])[] {
  if (!('header' in part)) return []
  const { header } = part
  const value = given[header] ?? (part.optional ? undefined : make(part, at))
  if (value === undefined && part.optional) return []
  if (takenAs(part, value) === undefined) throw new TypeError(`To sign, give '${header}' in its grammar`)
  return [[header, value as string]]
}

/** A value that no other request has, or the time. */
function make(part: ValuePart, at: Date): string | undefined {
  if (part.as === 'id') return `msg_${crypto.randomUUID()}`
  return part.as === 'token' || part.as === 'text' ? undefined : timeText(part, at)
}

function timeText({ as }: ValuePart, at: Date): string {
  if (as === 'rfc3339') return at.toISOString()
  return String(as === 'unix-ms' ? at.getTime() : Math.floor(at.getTime() / 1000))
}
