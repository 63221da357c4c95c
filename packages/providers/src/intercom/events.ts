import type { intercomTopics } from './topics.ts'

/** A topic. */
export type IntercomTopic = (typeof intercomTopics)[number]

/** A notification. */
export interface IntercomNotification<Topic extends string = string> {
  /** Always this. */
  readonly type: 'notification_event'
  /** What happened. */
  readonly topic: Topic
  /** The notification's id, the same in each attempt; a `ping` has none. */
  readonly id: string | null
  /** The workspace. */
  readonly app_id: string
  /** What it happened to. */
  readonly data: {
    /** Such as `notification_event_data`. */
    readonly type?: string
    /** The contact, the conversation, the ticket…, as the REST API has it. */
    readonly item: {
      /** What it is, such as `conversation`. */
      readonly type?: string
      readonly [field: string]: unknown
    }
  }
  /** When it was made, in Unix seconds. */
  readonly created_at?: number
  /** When it was first sent, in Unix seconds. */
  readonly first_sent_at?: number
  /** When it was received, in Unix seconds; 0 until then. */
  readonly delivered_at?: number
  /** Such as `pending` or `retry`. */
  readonly delivery_status?: string | null
  /** From 1. */
  readonly delivery_attempts?: number
  /** Its page in the API. */
  readonly self?: string | null
  /** Related pages. */
  readonly links?: { readonly [name: string]: unknown }
}

/** Intercom's events, by topic. */
export type IntercomEvents = { readonly [Topic in IntercomTopic]: IntercomNotification<Topic> }
