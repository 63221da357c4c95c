import type { WebhookRequest } from '../model/request.ts'
import type { Value } from '../model/value.ts'
import { grammars } from './grammars.ts'
import { parseJson } from './json.ts'

/** The parts of a signature's header by name, such as those of `t`. */
export type FieldsOf = (name: string) => readonly string[]

const none: readonly string[] = []
const noFields: FieldsOf = () => none

/** The values of a request; costly parts are read on demand, and once. */
export class RequestValues {
  readonly request: WebhookRequest
  readonly #fieldsOf: FieldsOf
  #query: URLSearchParams | undefined
  #payload: { readonly value: unknown } | undefined

  constructor(request: WebhookRequest, fieldsOf: FieldsOf = noFields, payload?: { readonly value: unknown }) {
    this.request = request
    this.#fieldsOf = fieldsOf
    this.#payload = payload
  }

  /** The query of the request's target. */
  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(queryOf(this.request.url))
    return this.#query
  }

  /** The payload; where nobody has read it, the body as JSON; `undefined` where it is none. */
  get payload(): unknown {
    if (this.#payload === undefined) {
      const parsed = parseJson(this.request.body)
      this.#payload = { value: 'problem' in parsed ? undefined : parsed.value }
    }
    return this.#payload.value
  }

  /** The same request with another payload: an event of a batch. */
  of(payload: unknown): RequestValues {
    return new RequestValues(this.request, this.#fieldsOf, { value: payload })
  }

  /** Every text that stands there, as it is. */
  all(value: Value): readonly string[] {
    if ('text' in value) return [value.text]
    if ('header' in value) return this.request.headers.values(value.header.toLowerCase())
    if ('query' in value) return this.query.getAll(value.query)
    if ('field' in value) return this.#fieldsOf(value.field)
    return valuesAt(this.payload, value.body).flatMap(toText)
  }

  /** Whether anything stands there: of the payload also what is no text, such as a list. */
  has(value: Value): boolean {
    return 'body' in value ? valuesAt(this.payload, value.body).length > 0 : this.all(value).length > 0
  }

  /** The only text that stands there, of its grammar, as it is taken; else `undefined`. */
  one(value: Value): string | undefined {
    const [text, another] = this.all(value)
    return another === undefined ? takenAs(value, text) : undefined
  }

  /** Every text that stands there, as it is taken; `undefined` where there is none, or one is of another grammar. */
  every(value: Value): readonly string[] | undefined {
    const taken: string[] = []
    for (const text of this.all(value)) {
      const each = takenAs(value, text)
      if (each === undefined) return undefined
      taken.push(each)
    }
    return taken.length === 0 ? undefined : taken
  }
}

/** The query of a request target, after its first question mark and without a fragment. */
export function queryOf(url: string): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : (url.slice(at + 1).split('#', 1)[0] as string)
}

/** A text as the value takes it, or `undefined`; an empty one is missing. */
export function takenAs({ as, lower }: Value, text: string | undefined): string | undefined {
  if (text === undefined || text === '' || (as !== undefined && !grammars[as].test(text))) return undefined
  return lower ? text.toLowerCase() : text
}

/** The values at a path; `*` is each element of a list, and a number one of them. */
export function valuesAt(payload: unknown, path: string): readonly unknown[] {
  if (path === '') return [payload]
  let found: unknown[] = [payload]
  for (const key of path.split('.')) {
    found = found.flatMap((holder): unknown[] => {
      if (key === '*') return Array.isArray(holder) ? holder : []
      return typeof holder === 'object' && holder !== null && holds(holder, key)
        ? [Reflect.get(holder, key)]
        : []
    })
  }
  return found
}

/** Of a list its elements: not `length`, which nobody sent. */
function holds(holder: object, key: string): boolean {
  return Object.hasOwn(holder, key) && (key !== 'length' || !Array.isArray(holder))
}

/** A text, or what is written as one. */
function toText(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? [String(value)] : none
}
