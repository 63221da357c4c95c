import type { JsonObject } from '../model/json.ts'

/** Why bytes were not taken as JSON. */
export type JsonProblem = 'body-not-utf8' | 'body-not-json' | 'body-too-deep' | 'body-forbidden-key'

/** The result of {@link parseJson}: a value, or why there is none. */
export type ParsedJson = { readonly value: unknown } | { readonly problem: JsonProblem }

/** `JSON.parse` takes two million levels; what walks the value afterwards overflows at five thousand. */
const maxDepth = 64

// ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it (RFC 8259 §8.1).
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses bytes as JSON (RFC 8259) in strict UTF-8, at most 64 levels deep, with no key `__proto__`.
 * Never throws.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  let text: string
  try {
    text = strictUtf8.decode(bytes)
  } catch {
    return { problem: 'body-not-utf8' }
  }
  if (mayBeTooDeep(text) && isTooDeep(text)) return { problem: 'body-too-deep' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'body-not-json' }
  }
  if (mayNameProto(text) && hasProtoKey(value)) return { problem: 'body-forbidden-key' }
  return { value }
}

/** Whether a value is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const quote = 0x22
const backslash = 0x5c

/** A quick look that is never wrong when it says no: nothing is deeper than it has brackets that open. */
function mayBeTooDeep(text: string): boolean {
  let count = 0
  for (const opener of ['{', '['])
    for (let at = text.indexOf(opener); at >= 0; at = text.indexOf(opener, at + 1))
      if (++count > maxDepth) return true
  return false
}

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === backslash) at++
    else if (code === quote) return at
  }
  return text.length
}

/** A quick look that is never wrong when it says no: the key stands in the text plainly, or escaped. */
function mayNameProto(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u00')
}

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Object.hasOwn(value, '__proto__')) return true
  return Object.values(value).some(hasProtoKey)
}

/** Whether a parsed value holds more than so many values, itself and containers counted. */
export function holdsMoreValues(value: unknown, most: number): boolean {
  let count = 0
  const isOver = (each: unknown): boolean => {
    if (++count > most) return true
    return typeof each === 'object' && each !== null && Object.values(each).some(isOver)
  }
  return isOver(value)
}
