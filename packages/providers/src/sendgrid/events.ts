/** What every event of an email has. */
export interface SendgridEvent<Name extends string = string> {
  /** Which event it is: its key in {@link SendgridEvents}. */
  readonly event: Name
  /** The recipient. */
  readonly email?: string
  /** Seconds since the Unix epoch. */
  readonly timestamp: number
  /** Tells it from any other event. */
  readonly sg_event_id?: string
  /** The email, and the recipient's copy of it. */
  readonly sg_message_id?: string
  /** The email's header `Message-ID`, with its angle brackets. */
  readonly 'smtp-id'?: string
  /** The categories that it was sent with: one as text, several as a list. */
  readonly category?: string | readonly string[]
  /** The fields of the kind of event, and your own arguments. */
  readonly [field: string]: unknown
}

/** The email did not arrive. */
export interface SendgridFailure<Name extends string> extends SendgridEvent<Name> {
  /** Why, in words: of a bounce what the recipient's server answered, such as `500 unknown recipient`. */
  readonly reason?: string
  /** An enhanced status code, such as `5.1.1`. */
  readonly status?: string
}

/** The recipient did something. */
export interface SendgridEngagement<Name extends string> extends SendgridEvent<Name> {
  /** The address that it was done from, or that of a proxy of the recipient's provider. */
  readonly ip?: string
  /** The browser or the mail program. */
  readonly useragent?: string
}

/** The 12 events that SendGrid documents, by name. */
export interface SendgridEvents {
  /** Received, and ready to be delivered. */
  readonly processed: SendgridEvent<'processed'>
  /** Will not be delivered: the recipient is suppressed, for example. */
  readonly dropped: SendgridFailure<'dropped'>
  /** The recipient's server accepted it. */
  readonly delivered: SendgridEvent<'delivered'>
  /** The recipient's server refused it for now. */
  readonly deferred: SendgridEvent<'deferred'>
  /** The recipient's server refused it; `type` is `bounce` or `blocked`. */
  readonly bounce: SendgridFailure<'bounce'>
  /** It was opened. */
  readonly open: SendgridEngagement<'open'>
  /** A link was followed: `url`. */
  readonly click: SendgridEngagement<'click'>
  /** It was marked as spam. */
  readonly spamreport: SendgridEvent<'spamreport'>
  /** The recipient unsubscribed from all. */
  readonly unsubscribe: SendgridEvent<'unsubscribe'>
  /** The recipient unsubscribed from the group `asm_group_id`. */
  readonly group_unsubscribe: SendgridEngagement<'group_unsubscribe'>
  /** The recipient subscribed to the group again. */
  readonly group_resubscribe: SendgridEngagement<'group_resubscribe'>
  /** The account's compliance status changed. */
  readonly account_status_change: SendgridEvent<'account_status_change'>
}

/** The names of {@link SendgridEvents}. */
export const sendgridEventNames = [
  'processed',
  'dropped',
  'delivered',
  'deferred',
  'bounce',
  'open',
  'click',
  'spamreport',
  'unsubscribe',
  'group_unsubscribe',
  'group_resubscribe',
  'account_status_change',
] as const
