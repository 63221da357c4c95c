/** The events of Notion, by name. */
export type NotionEvents = { readonly [Name in NotionEventName]: NotionEvent<Name> }

/** A name of {@link notionEventNames}. */
export type NotionEventName = (typeof notionEventNames)[number]

/** The events that Notion documents. `database.*` is of versions of its API before 2025-09-03, `data_source.*` of later ones. */
export const notionEventNames = [
  'comment.created',
  'comment.deleted',
  'comment.updated',
  'data_source.content_updated',
  'data_source.created',
  'data_source.deleted',
  'data_source.moved',
  'data_source.schema_updated',
  'data_source.undeleted',
  'database.content_updated',
  'database.created',
  'database.deleted',
  'database.moved',
  'database.schema_updated',
  'database.undeleted',
  'file_upload.completed',
  'file_upload.created',
  'file_upload.expired',
  'file_upload.upload_failed',
  'page.content_updated',
  'page.created',
  'page.deleted',
  'page.locked',
  'page.moved',
  'page.properties_updated',
  'page.transcription_block.transcript_deleted',
  'page.undeleted',
  'page.unlocked',
  'view.created',
  'view.deleted',
  'view.updated',
] as const

/** A thing of Notion. */
export interface NotionReference {
  /** A UUID. */
  readonly id: string
  /** Such as `page`, `block`, `database`, `data_source`, `person` or `bot`. */
  readonly type: string
}

/** The payload: what happened to what. What it says now is to be asked of Notion's API. */
export interface NotionEvent<Name extends string> {
  /** The event's id, the same at each attempt. */
  readonly id: string
  /** Which event it is: one of {@link notionEventNames}. */
  readonly type: Name
  /** When it happened (RFC 3339). Changes of a page may be told together, about a minute later. */
  readonly timestamp: string
  /** The workspace, a UUID. */
  readonly workspace_id: string
  /** The name to show, which may change. */
  readonly workspace_name?: string
  /** The subscription that it was sent for, a UUID. */
  readonly subscription_id?: string
  /** Your integration, a UUID. */
  readonly integration_id?: string
  /** Who did it. */
  readonly authors?: readonly NotionReference[]
  /** Which members and bots can see it; for public connections. */
  readonly accessible_by?: readonly NotionReference[]
  /** Which attempt to deliver it is, 1 to 8. */
  readonly attempt_number: number
  /** The version of Notion's API that the subscription has. */
  readonly api_version?: string
  /** What it happened to. */
  readonly entity: NotionReference
  /** More of it, such as `updated_properties`. */
  readonly data?: {
    /** Where it is: a page, a database, the workspace… */
    readonly parent?: NotionReference
    readonly [field: string]: unknown
  }
}
