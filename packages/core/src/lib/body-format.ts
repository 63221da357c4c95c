import type { BodyFormat } from '../model/provider.ts'
import { disregard } from './fence.ts'
import { type JsonProblem, parseJson } from './json.ts'
import { isPromiseLike } from './options.ts'

/** The result of reading a body: a value, or why there is none. */
export type ReadBody =
  | { readonly value: unknown }
  | { readonly problem: JsonProblem | 'body-malformed'; readonly error?: unknown }

/** Formats by media type. */
export type BodyFormats = { readonly [mediaType: string]: BodyFormat }

/** The media type of JSON, which an event of a batch and a notice are stored as. */
export const jsonType = 'application/json'

/** The media type without its parameters (RFC 9110 §8.3.1), in lower case. */
export function toMediaType(contentTypes: readonly string[]): string {
  return contentTypes.join(',').split(';', 1).join('').trim().toLowerCase()
}

/** How a body of a media type is read; `undefined`: the provider documents no such type. */
export function formatOf(formats: BodyFormats, mediaType: string): BodyFormat | undefined {
  if (Object.hasOwn(formats, mediaType)) return formats[mediaType]
  const others = formats['*']
  return others !== undefined && mediaType === jsonType ? 'json' : others
}

/** Reads a body. Never throws. */
export function readBody(format: BodyFormat, body: Uint8Array): ReadBody {
  if (format === 'json') return parseJson(body)
  if (typeof format === 'object' && 'parse' in format) return parseByOthers(format.parse, body)
  const text = toText(body)
  if (text === undefined) return { problem: 'body-not-utf8' }
  if (format === 'text') return { value: text }
  const form = readForm(text)
  if (form === undefined) return { problem: 'body-malformed' }
  if (form.has('__proto__')) return { problem: 'body-forbidden-key' }
  if (format === 'form') return { value: toFields(form) }
  const json = form.getAll(format.jsonIn)
  // A form without that field is what it is; with two of them nobody knows which is meant.
  if (json.length === 0) return { value: toFields(form) }
  return json.length === 1 ? parseJson(Buffer.from(String(json[0]))) : { problem: 'body-malformed' }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function toText(body: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(body)
  } catch {
    return undefined
  }
}

/** A form percent-encodes what other formats begin with: nobody can have one read as another by a header that is unsigned. */
const otherFormat = /^\s*[[{"<]/

/** The names and values of a form (WHATWG URL §5.1). */
function readForm(text: string): URLSearchParams | undefined {
  return otherFormat.test(text) ? undefined : new URLSearchParams(text)
}

/** In one pass: a form has as many names as bytes. */
function toFields(form: URLSearchParams): object {
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of form) {
    const found = fields.get(name)
    if (Array.isArray(found)) found.push(value)
    else fields.set(name, found === undefined ? value : [found, value])
  }
  return Object.fromEntries(fields)
}

function parseByOthers(parse: (body: Uint8Array) => unknown, body: Uint8Array): ReadBody {
  try {
    const value = parse(body)
    if (!isPromiseLike(value)) return { value }
    disregard(value)
    return {
      problem: 'body-malformed',
      error: new TypeError('parse() of a body answered a promise: it must answer at once'),
    }
  } catch (error) {
    return { problem: 'body-malformed', error }
  }
}
