import type { Fill, Handshake } from '../model/handshake.ts'
import type { Provider } from '../model/provider.ts'
import type { TimeFormat } from '../model/time-format.ts'
import type { Value } from '../model/value.ts'
import { tokenOf } from './handshake-token.ts'
import { signedValue } from './sign-delivery.ts'
import { withValueAt } from './with-value-at.ts'

/** What a handshake sends, by where it stands. */
export interface HandshakeParts {
  /** Names in lower case. */
  readonly headers: Record<string, string>
  readonly query: Record<string, string>
  /** The payload; `{}` where nothing stands in it. */
  readonly body: unknown
}

/** A value that can be put into a request. */
type Placed = Extract<Value, { header: string } | { query: string } | { body: string }>

/** A value, and what it must be; else it is made. */
interface Wanted {
  readonly value: Value
  readonly text?: string
}

/** Digits that JSON keeps as a number, and no receiver tells from their text. */
const wholeNumber = /^(?:0|[1-9]\d{0,14})$/

/** A text for each place that a handshake names: what it must be, or one that no other request has, in its grammar. */
export function handshakeParts(
  handshake: Handshake,
  { time }: Pick<Provider<object>, 'time'>,
  at: Date,
): HandshakeParts {
  const filled = new Set<string>()
  const headers: Record<string, string> = {}
  const query: Record<string, string> = {}
  let body: unknown
  for (const { value, text = fresh(value.as, at) } of wantedOf(handshake, time, at)) {
    // What must be a certain text comes first, and stays.
    if (!isPlaced(value) || filled.has(placeOf(value))) continue
    filled.add(placeOf(value))
    if ('header' in value) headers[value.header.toLowerCase()] = text
    else if ('query' in value) query[value.query] = text
    else body = withValueAt(body, value.body, () => (wholeNumber.test(text) ? Number(text) : text))
  }
  return { headers, query, body: body ?? {} }
}

/** Those with a text, those with a grammar, and the rest. */
function wantedOf(
  { when = [], proof, answer, tell }: Handshake,
  time: Provider<object>['time'],
  at: Date,
): readonly Wanted[] {
  const conditions = [when].flat()
  const stated = conditions.flatMap((each): Wanted[] =>
    'is' in each ? [{ value: each, text: each.is }] : [],
  )
  const token: Wanted[] = typeof proof === 'object' ? [{ value: proof.equals, text: tokenOf(proof) }] : []
  const timed: Wanted[] = time?.value ? [{ value: time.value, text: timeText(time.format, at) }] : []
  const fills = [...Object.values(answer.json ?? {}), ...Object.values(answer.headers ?? {}), answer.text]
  const told = [...fills.flatMap(toValue), ...(tell ? [tell] : [])]
  const there = conditions.filter((each) => 'exists' in each && each.exists)
  const made = [...told, ...there].sort((a, b) => Number(a.as === undefined) - Number(b.as === undefined))
  return [...stated, ...token, ...timed, ...made.map((value) => ({ value }))]
}

function toValue(fill: Fill | string | number | undefined): readonly Value[] {
  if (typeof fill !== 'object') return []
  return ['mac' in fill ? fill.mac : fill]
}

/** A constant stands nowhere, and a field of the signature's header is the signature's. */
function isPlaced(value: Value): value is Placed {
  return 'header' in value || 'query' in value || 'body' in value
}

function placeOf(value: Placed): string {
  if ('header' in value) return `header ${value.header.toLowerCase()}`
  return 'query' in value ? `query ${value.query}` : `body ${value.body}`
}

/** Letters, digits and hyphens: the name of a host, too. */
function fresh(as: Value['as'], at: Date): string {
  const made = signedValue(as, at)
  return as === 'id' || as === 'token' || made === undefined ? `acuse-${crypto.randomUUID()}` : made
}

/** By the first of its formats. */
function timeText(format: TimeFormat | readonly TimeFormat[], at: Date): string {
  const first = String([format].flat()[0])
  if (first.startsWith('rfc3339')) return at.toISOString()
  return String(first === 'unix-ms' ? at.getTime() : Math.floor(at.getTime() / 1_000))
}
