/** The webhook events that Discord documents. */
export const discordWebhookEventNames = [
  'APPLICATION_AUTHORIZED',
  'APPLICATION_DEAUTHORIZED',
  'ENTITLEMENT_CREATE',
  'ENTITLEMENT_DELETE',
  'ENTITLEMENT_UPDATE',
  'GAME_DIRECT_MESSAGE_CREATE',
  'GAME_DIRECT_MESSAGE_DELETE',
  'GAME_DIRECT_MESSAGE_UPDATE',
  'LOBBY_MESSAGE_CREATE',
  'LOBBY_MESSAGE_DELETE',
  'LOBBY_MESSAGE_UPDATE',
  'QUEST_USER_ENROLLMENT',
] as const

/** Interactions, by what a user did; their `type` is 2 to 5. */
export const discordInteractionNames = ['command', 'component', 'autocomplete', 'modal'] as const

/** The name of a webhook event. */
export type DiscordWebhookEventName = (typeof discordWebhookEventNames)[number]

/** The name of an interaction. */
export type DiscordInteractionName = (typeof discordInteractionNames)[number]

/** The `type` of each interaction. */
export interface DiscordInteractionTypes {
  /** A slash command, or one of a menu. */
  readonly command: 2
  /** A button or a list. */
  readonly component: 3
  /** A command being typed: answered with choices. */
  readonly autocomplete: 4
  /** A form was sent. */
  readonly modal: 5
}

/** What a user did, to be answered within 3 s. */
export interface DiscordInteraction<Type extends number = number> {
  /** A snowflake. */
  readonly id: string
  /** Your application, a snowflake. */
  readonly application_id: string
  /** 2 to 5: see {@link DiscordInteractionTypes}. */
  readonly type: Type
  /** Good for 15 minutes, to answer or to follow up by the API. */
  readonly token: string
  /** The command and its options, or the component. */
  readonly data?: {
    /** Of a command: its snowflake. */
    readonly id?: string
    /** Of a command: without its slash. */
    readonly name?: string
    /** Of a component or a form: the name that you gave it, at most 100 characters. */
    readonly custom_id?: string
    /** Of a command: what was filled in, each with `name`, `type` and `value`. */
    readonly options?: readonly unknown[]
    readonly [field: string]: unknown
  }
  /** The server that it was done in, a snowflake; absent in a direct message. */
  readonly guild_id?: string
  /** The channel that it was done in, a snowflake. */
  readonly channel_id?: string
  /** Who, in a server. */
  readonly member?: { readonly [field: string]: unknown }
  /** Who, in a direct message. */
  readonly user?: {
    /** A snowflake. */
    readonly id: string
    readonly [field: string]: unknown
  }
  /** The user's language, such as `es-419`. */
  readonly locale?: string
  readonly [field: string]: unknown
}

/** A webhook event. */
export interface DiscordWebhookEvent<Name extends string = string> {
  /** The version of this form. */
  readonly version: 1
  /** Your application, a snowflake. */
  readonly application_id: string
  /** Always 1: an event, where 0 is a PING. */
  readonly type: 1
  /** The event itself. */
  readonly event: {
    /** Which event it is: one of {@link discordWebhookEventNames}. */
    readonly type: Name
    /** When it happened, ISO 8601, without an offset: UTC. */
    readonly timestamp: string
    /** The entitlement, the message, the user… */
    readonly data?: { readonly [field: string]: unknown }
  }
}

/** Discord's events, by name. */
export type DiscordEvents = {
  readonly [Name in DiscordInteractionName]: DiscordInteraction<DiscordInteractionTypes[Name]>
} & { readonly [Name in DiscordWebhookEventName]: DiscordWebhookEvent<Name> }
