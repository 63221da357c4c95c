import type { Awaitable } from './awaitable.ts'
import type { Envelope, EventRule, NoEnvelope } from './envelope.ts'
import type { EventName } from './event.ts'
import type { Answers, Handshake } from './handshake.ts'
import type { JsonObject } from './json.ts'
import type { Path } from './path.ts'
import type { WebhookRequest } from './request.ts'
import type { EventSchema } from './schema.ts'
import type { Scheme } from './scheme.ts'
import type { Sending } from './sending.ts'
import type { TimeFormat } from './time-format.ts'
import type { Value } from './value.ts'

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
  /** Where it stands. Absent: `envelope` answers it. */
  readonly value?: Value
  /**
   * Whether the signature covers it. A time that anyone can refresh shortens no memory. With `value` it is derived from the
   * scheme, and not stated.
   */
  readonly signed?: boolean
}

/** Limits that a provider keeps to. */
export interface ProviderLimits {
  /**
   * How long the provider may retry a delivery, in milliseconds, from its first attempt to its last, which may take
   * `ackTimeoutMs` more. Absent: nobody knows, and 7 days are taken.
   */
  readonly retriesForMs?: number
  /** The largest body that it sends, in bytes: the default of the option `maxBodyBytes`. Absent: 1 048 576. */
  readonly maxBodyBytes?: number
  /** How long it waits for an answer, in milliseconds: the default of `ackTimeoutMs` is nine tenths of it, 4 500 at most. */
  readonly ackTimeoutMs?: number
}

/**
 * How a body is read. `json`; `form`: an object of texts (`application/x-www-form-urlencoded`), a list where a name stands
 * more than once; `text`; or JSON in one field of a form.
 */
export type BodyFormat =
  | 'json'
  | 'form'
  | 'text'
  | {
      /** The field of the form. */
      readonly jsonIn: string
    }
  | {
      /** Reads the bytes as a value, such as `parseXml` of `@acuse/providers/xml`; a throw is `body-malformed`, 400. */
      readonly parse: (body: Uint8Array) => unknown
    }

/** The payload is a notice: what it is about is fetched before handlers run. */
export interface Thin {
  /** What to fetch: a signed value, where there is one. Without `fetchLatest` the payload of the event is `{ id }`. */
  readonly id: Value
  /**
   * Fetches what the event is about; it becomes the payload. It runs in the worker, before each attempt, and fails as a
   * handler does. The address comes from the provider's data, never from the payload.
   */
  readonly fetchLatest?: FetchLatest
}

/** Fetches what a notice is about. `undefined` is no answer: the attempt failed. */
export type FetchLatest = (id: string, notice: Notice) => Awaitable<unknown>

/** A notice, for the function that fetches what it is about. */
export interface Notice {
  /** The event's type. */
  readonly type: string
  /** Aborted when the attempt is over. */
  readonly signal: AbortSignal
}

/** The schema of an event, or a function that loads it when the event is first handled. */
export type EventSchemaSource<Payload> = EventSchema<Payload> | (() => Promise<EventSchema<Payload>>)

/** The events that a provider documents: their names, whose payloads are handed on as they are, or a schema for each. */
export type ProviderEvents<Events extends object> =
  | readonly EventName<Events>[]
  | { readonly [Name in EventName<Events>]: EventSchemaSource<Events[Name]> }

/** Something that the operator should be told once, when a receiver is made. */
export interface ProviderWarning {
  /** Such as `ACUSE_API_KEY_IN_PRODUCTION`. */
  readonly code: string
  /** The risk, and its remedy. */
  readonly message: string
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
  /** The documented events. Absent: any name is one, and payloads are handed on as they are. */
  readonly events?: ProviderEvents<Events> | undefined
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
  /**
   * How bodies are read, by media type in lower case; `*` is any other. A type that is not listed is
   * `media-type-unsupported`, after authenticity. Where the body is signed and its type is not, `text` stands beside no
   * other format, nor does `form` beside `{ jsonIn }`: one body would be two events. Absent: JSON, whatever the type says.
   */
  readonly bodies?: { readonly [mediaType: string]: BodyFormat }
  /**
   * Where the events of a batch stand in the payload: each element is an event with its own idempotency key, accepted with
   * its own bytes. `''` is the payload, where that is a list. A body that has none of the places is one event. An element on the way
   * to a list that has none, at any of the places, is `envelope-invalid`: nothing of a batch is passed over.
   */
  readonly items?: Path | readonly Path[]
  /** How an event is read, as data. Absent: `envelope` reads it. */
  readonly eventRules?: readonly EventRule[] | undefined
  /**
   * Headers that handlers see as `event.unsigned`, such as the id of an attempt. Nobody signed them, unless the scheme
   * does.
   */
  readonly expose?: readonly string[]
  /** The payload is a notice. */
  readonly thin?: Thin
  /** Requests that ask who we are. */
  readonly handshakes?: readonly Handshake[]
  /** How it wants to be answered. Default: 200 or an error, as JSON. */
  readonly answers?: Answers
  /**
   * Reads the envelope from a signed payload. The body hash serves where it must be part of the
   * idempotency key. It may look at the rest of the request: a type, an id or a time that it finds in what the scheme does not
   * sign is no part of the idempotency key, so that a captured request under another event name is the same event. A
   * throw or any other answer is `envelope-invalid`: 400, and the log says why.
   */
  readonly envelope?:
    | ((payload: JsonObject, request: WebhookRequest, bodyHash: string) => Envelope | NoEnvelope)
    | undefined
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
