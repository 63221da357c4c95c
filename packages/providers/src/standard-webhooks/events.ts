/** Whatever a sender calls its events; one whose payload has no `type` is a `message`. */
export type StandardWebhooksEvents = { readonly [name: string]: StandardWebhooksPayload }

/** The payload that the specification recommends («Payload structure»). */
export interface StandardWebhooksPayload {
  /** Such as `contact.created`. */
  readonly type: string
  /** When it happened (RFC 3339). */
  readonly timestamp?: string
  /** What it is about, by type: all of it, or an id to fetch it by. */
  readonly data?: unknown
  readonly [field: string]: unknown
}
