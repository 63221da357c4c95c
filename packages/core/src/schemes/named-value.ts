import { fieldOf } from '../lib/field-of.ts'
import { checkValue } from '../lib/parts.ts'
import { RequestValues, takenAs } from '../lib/request-values.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { NotProven } from '../model/scheme.ts'
import type { Value } from '../model/value.ts'

/** A value of the request that names its key. */
interface NamedValue {
  /** The header that it stands in, in lower case. */
  readonly headers: readonly string[]
  /** What is wrong with that, before the body is there. */
  check(headers: RequestHeaders): NotProven | undefined
  /** The value, or why there is none that may be used. */
  read(request: WebhookRequest): string | NotProven
}

/**
 * Checks a value that names a key.
 * @throws TypeError that says what it takes
 */
export function checkNamed(where: string, value: unknown): void {
  checkValue(where, value)
  if (!['header', 'query', 'body'].some((source) => fieldOf(value, source) !== undefined))
    throw new TypeError(`${where} must be a header, query or body, such as { header: 'x-key-id', as: 'id' }`)
}

/** Reads the value that names a key. What is not allowed names none. */
export function namedBy(value: Value, isAllowed: (text: string) => boolean): NamedValue {
  const unknown: NotProven = { code: 'key-unknown' }
  const header = 'header' in value ? value.header.toLowerCase() : undefined

  function inHeader(headers: RequestHeaders, name: string): string | NotProven {
    const single = singleValue(headers, name)
    if ('code' in single) return single
    const text = takenAs(value, single.value)
    if (text === undefined) return { code: 'header-malformed', header: name }
    return isAllowed(text) ? text : unknown
  }

  return {
    headers: header === undefined ? [] : [header],
    check(headers) {
      if (header === undefined) return undefined
      const found = inHeader(headers, header)
      return typeof found === 'string' ? undefined : found
    },
    read(request) {
      if (header !== undefined) return inHeader(request.headers, header)
      const text = new RequestValues(request).one(value)
      if (text === undefined) return { code: 'value-malformed' }
      return isAllowed(text) ? text : unknown
    },
  }
}
