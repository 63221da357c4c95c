/** What Linear tells of with `create`, `update` and `remove` («data change webhooks»). */
export const linearEntityNames = [
  'Attachment',
  'AuditEntry',
  'Comment',
  'Customer',
  'CustomerNeed',
  'Cycle',
  'Document',
  'Initiative',
  'InitiativeUpdate',
  'Issue',
  'IssueLabel',
  'Project',
  'ProjectLabel',
  'ProjectUpdate',
  'Reaction',
  'Release',
  'ReleaseNote',
  'User',
] as const

/** The name of an entity. */
export type LinearEntityName = (typeof linearEntityNames)[number]

/** What can happen to an entity. */
export type LinearChange = 'create' | 'update' | 'remove'

const changes: readonly LinearChange[] = ['create', 'update', 'remove']

/** Events that are not about an entity. */
export const linearOtherEventNames = [
  'AgentSessionEvent.created',
  'AgentSessionEvent.prompted',
  'AppUserNotification.issueAssignedToYou',
  'AppUserNotification.issueCommentMention',
  'AppUserNotification.issueCommentReaction',
  'AppUserNotification.issueEmojiReaction',
  'AppUserNotification.issueMention',
  'AppUserNotification.issueNewComment',
  'AppUserNotification.issueStatusChanged',
  'AppUserNotification.issueUnassignedFromYou',
  'IssueSLA.breached',
  'IssueSLA.highRisk',
  'IssueSLA.set',
  'OAuthApp.revoked',
  'PermissionChange.teamAccessChanged',
] as const

/** The name of an event: the payload's `type` and `action`. */
export type LinearEventName = `${LinearEntityName}.${LinearChange}` | (typeof linearOtherEventNames)[number]

/** Every event that Linear documents. */
export const linearEventNames: readonly LinearEventName[] = [
  ...linearEntityNames.flatMap((entity) => changes.map((change) => `${entity}.${change}` as const)),
  ...linearOtherEventNames,
]

/** What every payload has; the rest depends on the event. */
export interface LinearEvent<Name extends string = string> {
  /** What it is about, such as `Issue`. */
  readonly type: Name extends `${infer Type}.${string}` ? Type : string
  /** What happened to it. */
  readonly action: Name extends `${string}.${infer Action}` ? Action : string
  /** When the payload was made, RFC 3339. */
  readonly createdAt: string
  /** When this attempt was sent, in Unix milliseconds. */
  readonly webhookTimestamp: number
  /** The webhook's id, as Linear's settings list it. */
  readonly webhookId?: string
  /** The workspace. */
  readonly organizationId?: string
  /** Who did it: a user, an OAuth client or an integration. */
  readonly actor?: unknown
  /** The entity as it is now. */
  readonly data?: {
    /** A UUID. */
    readonly id?: string
    readonly [field: string]: unknown
  }
  /** Of an update: what the changed fields held before. */
  readonly updatedFrom?: { readonly [field: string]: unknown }
  /** The entity's page. */
  readonly url?: string
  readonly [field: string]: unknown
}

/** Linear's events, by name. */
export type LinearEvents = { readonly [Name in LinearEventName]: LinearEvent<Name> }
