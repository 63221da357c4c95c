import type { hubspotEventNames } from './event-names.ts'

/** An event of HubSpot. */
export interface HubspotEvent<Name extends string = string> {
  /** Not unique: see the provider. */
  readonly eventId: number
  /** The subscription of your app that it was sent for. */
  readonly subscriptionId: number
  /** Which event it is: one of {@link hubspotEventNames}. */
  readonly subscriptionType: Name
  /** The customer's account. */
  readonly portalId: number
  /** Your app. */
  readonly appId: number
  /** Milliseconds since the Unix epoch. */
  readonly occurredAt: number
  /** From 0: it differs between copies. */
  readonly attemptNumber: number
  /** The object that it is about. */
  readonly objectId?: number
  /** The type of it, in events of `object.`, such as `0-1` for a contact. */
  readonly objectTypeId?: string
  /** In changes of a property: which, such as `lifecyclestage`. */
  readonly propertyName?: string
  /** In changes of a property: what it holds now, as text. */
  readonly propertyValue?: string
  /** Such as `CRM_UI`. */
  readonly changeSource?: string
  readonly [field: string]: unknown
}

/** The events of HubSpot, by subscription type. */
export type HubspotEvents = { readonly [Name in (typeof hubspotEventNames)[number]]: HubspotEvent<Name> }
