import type { trelloActionTypes } from './action-types.ts'

/** The type of an action. */
export type TrelloActionType = (typeof trelloActionTypes)[number]

/** An action, and what it was done to. */
export interface TrelloEvent<Type extends string = string> {
  /** What was done. */
  readonly action: {
    /** 24 hexadecimal characters. */
    readonly id: string
    /** Which event it is: one of {@link trelloActionTypes}. */
    readonly type: Type
    /** When, RFC 3339. */
    readonly date: string
    /** Who did it, 24 hexadecimal characters. */
    readonly idMemberCreator: string
    /** What it is about: `board`, `card`, `list`, and `old` with what changed fields held before. */
    readonly data: { readonly [field: string]: unknown }
    /** Who did it, with `fullName` and `username`. */
    readonly memberCreator?: {
      /** As `idMemberCreator`. */
      readonly id: string
      readonly [field: string]: unknown
    }
    readonly [field: string]: unknown
  }
  /** What the webhook watches, as it is now. */
  readonly model: {
    /** The one that the webhook was made with, as `idModel`. */
    readonly id: string
    readonly [field: string]: unknown
  }
  /** The webhook itself, with its count of failures. */
  readonly webhook?: {
    /** By which Trello's API changes or deletes it. */
    readonly id: string
    readonly [field: string]: unknown
  }
}

/** Trello's events, by the action's type. */
export type TrelloEvents = { readonly [Type in TrelloActionType]: TrelloEvent<Type> }
