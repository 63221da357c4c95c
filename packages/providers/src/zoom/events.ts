import { zoomAccountEventNames } from './event-names/accounts.ts'
import { zoomMeetingEventNames } from './event-names/meetings.ts'
import { zoomPhoneEventNames } from './event-names/phone.ts'
import { zoomTeamChatEventNames } from './event-names/team-chat.ts'
import { zoomVideoSdkEventNames } from './event-names/video-sdk.ts'

/** The name of an event. */
export type ZoomEventName =
  | (typeof zoomMeetingEventNames)[number]
  | (typeof zoomPhoneEventNames)[number]
  | (typeof zoomTeamChatEventNames)[number]
  | (typeof zoomAccountEventNames)[number]
  | (typeof zoomVideoSdkEventNames)[number]

/** The events of Zoom's API and Video SDK. */
export const zoomEventNames: readonly ZoomEventName[] = [
  ...zoomMeetingEventNames,
  ...zoomPhoneEventNames,
  ...zoomTeamChatEventNames,
  ...zoomAccountEventNames,
  ...zoomVideoSdkEventNames,
]

/** An event. */
export interface ZoomEvent<Name extends string = string> {
  /** Its name. */
  readonly event: Name
  /** When it happened, in Unix milliseconds. */
  readonly event_ts?: number
  /** What it is about. */
  readonly payload: {
    /** The account that it happened in. */
    readonly account_id?: string
    /** Who did it. */
    readonly operator?: string
    /** The meeting, recording, user… as it is now. */
    readonly object?: {
      /** Of a meeting: its number, which each of a series shares. */
      readonly id?: string | number
      /** Of a meeting: this one of a series, base64. */
      readonly uuid?: string
      readonly [field: string]: unknown
    }
    /** Of an update: what the changed fields held before. */
    readonly old_object?: { readonly [field: string]: unknown }
    readonly [field: string]: unknown
  }
  /** Of recordings: a bearer token for their download, good for 24 hours. */
  readonly download_token?: string
}

/** Zoom's events, by name. */
export type ZoomEvents = { readonly [Name in ZoomEventName]: ZoomEvent<Name> }
