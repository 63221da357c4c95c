import type { MetaEventName } from './event-names.ts'

export type { MetaEventName } from './event-names.ts'

/** A change: one of `entry.*.changes.*`. WhatsApp sends these, and so do pages and Instagram accounts beside messages. */
export interface MetaChange<Field extends string = string> {
  /** The field that was subscribed to. */
  readonly field: Field
  /** What changed, by field. */
  readonly value: MetaValue
}

/** The value of a change. */
export interface MetaValue {
  /** `whatsapp`, where it is WhatsApp's. */
  readonly messaging_product?: string
  /** The business number that it is about. */
  readonly metadata?: {
    /** Digits with the code of the country, such as `56912345678`. */
    readonly display_phone_number: string
    /** Its id, which the path of a call to the API holds. */
    readonly phone_number_id: string
  }
  /** Who wrote. */
  readonly contacts?: readonly { readonly [field: string]: unknown }[]
  /** What was written. */
  readonly messages?: readonly WhatsAppMessage[]
  /** What became of what you sent. */
  readonly statuses?: readonly WhatsAppStatus[]
  /** The rest, by field. */
  readonly [field: string]: unknown
}

/** A message that somebody sent to a WhatsApp number. */
export interface WhatsAppMessage {
  /** Such as `wamid.…`. */
  readonly id: string
  /** The sender's number. */
  readonly from: string
  /** Unix seconds, as text. */
  readonly timestamp: string
  /** Such as `text`, `image`, `interactive`; the field of that name holds it. */
  readonly type: string
  /** The text, where it is one. */
  readonly text?: {
    /** The text itself, line breaks included. */
    readonly body: string
  }
  /** The rest, by type. */
  readonly [field: string]: unknown
}

/** What became of a WhatsApp message. */
export interface WhatsAppStatus {
  /** The message's id. */
  readonly id: string
  /** Such as `sent`, `delivered`, `read`, `failed`. */
  readonly status: string
  /** Unix seconds, as text. */
  readonly timestamp: string
  /** The number that it was sent to. */
  readonly recipient_id: string
  /** The rest. */
  readonly [field: string]: unknown
}

/** One of `entry.*.messaging.*`, which Messenger and Instagram send. */
export interface MetaMessaging {
  /** Who wrote or did it, by its id for your page or account. */
  readonly sender: {
    /** Digits; another one for each page that a person writes to. */
    readonly id: string
  }
  /** Your page or account, or whom it wrote to. */
  readonly recipient: {
    /** Digits. */
    readonly id: string
  }
  /** Unix milliseconds. */
  readonly timestamp: number
  /** What was written. */
  readonly message?: {
    /** The message's id, which is its idempotency key. */
    readonly mid: string
    /** The text, where it has one. */
    readonly text?: string
    /** `true`: your page or account wrote it. */
    readonly is_echo?: boolean
    readonly [field: string]: unknown
  }
  /** The rest, by kind: `postback`, `read`, `reaction` and others. */
  readonly [field: string]: unknown
}

/** The payload of an event. `field` tells a change from one of `messaging`. */
export type MetaPayload<Name extends MetaEventName> = Name extends 'message'
  ? MetaChange<'messages'> | MetaMessaging
  : Name extends 'status'
    ? MetaChange<'messages'>
    : Name extends
          | 'message_echoes'
          | 'messaging'
          | `message_${'edits' | 'deliveries' | 'reads' | 'reactions'}`
      ? MetaMessaging
      : Name extends `messaging_${string}`
        ? MetaMessaging
        : MetaChange<Name>

/** The events of Meta, by name. */
export type MetaEvents = { readonly [Name in MetaEventName]: MetaPayload<Name> }
