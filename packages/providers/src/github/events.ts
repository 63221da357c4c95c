import type { GithubEventName } from './event-names.ts'

/** The events of GitHub, by name. The main ones are typed; the others are what all payloads share. */
export type GithubEvents = {
  readonly [Name in GithubEventName]: Name extends keyof GithubPayloads ? GithubPayloads[Name] : GithubPayload
}

/** The payloads that are typed, by name. */
export interface GithubPayloads {
  /** A webhook was made, or somebody asked for a test. */
  readonly ping: GithubPing
  /** Commits or a tag were pushed. */
  readonly push: GithubPush
  /** Something happened to an issue: `action` says what. */
  readonly issues: GithubIssues
  /** Something happened to a comment of an issue or a pull request. */
  readonly issue_comment: GithubIssueComment
  /** Something happened to a pull request: `action` says what. */
  readonly pull_request: GithubPullRequest
}

/** What payloads share («Common properties for each webhook payload»). */
export interface GithubPayload {
  /** What happened, such as `opened`, for events that have several actions. */
  readonly action?: string
  /** Who did it. */
  readonly sender?: GithubUser
  /** Where. */
  readonly repository?: GithubRepository
  /** The organization, for webhooks of one and for repositories that it owns. */
  readonly organization?: GithubUser
  /** The installation of a GitHub App. */
  readonly installation?: {
    /** Exchanged for a token, to call the API as the installation. */
    readonly id: number
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** A user, an organization or a bot. */
export interface GithubUser {
  /** It stays when `login` is changed. */
  readonly id: number
  /** Such as `octocat`. */
  readonly login: string
  readonly [field: string]: unknown
}

/** A repository. */
export interface GithubRepository {
  /** It stays when the repository is renamed or transferred. */
  readonly id: number
  /** Without its owner, such as `Hello-World`. */
  readonly name: string
  /** Such as `octocat/Hello-World`. */
  readonly full_name: string
  /** `false`: anybody can read it. */
  readonly private: boolean
  readonly [field: string]: unknown
}

/** The payload of `ping`. */
export interface GithubPing extends GithubPayload {
  /** A random sentence. */
  readonly zen: string
  /** The webhook that was pinged. */
  readonly hook_id: number
  /** Its configuration. */
  readonly hook: { readonly [field: string]: unknown }
}

/** The payload of `push`. */
export interface GithubPush extends GithubPayload {
  /** Such as `refs/heads/main` or `refs/tags/v3.14.1`. */
  readonly ref: string
  /** The commit before; forty zeros when the branch is new. */
  readonly before: string
  /** The commit after; forty zeros when the branch was deleted. */
  readonly after: string
  /** At most 2 048. */
  readonly commits: readonly GithubCommit[]
  /** The commit that `after` is or points to; `null` when a branch or a tag was deleted. */
  readonly head_commit: GithubCommit | null
}

/** A commit. */
export interface GithubCommit {
  /** Its SHA, 40 hexadecimal characters. */
  readonly id: string
  /** The whole text, the lines after the first included. */
  readonly message: string
  /** When it was committed, ISO 8601 with the offset of the committer. */
  readonly timestamp: string
  /** Its page on GitHub. */
  readonly url: string
  readonly [field: string]: unknown
}

/** The payload of `issues`. */
export interface GithubIssues extends GithubPayload {
  /** Such as `opened`, `closed`, `labeled` or `assigned`. */
  readonly action: string
  /** The issue after it. */
  readonly issue: GithubIssue
}

/** An issue or a pull request. */
export interface GithubIssue {
  /** Unique in all of GitHub. */
  readonly id: number
  /** Unique in the repository: the `1347` of `#1347`. */
  readonly number: number
  /** One line. */
  readonly title: string
  /** `open` or `closed`. */
  readonly state?: string
  readonly [field: string]: unknown
}

/** The payload of `issue_comment`. */
export interface GithubIssueComment extends GithubPayload {
  /** `created`, `edited` or `deleted`, among others. */
  readonly action: string
  /** What was commented on; a pull request has the field `pull_request`. */
  readonly issue: GithubIssue
  /** The comment. */
  readonly comment: {
    /** Unique in all of GitHub. */
    readonly id: number
    /** Its text, in Markdown. */
    readonly body: string
    readonly [field: string]: unknown
  }
}

/** The payload of `pull_request`. */
export interface GithubPullRequest extends GithubPayload {
  /** Such as `opened`, `synchronize` (commits were pushed) or `closed`: then `pull_request.merged` says whether it was merged. */
  readonly action: string
  /** Unique in the repository: the `1347` of `#1347`. */
  readonly number: number
  /** The pull request after it. */
  readonly pull_request: GithubIssue
}
