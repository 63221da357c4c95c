import type { bitbucketCloudEventNames, bitbucketDataCenterEventNames } from './event-names.ts'

/** A pull request. */
export interface BitbucketPullRequest {
  /** Unique in the repository. */
  readonly id: number
  /** One line. */
  readonly title: string
  /** `OPEN`, `MERGED` or `DECLINED`; in Cloud `SUPERSEDED`, too. */
  readonly state: string
  readonly [field: string]: unknown
}

/** An event of Bitbucket Cloud. */
export interface BitbucketCloudEvent {
  /** Who did it. */
  readonly actor?: {
    /** The name to show, which may change. */
    readonly display_name?: string
    /** In braces, such as `{d301aafa-d676-4ee0-a3f1-8b94c681feaf}`. */
    readonly uuid?: string
    readonly [field: string]: unknown
  }
  /** Where it happened. */
  readonly repository?: {
    /** In braces; it stays when the repository is renamed. */
    readonly uuid: string
    /** Such as `team_name/repo_name`. */
    readonly full_name: string
    readonly [field: string]: unknown
  }
  /** In events of a pull request. */
  readonly pullrequest?: BitbucketPullRequest
  readonly [field: string]: unknown
}

/** An event of Bitbucket Data Center. */
export interface BitbucketDataCenterEvent {
  /** The event's key, such as `pr:opened`. */
  readonly eventKey?: string
  /** When it happened, such as `2017-09-19T09:58:11+1000`: no RFC 3339. */
  readonly date?: string
  /** Who did it. */
  readonly actor?: {
    /** It stays when `name` is changed. */
    readonly id?: number
    /** The name that the user signs in with. */
    readonly name?: string
    readonly [field: string]: unknown
  }
  /** In events of a pull request. */
  readonly pullRequest?: BitbucketPullRequest
  readonly [field: string]: unknown
}

/** The events of Bitbucket, by key. */
export type BitbucketEvents = {
  readonly [Name in (typeof bitbucketCloudEventNames)[number]]: BitbucketCloudEvent
} & {
  readonly [Name in (typeof bitbucketDataCenterEventNames)[number]]: BitbucketDataCenterEvent
}
