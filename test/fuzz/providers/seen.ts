import type { Draft } from '../cases.ts'

/** A request that mutations change in place. */
export interface ProviderDraft extends Draft {
  method: string
  /** The target: path and query. */
  url: string
}

/** A text, or bytes, or nothing that may be signed. */
export type Piece = string | Uint8Array | undefined

/** The grammars of signed values, written down once more: the receiver's own are what is under test. */
export const grammar = {
  seconds: /^[0-9]{10}$/,
  ms: /^[0-9]{13}$/,
  either: /^(?:[0-9]{10}|[0-9]{13})$/,
  id: /^[0-9A-Za-z_-]{1,200}$/,
  token: /^[0-9A-Za-z._~+/=-]{1,500}$/,
  date: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it leaves out
  text: /^[^\x00-\x1f\x7f]{1,2000}$/,
} as const

/** The bytes of pieces; nothing where one is missing. */
export function glue(...pieces: readonly Piece[]): Buffer | undefined {
  const parts: Buffer[] = []
  for (const piece of pieces) {
    if (piece === undefined) return undefined
    parts.push(Buffer.from(piece))
  }
  return Buffer.concat(parts)
}

/** Every value of a header. */
export function headersOf({ headers }: Draft, name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

/** The one value of a header, not empty and of a grammar. */
export function headerOf(draft: Draft, name: string, form: RegExp): string | undefined {
  return only(headersOf(draft, name), form)
}

/** The query, after the first question mark and without a fragment. */
export function queryOf({ url }: Pick<ProviderDraft, 'url'>): string {
  return /^[^?]*\?([^#]*)/s.exec(url)?.[1] ?? ''
}

/** Every value of a parameter of the query. */
export function parametersOf(draft: Pick<ProviderDraft, 'url'>, name: string): readonly string[] {
  return new URLSearchParams(queryOf(draft)).getAll(name)
}

/** The one field of the signature's header, such as `t` of `t=1,v1=…`. */
export function fieldOf(
  draft: Draft,
  header: string,
  separator: string,
  name: string,
  form: RegExp,
): string | undefined {
  const entries = headersOf(draft, header).flatMap((value) => value.split(separator))
  const fields = entries.filter((entry) => entry.startsWith(`${name}=`))
  return only(
    fields.map((entry) => entry.slice(name.length + 1)),
    form,
  )
}

/** The one of values, where there is one and it is of a grammar. */
export function only(values: readonly string[], form: RegExp): string | undefined {
  const [value, another] = values
  return value !== undefined && another === undefined && form.test(value) ? value : undefined
}

/** The body as JSON; nothing where it is none. */
export function jsonOf({ body }: Pick<Draft, 'body'>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    return undefined
  }
}

/** A value below a payload as a text, where it has one. */
export function textAt(payload: unknown, ...path: readonly (string | number)[]): string | undefined {
  let found: unknown = payload
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = Reflect.get(found, key)
  }
  if (typeof found === 'string') return found
  return typeof found === 'boolean' || Number.isSafeInteger(found) ? String(found) : undefined
}

/** Sets a header, once, where it stands or last. */
export function setHeader({ headers }: Draft, name: string, value: string): void {
  const found = headers.find(([each]) => each.toLowerCase() === name.toLowerCase())
  if (found) found[1] = value
  else headers.push([name, value])
}
