/** A typed event, as handlers receive it. */
export interface WebhookEvent<Type extends string = string, Payload = unknown> {
  /** Stable over retries and restarts: use it as the key of your own idempotency. 22 base64url characters. */
  readonly id: string
  /** The provider's name for the event, such as `bhe.emitida`. */
  readonly type: Type
  /** The payload, valid against the event's schema; unknown fields are kept. */
  readonly payload: Payload
  /** The provider's name, such as `redcumbre`. */
  readonly provider: string
  /** The time that the provider signed; `undefined` where it states none. */
  readonly occurredAt: Date | undefined
  /** When this receiver accepted the delivery. */
  readonly receivedAt: Date
  /** Headers that the provider exposes, names in lower case, such as the id of an attempt. As a rule nobody signed them. */
  readonly unsigned: Readonly<Record<string, string>>
}

/** An authentic event whose type the provider's documents do not list. Its payload is not validated. */
export type UnknownEvent = WebhookEvent<string, unknown>

/** The names of a provider's events. */
export type EventName<Events extends object> = keyof Events & string

/** The part of a name before a dot: `bhe` of `bhe.emitida`. */
type PrefixOf<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? Head | `${Head}.${PrefixOf<Tail>}`
  : never

/** The pattern that `on` takes: an event's name, `prefix.*`, or `*` for every event that the provider documents. */
export type EventPattern<Events extends object> = EventName<Events> | `${PrefixOf<EventName<Events>>}.*` | '*'

/** The names that a pattern stands for; where any name is one, the pattern itself. */
type MatchingName<Events extends object, Pattern extends string> =
  string extends EventName<Events>
    ? Pattern extends '*'
      ? string
      : Pattern
    : Pattern extends '*'
      ? EventName<Events>
      : Pattern extends `${infer Prefix}.*`
        ? Extract<EventName<Events>, `${Prefix}.${string}`>
        : Extract<EventName<Events>, Pattern>

/** The event, or the union of events, that a pattern stands for; told apart by `type`. */
export type EventOf<Events extends object, Pattern extends string> = {
  [Name in MatchingName<Events, Pattern>]: WebhookEvent<
    Name,
    Name extends keyof Events ? Events[Name] : never
  >
}[MatchingName<Events, Pattern>]
