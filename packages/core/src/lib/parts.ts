import type { Scheme } from '../model/scheme.ts'
import { grammarNames, type Part, type Value, type ValuePart, type ValueSource } from '../model/value.ts'
import { checkKind, checkOptions } from './check-options.ts'
import { fieldOf } from './field-of.ts'
import { toHeaderName } from './header-name.ts'

const sources = ['header', 'query', 'field', 'body', 'text'] as const
const formKinds = { as: 'checked', lower: 'checked' } as const
const raws: readonly unknown[] = ['body', 'body-crc32', 'sorted-form']

/**
 * Checks a value.
 * @param own names of fields that it may have beside
 * @throws TypeError that says what it takes
 */
export function checkValue(
  where: string,
  value: unknown,
  own: readonly string[] = [],
): asserts value is Value {
  checkKind(where, value, 'object')
  const source = sources.filter((name) => fieldOf(value, name) !== undefined)
  const [found] = source
  if (found === undefined || source.length > 1)
    throw new TypeError(
      `${where} must state one of ${sources.join(', ')}, such as { header: 'x-id', as: 'id' }`,
    )
  const others = Object.fromEntries(own.map((name) => [name, 'checked' as const]))
  checkOptions(where, value as object, { [found]: 'text', ...formKinds, ...others }, `${where}.`)
  if (found === 'header') toHeaderName(`${where}.header`, fieldOf(value, 'header'))
  const as = fieldOf(value, 'as')
  if (as !== undefined && !grammarNames.some((name) => name === as))
    throw new TypeError(`${where}.as must be one of ${grammarNames.join(', ')}`)
  const lower = fieldOf(value, 'lower')
  if (lower !== undefined && lower !== true) throw new TypeError(`${where}.lower must be true, or left out`)
}

/**
 * Checks a part of what is signed.
 * @throws TypeError that says what it takes
 */
export function checkPart(where: string, part: unknown): void {
  if (fieldOf(part, 'raw') !== undefined) {
    checkOptions(where, part as object, { raw: 'checked' })
    if (!raws.includes(fieldOf(part, 'raw')))
      throw new TypeError(`${where}.raw must be 'body', 'body-crc32' or 'sorted-form'`)
    return
  }
  if (typeof part === 'object' && part !== null && 'publicUrl' in part) {
    checkPublicUrl(where, part)
    return
  }
  checkValue(where, part, ['optional', 'before', 'after'])
  for (const name of ['before', 'after'])
    if (fieldOf(part, name) !== undefined) checkKind(`${where}.${name}`, fieldOf(part, name), 'text')
  const optional = fieldOf(part, 'optional')
  if (optional !== undefined && optional !== true)
    throw new TypeError(`${where}.optional must be true, or left out`)
  const hasGrammar = 'text' in part || 'body' in part || part.as !== undefined
  if (!hasGrammar)
    throw new TypeError(
      `${where} must state its grammar, as: 'id' or another: else two requests give one signed text`,
    )
}

function checkPublicUrl(where: string, part: unknown): void {
  checkOptions(where, part as object, { publicUrl: 'text' }, `${where}.`)
  const url = String(fieldOf(part, 'publicUrl'))
  if (!/^https?:\/\/[^?#\s]+$/.test(url) || !URL.canParse(url))
    throw new TypeError(
      `${where}.publicUrl must be the address that the sender was given, without a query, such as 'https://app.example.cl/webhooks/acme'`,
    )
}

/** The headers that parts name, in lower case. */
export function headerNamesOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => ('header' in part ? [part.header.toLowerCase()] : []))
}

/** What the proof of a scheme covers. */
export interface Covered {
  /** Whether anything is signed. Where nothing is, nothing is more proven than the rest. */
  readonly anything: boolean
  /** Whether all of the body is. */
  readonly body: boolean
  /** Whether a value is. */
  isSigned(value: Value): boolean
}

/** Signed is derived, not declared: a value is signed only where it stands in what the scheme signs. */
export function coveredBy({ signs }: Pick<Scheme, 'signs'>): Covered {
  const body = signs.some((part) => 'raw' in part && part.raw === 'body')
  const hasUrl = signs.some((part) => 'publicUrl' in part)
  const values = signs.filter((part): part is ValuePart => !('raw' in part || 'publicUrl' in part))
  /** By place, whether it is signed in lower case: then its own spelling is not. */
  const places = new Map(values.map((part) => [placeOf(part), part.lower === true]))
  return {
    anything: signs.length > 0,
    body,
    isSigned(value) {
      if ('text' in value || ('body' in value && body) || ('query' in value && hasUrl)) return true
      const isLower = places.get(placeOf(value))
      return isLower === undefined ? false : !isLower || value.lower === true
    },
  }
}

function placeOf(value: ValueSource): string {
  if ('header' in value) return `header ${value.header.toLowerCase()}`
  if ('query' in value) return `query ${value.query}`
  if ('field' in value) return `field ${value.field}`
  return 'body' in value ? `body ${value.body}` : 'text'
}
