import type { SlackApiEventName, SlackInteractionName } from './event-names.ts'

/** The events of Slack, by name: of the Events API, slash commands, and interactions. */
export type SlackEvents = {
  readonly [Name in SlackApiEventName]: Name extends 'app_rate_limited'
    ? SlackRateLimited
    : SlackCallback<Name>
} & { readonly [Name in SlackInteractionName]: SlackInteraction<Name> } & {
  /** A slash command. */
  readonly command: SlackCommand
}

/** The payload of an event of the Events API. */
export interface SlackCallback<Name extends string> {
  /** Always this: the event itself is `event`. */
  readonly type: 'event_callback'
  /** The workspace, such as `T061EG9R6`. */
  readonly team_id: string
  /** The app, such as `A0PNCHHK2`. */
  readonly api_app_id: string
  /** The event's id, the same at each attempt. */
  readonly event_id: string
  /** Unix time in seconds. */
  readonly event_time: number
  /** What happened. Its fields are those of its type. */
  readonly event: {
    /** Which event it is, such as `app_mention`. */
    readonly type: Name
    readonly [field: string]: unknown
  }
  /** For whom the app may see it. */
  readonly authorizations?: readonly unknown[]
  readonly [field: string]: unknown
}

/** The payload of `app_rate_limited`: events of a workspace were left out, more than 30 000 an hour. */
export interface SlackRateLimited {
  /** Always this. */
  readonly type: 'app_rate_limited'
  /** The workspace, such as `T061EG9R6`. */
  readonly team_id: string
  /** The app, such as `A0PNCHHK2`. */
  readonly api_app_id: string
  /** Unix time in seconds, of the minute. */
  readonly minute_rate_limited: number
  readonly [field: string]: unknown
}

/** The payload of a slash command. */
export interface SlackCommand {
  /** Such as `/weather`. */
  readonly command: string
  /** What follows it; may be empty. */
  readonly text: string
  /** The workspace, such as `T061EG9R6`. */
  readonly team_id: string
  /** Where it was typed, such as `C2147483705`. */
  readonly channel_id: string
  /** Who typed it, such as `U061F7AUR`. */
  readonly user_id: string
  /** Where to answer, five times in 30 minutes. Signed, but check that it is on `hooks.slack.com` before you post there. */
  readonly response_url: string
  /** To open a view with, for 3 seconds. */
  readonly trigger_id: string
  /** The app, such as `A0PNCHHK2`. */
  readonly api_app_id?: string
  /** Such as `general`; `directmessage` in a direct message. */
  readonly channel_name?: string
  /** Who typed it; Slack phases it out in favour of `user_id`. */
  readonly user_name?: string
  /** The `example` of `example.slack.com`. */
  readonly team_domain?: string
  /** The organization, in Enterprise Grid, such as `E0001`. */
  readonly enterprise_id?: string
  readonly [field: string]: string | readonly string[] | undefined
}

/** The payload of an interaction. */
export interface SlackInteraction<Name extends string> {
  /** Which interaction it is, such as `block_actions`. */
  readonly type: Name
  /** The workspace; `null` where the app is installed in an organization. */
  readonly team?: {
    /** Such as `T061EG9R6`. */
    readonly id: string
    readonly [field: string]: unknown
  } | null
  /** Who did it. */
  readonly user?: {
    /** Such as `U061F7AUR`. */
    readonly id: string
    readonly [field: string]: unknown
  }
  /** The app, such as `A0PNCHHK2`. */
  readonly api_app_id?: string
  /** To open a view with, for 3 seconds. */
  readonly trigger_id?: string
  /** What was pressed or chosen; of `block_actions`. */
  readonly actions?: readonly {
    /** The name that you gave the element. */
    readonly action_id?: string
    readonly [field: string]: unknown
  }[]
  /** The view; of `view_submission` and `view_closed`. */
  readonly view?: {
    /** Such as `VNHU13V36`. */
    readonly id: string
    /** The name that you gave the view. */
    readonly callback_id?: string
    readonly [field: string]: unknown
  }
  /** Which shortcut or dialog. */
  readonly callback_id?: string
  /** Where to answer, five times in 30 minutes. */
  readonly response_url?: string
  readonly [field: string]: unknown
}
