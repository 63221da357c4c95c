import type { gitlabEventNames } from './event-names.ts'

/** An event of GitLab. */
export interface GitlabEvent {
  /** The kind of object, such as `push`; absent in the events of members, groups and the system. */
  readonly object_kind?: string
  /** What happened, such as `user_add_to_group`. */
  readonly event_name?: string
  /** A narrower kind, such as `confidential_issue`. */
  readonly event_type?: string
  /** Who did it; a push has `user_id` and `user_username` instead. */
  readonly user?: {
    /** It stays when `username` is changed. */
    readonly id?: number
    /** The name to show, such as `Administrator`. */
    readonly name?: string
    /** Such as `root`. */
    readonly username?: string
    readonly [field: string]: unknown
  }
  /** Where it happened. */
  readonly project?: {
    /** It stays when the project is renamed or moved. */
    readonly id: number
    /** The name to show, such as `Diaspora`. */
    readonly name: string
    /** The project's page. */
    readonly web_url: string
    /** With its group, such as `mike/diaspora`. */
    readonly path_with_namespace: string
    readonly [field: string]: unknown
  }
  /** The object, where it is an issue, a merge request, a comment, a pipeline and so on. */
  readonly object_attributes?: {
    /** Unique in this GitLab. */
    readonly id?: number
    /** Of an issue or a merge request: unique in the project, the `23` of `#23`. */
    readonly iid?: number
    /** Such as `open`, `update`, `close` or `merge`. */
    readonly action?: string
    /** Of an issue or a merge request: such as `opened`, `closed` or `merged`. */
    readonly state?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** The events of GitLab, by name. */
export type GitlabEvents = { readonly [Name in (typeof gitlabEventNames)[number]]: GitlabEvent }
