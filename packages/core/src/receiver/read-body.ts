import { formatOf, readBody, toMediaType } from '../lib/body-format.ts'
import { valueAt } from '../lib/canonical-json.ts'
import { sha256 } from '../lib/crypto.ts'
import { slicesAt } from '../lib/json-items.ts'
import type { Covered } from '../lib/parts.ts'
import { RequestValues, valuesAt } from '../lib/request-values.ts'
import { singleValue } from '../model/headers.ts'
import type { Provider } from '../model/provider.ts'
import type { WebhookRequest } from '../model/request.ts'
import { toBodyHash, toContentHash } from './body-hash.ts'
import { isType, type ReadEnvelope, readEnvelope } from './read-envelope.ts'
import { readByRules } from './read-rules.ts'
import type { Reading } from './reading.ts'
import { failed, type Refusal } from './refusal.ts'
import { fieldsOf, signedBytesOf } from './scheme-calls.ts'

/** An authentic body, read. */
export interface ReadPayload {
  readonly payload: unknown
  /** Whether the body is the payload's JSON. */
  readonly isJson: boolean
  readonly values: RequestValues
}

/** An event of an authentic request. */
export interface Opened {
  readonly envelope: ReadEnvelope
  /** Not validated yet. */
  readonly payload: unknown
  /** Its bytes: of one of a batch its own. */
  readonly body: Uint8Array
  /** Whether the bytes are JSON whatever the request said: one of a batch, or a notice. */
  readonly isJson: boolean
  /** Of what it says, without what the provider says may differ between copies. */
  readonly bodyHash: string
  /** Its idempotency key where it names none: the body hash, or what stands for all that is signed. */
  readonly usualKey: readonly string[]
}

/** The events of an authentic request. */
export interface OpenedEvents {
  /** The signed time, as sent. */
  readonly time: unknown
  /** None, where a batch is empty. */
  readonly events: readonly Opened[]
}

/** Step 4: bytes → payload. Only an authentic body comes here. */
export function readPayload(request: WebhookRequest, { bodies, scheme }: Reading): ReadPayload | Refusal {
  const format = bodies ? formatOf(bodies, toMediaType(request.headers.values('content-type'))) : 'json'
  if (format === undefined) return { code: 'media-type-unsupported' }
  const read = readBody(format, request.body)
  if ('problem' in read) return 'error' in read ? failed(read.problem, read.error) : { code: read.problem }
  const values = new RequestValues(request, (name) => fieldsOf(scheme, request, name), read)
  return { payload: read.value, isJson: format === 'json', values }
}

/** Step 4, the rest: payload → envelopes. */
export function openEvents(read: ReadPayload, reading: Reading): OpenedEvents | Refusal {
  const { payload, values } = read
  const { request } = values
  const mismatch = checkRepeats(request, payload, reading.repeats)
  const items = reading.itemPaths.length === 0 ? undefined : itemsOf(read, reading.itemPaths)
  if (items !== undefined && 'code' in items) return items
  const events: Opened[] = []
  for (const item of items ?? [{ payload, body: request.body, place: undefined }]) {
    const opened = openEvent(item, values, reading)
    if ('code' in opened) return opened
    events.push(opened)
  }
  // A provider whose function reads the time sends no batch.
  const time = reading.time?.value ? timeOf(reading, values) : events[0]?.envelope.time
  return mismatch ?? { time, events }
}

/** More deliveries than a batch of any sender has, and as many as a minute of work. */
const maxItems = 10_000

interface Item {
  /** Of one of a batch, the path that it stands at. */
  readonly place: string | undefined
  readonly payload: unknown
  readonly body: Uint8Array
}

/** The events of a batch; `undefined`: the body is no batch. */
function itemsOf(read: ReadPayload, paths: readonly string[]): readonly Item[] | Refusal | undefined {
  const { payload } = read
  const places = paths.filter((path) => isBatchAt(payload, path))
  if (places.length === 0) return undefined
  if (!paths.every((path) => isReadWhole(payload, path, paths))) return noType
  const count = places.reduce((sum, path) => sum + valuesAt(payload, path).length, 0)
  if (count > maxItems) return { code: 'body-too-large' }
  try {
    return places.flatMap((path) => itemsAt(path, read))
  } catch (error) {
    return failed('body-malformed', error)
  }
}

/** Whether a list stands there, or one on the way there, of which all are empty. */
function isBatchAt(payload: unknown, path: string): boolean {
  const keys = path.split('.')
  const stars = keys.flatMap((key, at) => (key === '*' ? [keys.slice(0, at).join('.')] : []))
  const lists = stars.map((list) => valuesAt(payload, list).filter(Array.isArray))
  return lists.some((found, at) => {
    const isLast = at === lists.length - 1
    return found.length > 0 && (isLast || found.every((list) => list.length === 0))
  })
}

/** Whether each element of the lists on the way to a place has a list there, or at another place: else it would be passed over. */
function isReadWhole(payload: unknown, path: string, paths: readonly string[]): boolean {
  const keys = path.split('.')
  const inner = keys.flatMap((key, at) =>
    key === '*' && at < keys.length - 1 ? [keys.slice(0, at + 1)] : [],
  )
  return inner.every((outer) => {
    const prefix = `${outer.join('.')}.`
    const lists = paths.flatMap((each) =>
      each.startsWith(prefix) ? [toList(each.slice(prefix.length))] : [],
    )
    const elements = valuesAt(payload, outer.join('.'))
    return elements.every((element) => lists.some((list) => valuesAt(element, list).some(Array.isArray)))
  })
}

/** The path of the first list on the way. */
function toList(path: string): string {
  return path.slice(0, path.indexOf('.*'))
}

/** @throws TypeError where a body that somebody's function parsed holds what is no JSON */
function itemsAt(path: string, { payload, isJson, values }: ReadPayload): readonly Item[] {
  const place = path === '*' ? '' : path
  const items = valuesAt(payload, path)
  if (!isJson) return items.map((item) => ({ place, ...toJson(item) }))
  // Their own bytes: a number keeps its digits.
  return slicesAt(values.request.body, path).map((body, at) => ({ place, payload: items[at], body }))
}

/** What a handler sees of it the first time is what it sees of the bytes at the next. */
function toJson(item: unknown): Omit<Item, 'place'> {
  const text = JSON.stringify(item)
  return { payload: JSON.parse(text), body: Buffer.from(text) }
}

function openEvent({ place, payload, body }: Item, whole: RequestValues, reading: Reading): Opened | Refusal {
  const contentHash = bodyHashOf(body, payload, reading)
  const { request } = whole
  const values = place === undefined ? whole : whole.of(payload)
  const envelope = reading.eventRules
    ? readRules(reading.eventRules, values, reading.covered, place)
    : readEnvelope(reading, payload, request, contentHash)
  if ('code' in envelope) return envelope
  const usualKey = usualKeyOf(request, contentHash, reading)
  // Under another type that nobody signed it is no copy, and no event of its own.
  const { type, signedType } = envelope
  const bodyHash = type === signedType ? contentHash : sha256(JSON.stringify([type, contentHash]))
  const opened = { envelope, payload, body, isJson: place !== undefined, bodyHash, usualKey }
  return reading.thin === undefined ? opened : toNotice(opened, values.one(reading.thin.id))
}

/** A notice keeps what names the thing that it is about, and nothing else. */
function toNotice(opened: Opened, id: string | undefined): Opened | Refusal {
  if (id === undefined) return noType
  const payload = { id }
  return { ...opened, payload, body: Buffer.from(JSON.stringify(payload)), isJson: true }
}

function readRules(
  rules: NonNullable<Reading['eventRules']>,
  values: RequestValues,
  covered: Covered,
  place: string | undefined,
): ReadEnvelope | Refusal {
  const read = readByRules(rules, values, covered, place)
  return read !== undefined && isType(read.type) ? read : noType
}

const noType: Refusal = { code: 'envelope-invalid' }

function bodyHashOf(body: Uint8Array, payload: unknown, { omitted }: Reading): string {
  return omitted === undefined ? toBodyHash(body) : toContentHash(payload, omitted)
}

/** Where not the whole body is signed, two requests of one signature have one key, whatever else they say. */
function usualKeyOf(
  request: WebhookRequest,
  bodyHash: string,
  { covered, scheme }: Reading,
): readonly string[] {
  const isBodySigned = covered.body || !covered.anything
  return [isBodySigned ? bodyHash : sha256(signedBytesOf(scheme, request))]
}

/** The signed time, where the provider says where it stands. A number keeps its fraction, which a text of it may not. */
export function timeOf({ time }: Pick<Reading, 'time'>, values: RequestValues): unknown {
  const value = time?.value
  if (value === undefined) return undefined
  const found: readonly unknown[] = 'body' in value ? valuesAt(values.payload, value.body) : values.all(value)
  return found.length > 1 ? 'more than one' : (found[0] ?? undefined)
}

/** The first header that does not repeat its field, as text or as the bytes of it that Node hands out as latin1. */
function checkRepeats(
  { headers }: WebhookRequest,
  payload: unknown,
  repeats: Provider<object>['repeats'] = {},
): Refusal | undefined {
  for (const [name, path] of Object.entries(repeats)) {
    const header = name.toLowerCase()
    const single = singleValue(headers, header)
    if ('code' in single) return single
    const field = valueAt(payload, path)
    const spellings = typeof field === 'string' ? [field, Buffer.from(field).toString('latin1')] : []
    if (!spellings.includes(single.value)) return { code: 'header-mismatch', header }
  }
  return undefined
}
