import type { JsonObject, Provider } from '@acuse/core'
import {
  didYouMean,
  raised,
  repeatedDelivery,
  type SignedDelivery,
  signDelivery,
  withQuery,
} from '@acuse/core/inbox-kit'
import { createSender, type Fault } from '@acuse/sender'
import type { Outgoing } from './http.ts'

/** An event that the doctor made: no other has the same tokens. */
export interface MadeEvent {
  readonly name: string
  readonly payload: JsonObject
  readonly at: Date
  /** Rightly signed. */
  readonly request: Outgoing
  /** Texts that no other event has: where one stands in an effect, it is of this event. */
  readonly tokens: Set<string>
}

/** Which event to make. */
interface WhatToMake {
  /** Default: the first that the provider documents. */
  readonly name?: string
  /** How much later than the one before, in milliseconds. Default: as little as tells them apart. */
  readonly laterMs?: number
  /** The time instead, for what is to be too old. */
  readonly at?: Date
  /** Changes the payload before it is signed. */
  readonly change?: (payload: JsonObject) => JsonObject
}

/** Makes what the doctor sends, as the provider would send it. */
export interface Subject {
  readonly provider: Provider<object>
  readonly url: string
  /** The names of the events that there are samples of. */
  readonly names: readonly string[]
  /** Whether bodies are JSON objects. */
  readonly isJson: boolean
  /** Whether any bytes can be signed: the signature covers the body, and does not stand in it. */
  readonly signsBytes: boolean
  make(what?: WhatToMake): MadeEvent
  /** A request of these bytes with a valid signature, as of an event. */
  sign(event: MadeEvent, bytes: Uint8Array): Outgoing
  /**
   * An event with a fault.
   * @throws TypeError when the fault makes no sense for the provider
   */
  withFault(fault: Fault, what?: Pick<WhatToMake, 'at'>): Promise<MadeEvent>
  /** The same event as its sender repeats it, a second later; `undefined`: it repeats the same bytes. */
  repeat(event: MadeEvent): Outgoing | undefined
  /** Paths of texts that differ between events, and are no times. */
  readonly idPaths: readonly (readonly string[])[]
}

const otherTime = new Date(1_600_000_000_000)

/**
 * @param events those to send; default all
 * @throws TypeError when the provider cannot send, or documents no such event
 */
export async function createSubject(
  provider: Provider<object>,
  url: string,
  events?: readonly string[],
): Promise<Subject> {
  const { sending, scheme } = provider
  if (!sending) throw new TypeError(`${provider.name} does not state how it sends`)
  const samples = new Map(Object.entries(await sending.samples()) as [string, JsonObject][])
  const names = toNames([...samples.keys()], events)
  const sender = createSender({ provider: (own: Provider<object>) => own, secret: provider, url })
  const [first = ''] = names
  const stamp = (name: string, at: Date): JsonObject => {
    const sample = samples.get(name) ?? {}
    const stamped = sending.stamp?.(sample, at) ?? sample
    // Without anything of its own an event could not be told from the next.
    return isStamped ? stamped : { ...stamped, acuseDoctor: `event-${at.getTime()}` }
  }
  let isStamped = true
  isStamped = tokensOf(stamp(first, new Date(1)), stamp(first, otherTime)).length > 0
  const stepMs = isFine() ? 1 : 1_000
  let last = Date.now() - (stepMs > 1 ? 120_000 : 5_000)

  function isFine(): boolean {
    const at = Date.now()
    return tokensOf(stamp(first, new Date(at)), stamp(first, new Date(at + 1))).length > 0
  }
  function deliver(name: string, payload: JsonObject, at: Date, headers?: Record<string, string>): Outgoing {
    const addressQuery = new URL(url).search.slice(1)
    const own = headers === undefined ? undefined : { headers }
    return toOutgoing(url, signDelivery(provider, { event: name, payload, at, addressQuery, ...own }))
  }
  const beside = (name: string, at: Date): JsonObject[] =>
    [-stepMs, stepMs].map((ms) => stamp(name, new Date(at.getTime() + ms)))
  const sample = deliver(first, stamp(first, otherTime), otherTime)
  const nextTime = (laterMs = stepMs): Date => {
    last = Math.max(last + laterMs, stepMs > 1 ? 0 : Date.now())
    return new Date(last)
  }
  return {
    provider,
    url,
    names,
    isJson: isJsonObject(sample.body),
    signsBytes:
      scheme.sign !== undefined && scheme.signs.some((part) => 'raw' in part && part.raw === 'body'),
    make({ name = first, laterMs, at = nextTime(laterMs), change = unchanged } = {}) {
      const payload = change(stamp(name, at))
      const request = deliver(name, payload, at)
      return { name, payload, at, request, tokens: tokensFor(request, payload, beside(name, at)) }
    },
    sign({ name, payload, at, request }, bytes) {
      const headers = asTexts(request.headers)
      const proof = scheme.sign?.(bytes, { headers, url: request.url, at })
      if (proof === undefined) return deliver(name, payload, at)
      return { ...request, headers: { ...headers, ...proof }, body: bytes }
    },
    async withFault(fault, { at = nextTime() } = {}) {
      const signed = await sender.with(fault).sign(first as never, isStamped ? undefined : marked(at), { at })
      const { headers, body, url: to } = signed
      const request = { headers, body, url: to }
      const payload = stamp(first, at)
      const read = readJson(body) ?? payload
      return {
        name: first,
        payload,
        at,
        request,
        tokens: tokensFor(request, read, beside(first, at)),
      }
    },
    repeat(event) {
      return repeated(provider, event, deliver)
    },
    idPaths: differing(stamp(first, new Date(1_700_000_000_000)), stamp(first, otherTime)),
  }
}

function toNames(known: readonly string[], events: readonly string[] = []): readonly string[] {
  const unknown = events.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new TypeError(`there is no event '${unknown}'.${didYouMean(unknown, known)}`)
  return events.length === 0 ? known : events
}

function unchanged(payload: JsonObject): JsonObject {
  return payload
}

function marked(at: Date): never {
  // Sender's type of overrides is of the provider's events, which nobody knows here.
  return { acuseDoctor: `event-${at.getTime()}` } as never
}

function repeated(
  provider: Provider<object>,
  { name, payload, at, request }: MadeEvent,
  deliver: (name: string, payload: JsonObject, at: Date, headers?: Record<string, string>) => Outgoing,
): Outgoing | undefined {
  const later = new Date(at.getTime() + 1_000)
  const isAnew = provider.time?.of === 'attempt'
  const before = isAnew ? raised(payload, provider.volatile ?? [], later, 'kept') : payload
  const sent = { event: name, payload: before, at, headers: asTexts(request.headers) }
  const again = repeatedDelivery(provider, sent, later)
  const next = deliver(again.event, again.payload, again.at, { ...again.headers })
  return JSON.stringify(next) === JSON.stringify(request) ? undefined : next
}

function toOutgoing(url: string, { headers, body, query }: SignedDelivery): Outgoing {
  return { url: withQuery(url, query), headers, body }
}

/** The headers of a request that the doctor did not double. */
export function asTexts(headers: Outgoing['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  )
}

/**
 * Texts of the payload that the events just before and after it have not: whole seconds they may share. And ids in headers; a
 * signature names no event.
 */
function tokensFor({ headers }: Outgoing, payload: JsonObject, others: readonly JsonObject[]): Set<string> {
  const ids = Object.values(headers).filter(
    (value) => typeof value === 'string' && /^[\w-]+$/.test(value) && /[0-9a-f]{8}-[0-9a-f]{4}-/.test(value),
  )
  const [before = [], after = []] = others.map((other) => tokensOf(payload, other))
  return new Set([...before.filter((token) => after.includes(token)), ...ids.map(String)])
}

function tokensOf(payload: JsonObject, other: JsonObject): string[] {
  return differing(payload, other).map((path) => String(valueAt(payload, path)))
}

/** Paths of the texts of a payload that another one has not, at least eight characters long. */
function differing(payload: unknown, other: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof payload === 'string') return payload !== other && payload.length >= 8 ? [path] : []
  if (typeof payload !== 'object' || payload === null) return []
  return Object.entries(payload).flatMap(([key, value]) =>
    differing(value, Reflect.get(Object(other), key), [...path, key]),
  )
}

/** The value at a path. */
export function valueAt(payload: unknown, path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => Reflect.get(Object(value), key), payload)
}

function isJsonObject(body: Uint8Array): boolean {
  return readJson(body) !== undefined
}

/** A JSON object; `undefined`: the bytes are something else. */
function readJson(body: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    // An object that is no list.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}
