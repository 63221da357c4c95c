import type { JsonObject } from '@acuse/core'
import { checkDeadLetterFilter, checkDeadLetterQuery, knownOptions, wholeNumber } from '@acuse/core/inbox-kit'
import type { LetterPlace, LetterSelection, OutboxFailure, OutboxStore, StoredLetter } from './store.ts'

/** A dead letter as lists show it. */
export interface OutboxDeadLetterSummary {
  /** The message's id, as `enqueue` answered it. */
  readonly id: string
  /** The event's name. */
  readonly type: string
  /** How many attempts were made. */
  readonly attempts: number
  /** The HTTP status of the last answer; `undefined`: there was none. */
  readonly status: number | undefined
  /** The first 1 000 characters of the last answer; `timeout` or `network` where there was none. */
  readonly message: string
  /** When it was enqueued. */
  readonly enqueuedAt: Date
  /** When it died. */
  readonly diedAt: Date
}

/** A message whose attempts are used up. */
export interface OutboxDeadLetter extends OutboxDeadLetterSummary {
  /** What was to be sent. */
  readonly payload: JsonObject
  /** The failures of its last ten attempts, oldest first. */
  readonly failures: readonly OutboxFailure[]
}

/**
 * Which dead letters; absent fields match all. `resend` and `discard` take no filter that is empty, and no field
 * that is `undefined`: they do to all only what `all: true` says.
 */
export interface OutboxDeadLetterFilter {
  /** All dead letters; stands alone. */
  readonly all?: true
  /** The event's name. */
  readonly type?: string
  /** Only those that died at this time or later. */
  readonly diedFrom?: Date
  /** Only those that died before this time. */
  readonly diedBefore?: Date
}

/** One page of a list. */
export interface OutboxDeadLetterQuery extends OutboxDeadLetterFilter {
  /** The most to list, 1 to 1 000. Default 100. */
  readonly limit?: number
  /** Goes on behind an earlier page: its `next`. */
  readonly after?: string
}

/** Dead letters, oldest first. */
export interface OutboxDeadLetterPage {
  /** The letters. */
  readonly letters: readonly OutboxDeadLetterSummary[]
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: string | undefined
}

/** The dead letters of an outbox. */
export interface OutboxDeadLetters {
  /**
   * A page of them.
   * @throws TypeError when a field is unknown or of another kind
   */
  list(query?: OutboxDeadLetterQuery): Promise<OutboxDeadLetterPage>
  /** One with its payload and failures, by its id. */
  get(id: string): Promise<OutboxDeadLetter | undefined>
  /**
   * Puts one (by its id) or all that match back, due at once, their attempts counted anew. They keep their signed ids: a
   * receiver that has one already knows it. How many.
   * @throws TypeError when the filter is empty, or has a field that is unknown or `undefined`
   */
  resend(which: string | OutboxDeadLetterFilter): Promise<number>
  /**
   * Forgets one (by its id) or all that match. How many.
   * @throws TypeError when the filter is empty, or has a field that is unknown or `undefined`
   */
  discard(which: string | OutboxDeadLetterFilter): Promise<number>
}

type LetterStore = Pick<OutboxStore<never, unknown>, 'letters' | 'resend' | 'discard'>

const fields = ['all', 'type', 'diedFrom', 'diedBefore']

/** The dead letters of one outbox in a store. `onResent` is told that some are due. */
export function toDeadLetters(
  store: LetterStore,
  {
    name,
    now,
    onResent,
  }: { readonly name: string; readonly now: () => number; readonly onResent: () => void },
): OutboxDeadLetters {
  return {
    async list(query = {}) {
      knownOptions('deadLetters.list', query, [...fields, 'limit', 'after'])
      const { limit = 100, after, ...filter } = query
      checkDeadLetterQuery('deadLetters.list', filter)
      wholeNumber('limit', limit, 1, 1_000)
      const found = await store.letters(
        name,
        filter,
        limit + 1,
        after === undefined ? undefined : fromNext(after),
      )
      const letters = found.slice(0, limit)
      const last = letters.at(-1)
      return {
        letters: letters.map(toSummary),
        next: found.length > limit && last ? toNext(last) : undefined,
      }
    },
    async get(id) {
      const [letter] = await store.letters(name, { id: checkId('deadLetters.get', id) }, 1)
      if (!letter) return undefined
      // It was an object when it was enqueued.
      return {
        ...toSummary(letter),
        payload: JSON.parse(letter.payload) as JsonObject,
        failures: letter.failures,
      }
    },
    async resend(which) {
      const count = await store.resend(name, toSelection('deadLetters.resend', which), now())
      if (count > 0) onResent()
      return count
    },
    async discard(which) {
      return store.discard(name, toSelection('deadLetters.discard', which))
    },
  }
}

function toSelection(where: string, which: string | OutboxDeadLetterFilter): LetterSelection {
  if (typeof which === 'string') return { id: checkId(where, which) }
  knownOptions(where, which, fields)
  const { type, diedFrom, diedBefore } = checkDeadLetterFilter(where, which)
  return { type, diedFrom, diedBefore }
}

function checkId(where: string, id: unknown): string {
  if (typeof id === 'string' && id !== '') return id
  throw new TypeError(`${where} takes the id of a message, or a filter`)
}

function toSummary({
  id,
  type,
  attempts,
  failures,
  enqueuedAt,
  diedAt,
}: StoredLetter): OutboxDeadLetterSummary {
  const { status, message = '' } = failures.at(-1) ?? {}
  return { id, type, attempts, status, message, enqueuedAt: new Date(enqueuedAt), diedAt: new Date(diedAt) }
}

function toNext({ diedAt, seq }: LetterPlace): string {
  return `${diedAt}.${seq}`
}

function fromNext(after: string): LetterPlace {
  const [, diedAt, seq] = /^(\d{1,16})\.(\d{1,16})$/.exec(after) ?? []
  if (diedAt === undefined) throw new TypeError("after must be the 'next' of an earlier page")
  return { diedAt: Number(diedAt), seq: Number(seq) }
}
