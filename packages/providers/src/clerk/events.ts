/** The events of Clerk, by name. */
export type ClerkEvents = { readonly [Name in ClerkEventName]: ClerkEvent<Name> }

/** A name of {@link clerkEventNames}. */
export type ClerkEventName = (typeof clerkEventNames)[number]

/** The events that Clerk documents. */
export const clerkEventNames = [
  'email.created',
  'organization.created',
  'organization.deleted',
  'organization.updated',
  'organizationDomain.created',
  'organizationDomain.deleted',
  'organizationDomain.updated',
  'organizationInvitation.accepted',
  'organizationInvitation.created',
  'organizationInvitation.revoked',
  'organizationMembership.created',
  'organizationMembership.deleted',
  'organizationMembership.updated',
  'paymentAttempt.created',
  'paymentAttempt.updated',
  'permission.created',
  'permission.deleted',
  'permission.updated',
  'role.created',
  'role.deleted',
  'role.updated',
  'session.created',
  'session.ended',
  'session.removed',
  'session.revoked',
  'sms.created',
  'subscription.active',
  'subscription.created',
  'subscription.pastDue',
  'subscription.updated',
  'subscriptionItem.abandoned',
  'subscriptionItem.active',
  'subscriptionItem.canceled',
  'subscriptionItem.created',
  'subscriptionItem.ended',
  'subscriptionItem.freeTrialEnding',
  'subscriptionItem.incomplete',
  'subscriptionItem.pastDue',
  'subscriptionItem.upcoming',
  'subscriptionItem.updated',
  'user.created',
  'user.deleted',
  'user.updated',
  'waitlistEntry.created',
  'waitlistEntry.updated',
] as const

/** The payload. */
export interface ClerkEvent<Name extends string> {
  /** Which event it is: one of {@link clerkEventNames}. */
  readonly type: Name
  /** Always this. */
  readonly object: 'event'
  /** The user, organization and so on. Of what was deleted: `id`, `object` and `deleted`. */
  readonly data: {
    /** Such as `user_29w83sxmDNGwOuEthce5gg56FcC`. */
    readonly id: string
    /** What it is, such as `user`. */
    readonly object?: string
    readonly [field: string]: unknown
  }
  /** Unix time in milliseconds. */
  readonly timestamp: number
  /** Development or production are an instance each, such as `ins_123`. */
  readonly instance_id: string
  /** The request that led to it. */
  readonly event_attributes?: {
    /** Who made it. */
    readonly http_request: {
      /** Such as `192.0.2.1`. */
      readonly client_ip: string
      /** The browser, or the program of yours that called the API. */
      readonly user_agent: string
    }
  }
}
