import type { EventName } from './event.ts'
import type { JsonObject } from './json.ts'
import type { Path } from './path.ts'
import type { WebhookRequest } from './request.ts'
import type { EventSchema } from './schema.ts'
import type { Scheme } from './scheme.ts'
import type { TimeFormat } from './time-format.ts'

/** Fields that the receiver reads from a signed body before it accepts a delivery. */
export interface Envelope {
  /** The event's type, as sent; 1 to 200 characters. */
  readonly type: string
  /** The signed time, as sent; its grammar is checked against the provider's `time.format`. */
  readonly time?: unknown
  /**
   * The values that copies of an event share, beside provider and type, from signed content only. Absent, or without a
   * text in each place: the body hash.
   */
  readonly idempotencyKey?: readonly string[] | undefined
}

/** How a provider states the time of a delivery. */
export interface TimeRule {
  /**
   * The moment that it names. `attempt`: the sender signs each attempt anew, so a copy that is minutes old is a
   * replay, and the idempotency key is remembered for as long as the sender retries. `event`: the event's own, the same
   * in each attempt; a sender whose queue is late, or who sends by hand again, is late by hours and authentic. It
   * is fresh for as long as idempotency keys are remembered, where the memory outlives the process.
   */
  readonly of: 'attempt' | 'event'
  /** How it is written; a list takes any of them, told apart by their exact grammars. */
  readonly format: TimeFormat | readonly TimeFormat[]
  /** Whether a delivery without a time is refused. */
  readonly required: boolean
  /** Whether the signature covers it. A time that anyone can refresh shortens no memory. */
  readonly signed: boolean
}

/** Limits that a provider keeps to. */
export interface ProviderLimits {
  /**
   * How long the provider may retry a delivery, in milliseconds, from its first attempt to the end of its last.
   * Absent: nobody knows, and 7 days are taken.
   */
  readonly retriesForMs?: number
}

/** Something that the operator should be told once, when a receiver is made. */
export interface ProviderWarning {
  /** Such as `ACUSE_API_KEY_IN_PRODUCTION`. */
  readonly code: string
  /** The risk, and its remedy. */
  readonly message: string
}

/** Why a payload has no envelope: `code` tells it from an {@link Envelope}. */
export interface NoEnvelope {
  /** It lacks what the provider documents, or an unsigned header does not repeat what it must. */
  readonly code: (typeof noEnvelopeCodes)[number]
  /** The header at fault, in lower case, where one is: for the log and `explain`. */
  readonly header?: string
}

const noEnvelopeCodes = ['envelope-invalid', 'header-missing', 'header-repeated', 'header-mismatch'] as const

/** Whether an envelope's reader gave one of its codes. */
export function isNoEnvelopeCode(code: unknown): code is NoEnvelope['code'] {
  return noEnvelopeCodes.some((each) => each === code)
}

/** How a provider sends: what `@acuse/sender` needs to speak as the provider does. */
export interface Sending<Events extends object> {
  /** The wait before each attempt, in milliseconds; the first is 0. */
  readonly attemptDelaysMs: readonly number[]
  /** How long the provider waits for an answer, in milliseconds. */
  readonly timeoutMs: number
  /** One payload for each event, loaded when a sender asks for it. */
  readonly samples: () => Promise<{ readonly [Name in EventName<Events>]: Events[Name] }>
  /** The payload as the provider would send it at `at`: with that time, and different from any other time's. */
  readonly stamp: (payload: JsonObject, at: Date) => JsonObject
  /** Headers beside the signature, such as one that repeats a field of the payload. Default: none. */
  readonly headers?: (payload: JsonObject, at: Date) => Record<string, string>
}

/**
 * Who sends: its scheme, its events, how to read idempotency key and time. Data, never a branch in shared code.
 */
export interface Provider<Events extends object> {
  /** Lower-case letters, digits and hyphens; part of every delivery's id. */
  readonly name: string
  /** The path that adapters answer by default, such as `/webhooks/redcumbre`. */
  readonly path: string
  /** How a request proves its origin. */
  readonly scheme: Scheme
  /** The schema of each documented event. */
  readonly events: { readonly [Name in EventName<Events>]: EventSchema<Events[Name]> }
  /** How the time of a delivery is written; absent where the provider states none. */
  readonly time?: TimeRule
  /**
   * Fields that may differ between copies of one event, such as a counter of attempts: the body hash, which tells
   * a duplicate from a conflict, is then taken over the parsed payload without them. Absent: over the bytes.
   */
  readonly volatile?: readonly Path[]
  /**
   * Headers that no signature covers and that must repeat a field of the payload, each with the path of it, such as
   * `{ 'X-Session-Id': 'session_id' }`. A delivery without one, or with another value, is 401.
   */
  readonly repeats?: Readonly<Record<string, Path>>
  /**
   * The field of the payload, or a function of it, that names the tenant. It must be the name of the key that verified the
   * request (`context.keyId`), or the delivery is `tenant-mismatch`, 401: no tenant can sign an event of another. Keys
   * are then a map by tenant, or a function that answers one: `{ [tenant]: key }`. Absent: whatever a payload says of
   * tenants is the business of handlers. A function that throws, or answers a promise, is `receiver-failed`: 500, and the
   * log says why.
   */
  readonly tenantOf?: Path | ((payload: JsonObject) => unknown)
  /** Limits that the provider keeps to, as it documents them. */
  readonly limits?: ProviderLimits
  /** Media types the provider documents, checked after authenticity; absent: any type is taken. */
  readonly mediaTypes?: readonly string[]
  /**
   * Reads the envelope from a signed payload. The body hash serves where it must be part of the
   * idempotency key. It may look at the rest of the request: a type, an id or a time that it finds in what the scheme does not
   * sign is no part of the idempotency key, so that a captured request under another event name is the same event. A
   * throw or any other answer is `envelope-invalid`: 400, and the log says why.
   */
  readonly envelope: (payload: JsonObject, request: WebhookRequest, bodyHash: string) => Envelope | NoEnvelope
  /** Warnings for the operator, printed once. */
  readonly warnings?: readonly ProviderWarning[]
  /** How the provider sends, for `@acuse/sender`. */
  readonly sending?: Sending<Events>
}

const nameGrammar = /^[a-z][a-z0-9-]*$/
const pathGrammar = /^\/[^?#\s]*$/

/**
 * A name that can be part of an id and of the name of a queue.
 * @throws TypeError when it is not lower-case letters, digits and hyphens
 */
export function checkName(name: string, value: string): string {
  if (typeof value === 'string' && nameGrammar.test(value)) return value
  throw new TypeError(`${name} must be lower-case letters, digits and hyphens, such as 'redcumbre'`)
}

/**
 * A path that an adapter can match.
 * @throws TypeError when it does not start with a slash, or holds a query or what a framework takes for a pattern
 */
export function checkPath(name: string, path: string): string {
  if (typeof path === 'string' && pathGrammar.test(path)) {
    if (!/\/:|[*{}]/.test(path)) return path
    throw new TypeError(
      `${name} is one path, and no pattern: mount the webhooks at the pattern, as app.post('${path}', webhooks)`,
    )
  }
  throw new TypeError(`${name} must start with '/' and hold no query, such as '/webhooks/redcumbre'`)
}
