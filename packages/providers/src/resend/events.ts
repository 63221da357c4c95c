/** The events of Resend, by name. */
export type ResendEvents = {
  readonly [Name in ResendEventName]: Name extends `email.${string}`
    ? ResendEvent<Name, ResendEmail>
    : ResendEvent<Name, ResendData>
}

/** A name of {@link resendEventNames}. */
export type ResendEventName = (typeof resendEventNames)[number]

/** The events that Resend documents. */
export const resendEventNames = [
  'email.sent',
  'email.scheduled',
  'email.delivered',
  'email.delivery_delayed',
  'email.complained',
  'email.bounced',
  'email.opened',
  'email.clicked',
  'email.received',
  'email.failed',
  'email.suppressed',
  'contact.created',
  'contact.updated',
  'contact.deleted',
  'contact.topics.updated',
  'domain.created',
  'domain.updated',
  'domain.deleted',
  'suppression.added',
  'suppression.removed',
  'topic.created',
  'topic.updated',
  'topic.deleted',
  'inbox.created',
  'inbox.updated',
  'inbox.deleted',
  'inbox.thread.created',
  'inbox.thread.folder.updated',
  'inbox.thread.assigned',
  'inbox.thread.unassigned',
  'inbox.thread.labels.updated',
  'inbox.email.received',
  'inbox.email.sent',
  'inbox.draft.created',
  'inbox.draft.updated',
  'inbox.draft.sent',
  'inbox.draft.deleted',
] as const

/** The payload. */
export interface ResendEvent<Name extends string, Data> {
  /** Which event it is: one of {@link resendEventNames}. */
  readonly type: Name
  /** When it happened (RFC 3339). */
  readonly created_at: string
  /** What it happened to. */
  readonly data: Data
}

/** What it is about: a contact, a domain, a topic, an inbox and so on. */
export type ResendData = { readonly [field: string]: unknown }

/** An e-mail. */
export interface ResendEmail {
  /** A UUID, by which Resend's API knows it. */
  readonly email_id: string
  /** When the e-mail was made (RFC 3339). */
  readonly created_at: string
  /** Its header `Message-ID`, which replies refer to. */
  readonly message_id?: string
  /** Such as `Acme <onboarding@resend.dev>`. */
  readonly from: string
  /** The recipients' addresses. */
  readonly to: readonly string[]
  /** As in its header `Subject`. */
  readonly subject: string
  /** The broadcast that it is part of: a UUID. */
  readonly broadcast_id?: string
  /** The template that it was made from: a UUID. */
  readonly template_id?: string
  /** The tags that it was sent with, by name. */
  readonly tags?: { readonly [name: string]: string }
  /** Of `email.bounced`. */
  readonly bounce?: {
    /** Why, in words. */
    readonly message: string
    /** Such as `Permanent`: it will never arrive. */
    readonly type: string
    /** A finer kind, such as `Suppressed`. */
    readonly subType: string
  }
  /** Of `email.clicked`. */
  readonly click?: {
    /** The link that was followed. */
    readonly link: string
    /** When (RFC 3339). */
    readonly timestamp: string
    readonly [field: string]: string
  }
  /** Of `email.failed`. */
  readonly failed?: {
    /** Such as `reached_daily_quota`. */
    readonly reason: string
  }
  /** Of `email.suppressed`. */
  readonly suppressed?: {
    /** Why, in words. */
    readonly message: string
    /** Such as `OnAccountSuppressionList`. */
    readonly type: string
  }
  readonly [field: string]: unknown
}
