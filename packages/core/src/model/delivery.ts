/** One authentic request, with its idempotency key, body hash and receipt time. What an inbox stores. */
export interface Delivery {
  /**
   * The idempotency key, which two copies share: the first 128 bits of SHA-256 over endpoint, tenant, event type and the
   * idempotency key that the provider signed, as 22 base64url characters. A type that nobody signed is left out. Becomes the
   * event's `id`.
   */
  readonly id: string

  /** The receiver that accepted it: its queue is its own. The provider's name unless the option says otherwise. */
  readonly endpoint: string

  /** The provider's name. */
  readonly provider: string

  /** The event's type, as sent. */
  readonly type: string

  /**
   * SHA-256 of the body bytes, as 43 base64url characters; where the provider names volatile fields, of what the
   * body says without them. Copies of one idempotency key with another one are a conflict.
   */
  readonly bodyHash: string

  /** The name of the key that verified the request; `default` where there is only one. */
  readonly keyId: string

  /** The time that the provider signed; `undefined` where it states none. */
  readonly occurredAt: Date | undefined

  /** When the request was accepted. */
  readonly receivedAt: Date

  /**
   * Headers that arrived beside the body and may be kept: those of the receiver's allow-list, in lower case. The receiver adds
   * `x-request-id`, the name of the request, and in a trace `traceparent` and `tracestate`, the place to go on from.
   */
  readonly headers: Readonly<Record<string, string>>

  /** Events of one key are handled one at a time, in order of arrival; `undefined`: in any order. */
  readonly orderingKey: string | undefined

  /** The raw body, byte for byte. */
  readonly body: Uint8Array

  /**
   * Why it is believed: `signed`, its request proved its sender; `reconciled`, this program asked the provider's API for it, and
   * nobody signed it. Absent: `signed`, as kept before there was another.
   */
  readonly trust?: 'signed' | 'reconciled'
}
