/** The 28 events that ClickUp documents, by name. */
export type ClickupEvents = {
  readonly [Name in ClickupEventName]: Name extends `task${string}`
    ? ClickupTaskEvent<Name>
    : Name extends `list${string}`
      ? ClickupListEvent<Name>
      : Name extends `folder${string}`
        ? ClickupFolderEvent<Name>
        : Name extends `space${string}`
          ? ClickupSpaceEvent<Name>
          : Name extends `goal${string}`
            ? ClickupGoalEvent<Name>
            : ClickupKeyResultEvent<Name>
}

/** A name of {@link clickupEventNames}. */
export type ClickupEventName = (typeof clickupEventNames)[number]

/** The events that ClickUp documents. */
export const clickupEventNames = [
  'taskCreated',
  'taskUpdated',
  'taskDeleted',
  'taskPriorityUpdated',
  'taskStatusUpdated',
  'taskAssigneeUpdated',
  'taskDueDateUpdated',
  'taskTagUpdated',
  'taskMoved',
  'taskCommentPosted',
  'taskCommentUpdated',
  'taskTimeEstimateUpdated',
  'taskTimeTrackedUpdated',
  'listCreated',
  'listUpdated',
  'listDeleted',
  'folderCreated',
  'folderUpdated',
  'folderDeleted',
  'spaceCreated',
  'spaceUpdated',
  'spaceDeleted',
  'goalCreated',
  'goalUpdated',
  'goalDeleted',
  'keyResultCreated',
  'keyResultUpdated',
  'keyResultDeleted',
] as const

/** What payloads share. */
export interface ClickupEvent<Name extends string> {
  /** Which event it is: one of {@link clickupEventNames}. */
  readonly event: Name
  /** The webhook that it was sent for. */
  readonly webhook_id: string
  /** What changed; absent where ClickUp tells ids alone. */
  readonly history_items?: readonly ClickupHistoryItem[]
}

/** One change. */
export interface ClickupHistoryItem {
  /** The change's id. `taskCreated` and the `taskStatusUpdated` beside it may share one. */
  readonly id: string
  /** Unix time in milliseconds, as text. */
  readonly date: string
  /** The field that changed, such as `status`. */
  readonly field: string
  /** Who changed it. */
  readonly user?: {
    /** Such as `183`. */
    readonly id: number
    readonly [field: string]: unknown
  } | null
  /** What the field held: a text, an object or `null`, by field. */
  readonly before?: unknown
  /** What it holds now. */
  readonly after?: unknown
  readonly [field: string]: unknown
}

/** The payload of an event of a task. */
export interface ClickupTaskEvent<Name extends string> extends ClickupEvent<Name> {
  /** Such as `1vj37mc`. */
  readonly task_id: string
}

/** The payload of an event of a list. */
export interface ClickupListEvent<Name extends string> extends ClickupEvent<Name> {
  /** Digits, such as `162641234`. */
  readonly list_id: string
}

/** The payload of an event of a folder. */
export interface ClickupFolderEvent<Name extends string> extends ClickupEvent<Name> {
  /** Digits, such as `96771950`. */
  readonly folder_id: string
}

/** The payload of an event of a space. */
export interface ClickupSpaceEvent<Name extends string> extends ClickupEvent<Name> {
  /** Digits, such as `54650507`. */
  readonly space_id: string
}

/** The payload of an event of a goal. */
export interface ClickupGoalEvent<Name extends string> extends ClickupEvent<Name> {
  /** A UUID. */
  readonly goal_id: string
}

/** The payload of an event of a key result. */
export interface ClickupKeyResultEvent<Name extends string> extends ClickupGoalEvent<Name> {
  /** A UUID. */
  readonly key_result_id: string
}
