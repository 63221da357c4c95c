/** The 7 events that Mailjet documents, by name. */
export interface MailjetEvents {
  /** The recipient's server took the message. */
  readonly sent: MailjetSent
  /** The recipient opened the message. */
  readonly open: MailjetOpen
  /** The recipient followed a link. */
  readonly click: MailjetClick
  /** The recipient's server refused the message. */
  readonly bounce: MailjetBounce
  /** Mailjet did not send the message. */
  readonly blocked: MailjetBlocked
  /** The recipient called the message spam. */
  readonly spam: MailjetSpam
  /** The recipient unsubscribed. */
  readonly unsub: MailjetUnsub
}

/** What events share. */
export interface MailjetEvent<Name extends string> {
  /** Which event it is: its key in {@link MailjetEvents}. */
  readonly event: Name
  /** Unix time in seconds. */
  readonly time: number
  /**
   * The message. **Over 2⁵³**, so that its last digits are lost when JSON is parsed: `Message_GUID`, where it is, is exact.
   */
  readonly MessageID?: number
  /** The message, as a UUID. */
  readonly Message_GUID?: string
  /** The recipient's address. */
  readonly email?: string
  /** The campaign, by Mailjet's number, such as `7173`. */
  readonly mj_campaign_id?: number
  /** The recipient, by Mailjet's number, such as `320`. */
  readonly mj_contact_id?: number
  /** The name of the campaign that was given when the message was sent; `''` without one. */
  readonly customcampaign?: string
  /** The id that was given when the message was sent. */
  readonly CustomID?: string
  /** The payload that was given when the message was sent. */
  readonly Payload?: string
  readonly [field: string]: unknown
}

/** The payload of `sent`. */
export interface MailjetSent extends MailjetEvent<'sent'> {
  /** The message as text, exact. Mailjet calls it deprecated. */
  readonly mj_message_id?: string
  /** The answer of the recipient's server. */
  readonly smtp_reply?: string
}

/** The payload of `open`. */
export interface MailjetOpen extends MailjetEvent<'open'> {
  /** The address that the message was opened from. */
  readonly ip?: string
  /** Two-letter code of the country of `ip`, such as `US`. */
  readonly geo?: string
  /** The user agent. */
  readonly agent?: string
}

/** The payload of `click`. */
export interface MailjetClick extends MailjetEvent<'click'> {
  /** The link that was followed. */
  readonly url: string
  /** The address that it was followed from. */
  readonly ip?: string
  /** Two-letter code of the country of `ip`, such as `US`. */
  readonly geo?: string
  /** The user agent. */
  readonly agent?: string
}

/** The payload of `bounce`. */
export interface MailjetBounce extends MailjetEvent<'bounce'> {
  /** The recipient is blocked from now on. */
  readonly blocked: boolean
  /** The error is permanent. */
  readonly hard_bounce: boolean
  /** Such as `recipient`. */
  readonly error_related_to?: string
  /** Such as `user unknown`. */
  readonly error?: string
}

/** The payload of `blocked`. */
export interface MailjetBlocked extends MailjetEvent<'blocked'> {
  /** What stopped it, such as `recipient`, `domain` or `content`. */
  readonly error_related_to?: string
  /** Such as `user unknown`. */
  readonly error?: string
}

/** The payload of `spam`. */
export interface MailjetSpam extends MailjetEvent<'spam'> {
  /** The programme that told of it. */
  readonly source?: string
}

/** The payload of `unsub`. */
export interface MailjetUnsub extends MailjetEvent<'unsub'> {
  /** The list that the recipient left, by Mailjet's number. */
  readonly mj_list_id?: number
  /** The address that the request came from. */
  readonly ip?: string
  /** Two-letter code of the country of `ip`, such as `US`. */
  readonly geo?: string
  /** The user agent. */
  readonly agent?: string
}

/** The events that Mailjet documents. */
export const mailjetEventNames = ['sent', 'open', 'click', 'bounce', 'blocked', 'spam', 'unsub'] as const
