/** What every message has. Signed: all but `SignatureVersion`, `Signature`, `SigningCertURL`. */
export interface SnsMessage<Type extends string = string> {
  /** What it is. */
  readonly Type: Type
  /** A UUID, the same in each attempt. */
  readonly MessageId: string
  /** The topic: one of those that were given. */
  readonly TopicArn: string
  /** What was published; of a confirmation, a text that asks for it. */
  readonly Message: string
  /** When it was published, RFC 3339. */
  readonly Timestamp: string
  /** `1`: SHA-1; `2`: SHA-256. Not signed. */
  readonly SignatureVersion: '1' | '2'
  /** Base64. */
  readonly Signature: string
  /** Where the certificate is. Not signed. */
  readonly SigningCertURL: string
}

/** A message that was published. */
export interface SnsNotification extends SnsMessage<'Notification'> {
  /** Up to 100 characters. */
  readonly Subject?: string
  /** Not signed. */
  readonly UnsubscribeURL?: string
  /** By name. **Not signed**: whoever holds one message can change them. */
  readonly MessageAttributes?: {
    readonly [name: string]: {
      /** `String`, `String.Array`, `Number` or `Binary`. */
      readonly Type: string
      /** As text, whatever its type; `Binary` is base64. */
      readonly Value: string
    }
  }
}

/** Asks to confirm a subscription: nothing is sent until it is. */
export interface SnsSubscriptionConfirmation extends SnsMessage<'SubscriptionConfirmation'> {
  /** A visit to it confirms. */
  readonly SubscribeURL: string
  /** Good for 2 days. */
  readonly Token: string
}

/** Tells of the end of a subscription. */
export interface SnsUnsubscribeConfirmation extends SnsMessage<'UnsubscribeConfirmation'> {
  /** A visit to it subscribes again. */
  readonly SubscribeURL: string
  /** The one of that address. */
  readonly Token: string
}

/** The messages of SNS, by `Type`. */
export interface SnsEvents {
  /** A message was published. */
  readonly Notification: SnsNotification
  /** A subscription must be confirmed. */
  readonly SubscriptionConfirmation: SnsSubscriptionConfirmation
  /** A subscription has ended. */
  readonly UnsubscribeConfirmation: SnsUnsubscribeConfirmation
}

/** Every `Type`. */
export const snsEventNames = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const
