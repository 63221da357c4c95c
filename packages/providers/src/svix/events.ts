import type { StandardWebhooksPayload } from '../standard-webhooks/events.ts'

/** Whatever the one that Svix sends for calls its events; one whose payload has no `type` is a `message`. */
export type SvixEvents = { readonly [name: string]: StandardWebhooksPayload }

/** Svix's own events («Operational webhooks»), by name. */
export interface SvixOperationalEvents {
  /** An endpoint was made. */
  readonly 'endpoint.created': SvixEvent<'endpoint.created', SvixEndpoint>
  /** Its address, its event types or another setting was changed. */
  readonly 'endpoint.updated': SvixEvent<'endpoint.updated', SvixEndpoint>
  /** It was disabled, and is sent to again. */
  readonly 'endpoint.enabled': SvixEvent<'endpoint.enabled', SvixEndpoint>
  /** It failed for days, or somebody disabled it. */
  readonly 'endpoint.disabled': SvixEvent<'endpoint.disabled', SvixDisabledEndpoint>
  /** An endpoint was deleted. */
  readonly 'endpoint.deleted': SvixEvent<'endpoint.deleted', SvixEndpoint>
  /** The fourth attempt failed. */
  readonly 'message.attempt.failing': SvixEvent<'message.attempt.failing', SvixMessage>
  /** The last attempt failed. */
  readonly 'message.attempt.exhausted': SvixEvent<'message.attempt.exhausted', SvixMessage>
  /** It was delivered after all. */
  readonly 'message.attempt.recovered': SvixEvent<'message.attempt.recovered', SvixMessage>
  /** Attempts and their results, now and then. */
  readonly 'message.attempt.log': SvixEvent<
    'message.attempt.log',
    readonly { readonly [field: string]: unknown }[]
  >
  /** A task that runs for long, such as a replay, has ended. */
  readonly 'background_task.finished': SvixEvent<'background_task.finished', SvixTask>
  /** Of Svix Ingest: an endpoint failed for days, or somebody disabled it. */
  readonly 'ingest.endpoint.disabled': SvixEvent<'ingest.endpoint.disabled', SvixIngest>
  /** Of Svix Ingest: an early attempt failed. */
  readonly 'ingest.message.attempt.failing': SvixEvent<'ingest.message.attempt.failing', SvixIngest>
  /** Of Svix Ingest: the last attempt failed. */
  readonly 'ingest.message.attempt.exhausted': SvixEvent<'ingest.message.attempt.exhausted', SvixIngest>
  /** Of Svix Ingest: it was delivered after all. */
  readonly 'ingest.message.attempt.recovered': SvixEvent<'ingest.message.attempt.recovered', SvixIngest>
}

/** What payloads share. */
export interface SvixEvent<Name extends string, Data> {
  /** Which event it is: its key in {@link SvixOperationalEvents}. */
  readonly type: Name
  /** What it is about. */
  readonly data: Data
}

/** An endpoint. */
export interface SvixEndpoint {
  /** The application, such as `app_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly appId: string
  /** The id that you gave the application, if you did. */
  readonly appUid?: string | null
  /** Such as `ep_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly endpointId: string
  /** The id that you gave the endpoint, if you did. */
  readonly endpointUid?: string | null
}

/** A disabled endpoint. */
export interface SvixDisabledEndpoint extends SvixEndpoint {
  /** Since when it fails (RFC 3339). */
  readonly failSince?: string | null
  /** `automatic`: for its failures; `manual`: by somebody. */
  readonly trigger?: 'manual' | 'automatic'
}

/** The last attempt to deliver a message. */
export interface SvixAttempt {
  /** Such as `atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly id: string
  /** The HTTP status that the endpoint answered, such as `500`. */
  readonly responseStatusCode: number
  /** When it was made (RFC 3339). */
  readonly timestamp: string
}

/** A message. */
export interface SvixMessage {
  /** The application, such as `app_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly appId: string
  /** The id that you gave the application, if you did. */
  readonly appUid?: string | null
  /** Where it was sent, such as `ep_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly endpointId: string
  /** Such as `msg_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly msgId: string
  /** The id that you gave the message, if you did. */
  readonly msgEventId?: string | null
  /** The attempt that this event tells of. */
  readonly lastAttempt: SvixAttempt
}

/** A task. */
export interface SvixTask {
  /** Such as `qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly taskId: string
  /** What it did, such as `endpoint.replay`. */
  readonly task: string
  /** `finished` or `failed`. */
  readonly status: string
  /** Its result, by task. */
  readonly data: { readonly [field: string]: unknown }
}

/** An endpoint, or a message for it, of Svix Ingest. */
export interface SvixIngest {
  /** The source that messages come from, such as `src_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly sourceId: string
  /** Such as `ep_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly endpointId: string
  /** The id that you gave the endpoint, if you did. */
  readonly endpointUid?: string | null
  /** Of `ingest.endpoint.disabled`: since when it fails (RFC 3339). */
  readonly failSince?: string | null
  /** Of `ingest.endpoint.disabled`: `automatic` for its failures, `manual` by somebody. */
  readonly trigger?: 'manual' | 'automatic'
  /** Of a message: such as `msg_1srOrx2ZWZBpBUvZwXKQmoEYga2`. */
  readonly msgId?: string
  /** Of a message: the source's own id of it, if it has one. */
  readonly msgEventId?: string | null
  /** Of a message: the attempt that this event tells of. */
  readonly lastAttempt?: SvixAttempt
}
