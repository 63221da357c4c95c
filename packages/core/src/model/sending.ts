import type { Awaitable } from './awaitable.ts'
import type { EventName } from './event.ts'
import type { JsonObject } from './json.ts'

/** How a provider sends: what `@acuse/sender` needs to speak as the provider does. */
export interface Sending<Events extends object> {
  /** The wait before each attempt, in milliseconds; the first is 0. */
  readonly attemptDelaysMs: readonly number[]
  /** How long the provider waits for an answer, in milliseconds. */
  readonly timeoutMs: number
  /** One payload for each main event, loaded when a sender asks for it. */
  readonly samples: () => Promise<{ readonly [Name in EventName<Events>]?: Events[Name] }>
  /**
   * The payload as the provider would send it at `at`: with that time, and different from any other time's. Default: as
   * it is.
   */
  readonly stamp?: (payload: JsonObject, at: Date) => JsonObject
  /** Headers beside the signature, such as one that names the event or repeats a field of the payload. Default: none. */
  readonly headers?: (payload: JsonObject, at: Date, event: string) => Record<string, string>
  /** Parameters of the query, such as a signed id. Default: none. */
  readonly query?: (payload: JsonObject, at: Date, event: string) => Record<string, string>
  /** The body that carries the payload, such as a list of one, or a form. Default: it as JSON. */
  readonly encode?: (payload: JsonObject) => EncodedBody
  /** Whether it waits for as long as `Retry-After` of an answer says, where that is longer. Default `false`. */
  readonly honorsRetryAfter?: boolean
  /** What it sends in its sandbox. Default: the same. */
  readonly sandbox?: Sandbox
}

/** The sandbox of a provider. */
export interface Sandbox {
  /** The test accounts that it documents, by their ids, each with what it stands for; the first is the default. */
  readonly accounts: Readonly<Record<string, string>>
  /** What it sends for a test account instead of the sample of an event, before it is stamped. */
  readonly apply: (sample: NamedPayload, account: string) => Awaitable<NamedPayload>
}

/** A payload, and the event that it is. */
export interface NamedPayload {
  /** The event's name. */
  readonly event: string
  /** The payload. */
  readonly payload: JsonObject
}

/** A body, and what it is. */
export interface EncodedBody {
  /** Its media type, such as `application/x-www-form-urlencoded`. */
  readonly mediaType: string
  /** The text, sent as UTF-8. */
  readonly body: string
}
