import type { EventName } from './event.ts'
import type { JsonObject } from './lib/json.ts'
import type { TimeFormat } from './lib/time.ts'
import type { WebhookRequest } from './request.ts'
import type { EventSchema } from './schema.ts'
import type { Scheme } from './schemes/scheme.ts'

/** What the receiver reads from a signed body before it accepts a delivery. */
export interface Envelope {
  /** The event's type, as sent; 1 to 200 characters. */
  readonly type: string
  /** The signed time, as sent; its grammar is checked against the provider's `time.format`. */
  readonly time?: unknown
  /**
   * What makes two deliveries the same, beside provider and type, from signed content only. Absent: the
   * fingerprint of the body.
   */
  readonly identity?: readonly string[] | undefined
}

/** How a provider states the time of a delivery. */
export interface TimeRule {
  /** How it is written; a list takes any of them, told apart by their exact grammars. */
  readonly format: TimeFormat | readonly TimeFormat[]
  /** Whether a delivery without a time is refused. */
  readonly required: boolean
  /** Whether the signature covers it. A time that anyone can refresh shortens no memory. */
  readonly signed: boolean
}

/** Something that the operator should be told once, when a receiver is made. */
export interface Caution {
  /** Such as `ACUSE_API_KEY_IN_PRODUCTION`. */
  readonly code: string
  /** What, and what to do about it. */
  readonly message: string
}

/** Why a payload has no envelope: it is not one, or an unsigned header does not repeat what it must. */
export type EnvelopeProblem = 'envelope-invalid' | 'header-missing' | 'header-repeated' | 'header-mismatch'

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
 * Who sends: its scheme, its events, how to read identity and time. Data, never a branch in shared code.
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
  /** Media types the provider documents, checked after authenticity; absent: any type is taken. */
  readonly mediaTypes?: readonly string[]
  /**
   * Reads the envelope from a signed payload. The fingerprint of the body serves where it must be part of the
   * identity. Must not throw.
   */
  readonly envelope: (
    payload: JsonObject,
    request: WebhookRequest,
    fingerprint: string,
  ) => Envelope | EnvelopeProblem
  /** What the operator should be told once. */
  readonly cautions?: readonly Caution[]
  /** How the provider sends, for `@acuse/sender`. */
  readonly sending?: Sending<Events>
}

const nameGrammar = /^[a-z][a-z0-9-]*$/
const pathGrammar = /^\/[^?#\s]*$/

/**
 * Checks and freezes what a provider states. The place to start when you add one.
 * @throws TypeError when the name or the path cannot be used
 */
export function defineProvider<Events extends object>(provider: Provider<Events>): Provider<Events> {
  if (!nameGrammar.test(provider.name)) {
    throw new TypeError("provider.name must be lower-case letters, digits and hyphens, such as 'redcumbre'")
  }
  checkPath('provider.path', provider.path)
  return Object.freeze({ ...provider })
}

/**
 * A path that an adapter can match.
 * @throws TypeError when it does not start with a slash, or holds a query
 */
export function checkPath(name: string, path: string): string {
  if (typeof path === 'string' && pathGrammar.test(path)) return path
  throw new TypeError(`${name} must start with '/' and hold no query, such as '/webhooks/redcumbre'`)
}
