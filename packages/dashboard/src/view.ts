import type { Clock } from '@acuse/core'
import { timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { Counters } from './counters.ts'
import type { Format } from './format.ts'
import type { Markup } from './html.ts'
import type { NamedInbox } from './inboxes.ts'
import type { Jobs } from './jobs.ts'
import type { DashboardReceiver } from './options.ts'
import type { Recent } from './recent.ts'
import type { Refusals } from './refusals.ts'
import type { Language, Texts } from './texts/index.ts'

/** What the dashboard shows, and what it remembers itself. */
export interface Board {
  readonly basePath: string
  readonly clock: Clock
  readonly inboxTimeoutMs: number
  readonly counters: Counters
  readonly recent: Recent
  readonly refusals: Refusals
  readonly jobs: Jobs
  inboxes(): readonly NamedInbox[]
  receivers(): readonly DashboardReceiver[]
}

/** One request of somebody who may look. */
export interface View {
  readonly board: Board
  readonly path: string
  readonly query: URLSearchParams
  readonly user: string
  readonly mayWrite: boolean
  /** What the forms of this page bear. */
  readonly token: string
  readonly lang: Language
  /** Whether the reader may switch. */
  readonly isLangFixed: boolean
  readonly texts: Texts
  readonly format: Format
  readonly now: number
}

/** The places that the navigation names. */
export type Place = 'overview' | 'deliveries' | 'dead' | 'search' | 'live' | 'refused'

/** A page, without what stands around it. */
export interface Page {
  readonly title: string
  readonly body: Markup
  /** Default 200. */
  readonly status?: number
  readonly place?: Place
}

/** A parameter of an address; `undefined` and empty ones are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>

/** An address of the dashboard. Whatever its parameters are, it stays within. */
export function href({ board }: Pick<View, 'board'>, path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value)
  const text = query.toString()
  return `${board.basePath}${path}${text && '?'}${text}` || '/'
}

/** The inbox that the address names, or the first. */
export function inboxOf({ board, query }: Pick<View, 'board' | 'query'>): NamedInbox | undefined {
  const name = query.get('inbox')
  const inboxes = board.inboxes()
  return name ? inboxes.find((each) => each.name === name) : inboxes[0]
}

/**
 * What an inbox answers, in time.
 * @throws Error when it does not
 */
export async function inTime<T>({ clock, inboxTimeoutMs }: Board, answer: PromiseLike<T>): Promise<T> {
  const value = await withDeadline(answer, inboxTimeoutMs, clock)
  if (value === timedOut) throw new Error(`The inbox did not answer within ${inboxTimeoutMs} ms`)
  return value
}
