/** An event of Calendly. */
export interface CalendlyEvent<Name extends string, Payload> {
  /** Which event it is: its key in {@link CalendlyEvents}. */
  readonly event: Name
  /** RFC 3339, with six decimals. */
  readonly created_at: string
  /** The URI of the user who made the subscription. */
  readonly created_by: string
  /** What it happened to. */
  readonly payload: Payload
}

/** Something of Calendly, which its URI names. */
export interface CalendlyResource {
  /** Its address in Calendly's API, by which it is fetched, such as `https://api.calendly.com/…`. */
  readonly uri: string
  readonly [field: string]: unknown
}

/** Someone who is invited. */
export interface CalendlyInvitee extends CalendlyResource {
  /** Its address in Calendly's API: that of the meeting, `/invitees/` and an id. */
  readonly uri: string
  /** The address that was given. */
  readonly email: string
  /** The name that was given. */
  readonly name: string
  /** `active` or `canceled`. */
  readonly status: string
  /** Whether this one was moved: the other event is of `new_invitee`. */
  readonly rescheduled: boolean
  /** The URI of the meeting. */
  readonly event: string
  /** Who cancelled, and why; where it is cancelled. */
  readonly cancellation?: {
    /** The name of who did it. */
    readonly canceled_by: string
    /** What was written about it; `null` without a word. */
    readonly reason: string | null
    /** `host` or `invitee`. */
    readonly canceler_type: string
  }
}

/** The events that Calendly documents, by name. */
export interface CalendlyEvents {
  /** A meeting was booked; of a move, the new one. */
  readonly 'invitee.created': CalendlyEvent<'invitee.created', CalendlyInvitee>
  /** A meeting was cancelled; of a move, the old one. */
  readonly 'invitee.canceled': CalendlyEvent<'invitee.canceled', CalendlyInvitee>
  /** Someone did not come. */
  readonly 'invitee_no_show.created': CalendlyEvent<'invitee_no_show.created', CalendlyInvitee>
  /** Someone did come, after all. */
  readonly 'invitee_no_show.deleted': CalendlyEvent<'invitee_no_show.deleted', CalendlyInvitee>
  /** A routing form was sent, whether or not a meeting was booked. */
  readonly 'routing_form_submission.created': CalendlyEvent<
    'routing_form_submission.created',
    CalendlyResource
  >
  /** A type of meeting was made. */
  readonly 'event_type.created': CalendlyEvent<'event_type.created', CalendlyResource>
  /** A type of meeting was changed. */
  readonly 'event_type.updated': CalendlyEvent<'event_type.updated', CalendlyResource>
  /** A type of meeting was deleted. */
  readonly 'event_type.deleted': CalendlyEvent<'event_type.deleted', CalendlyResource>
  /** A contact was made. */
  readonly 'contact.created': CalendlyEvent<'contact.created', CalendlyResource>
  /** A contact was changed. */
  readonly 'contact.updated': CalendlyEvent<'contact.updated', CalendlyResource>
  /** A contact was deleted: its URI and `deleted_at`. */
  readonly 'contact.deleted': CalendlyEvent<'contact.deleted', CalendlyResource>
}
