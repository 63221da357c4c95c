import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSummary,
  DiscardOptions,
  Inbox,
  InboxStats,
  RedriveOptions,
} from '@acuse/core'
import type {
  DeliveryPage,
  DeliveryQuery,
  EventLog,
  EventLogFilter,
  Replayed,
  ReplayOptions,
  StoredDelivery,
} from '@acuse/core/inbox-kit'
import { CliError, errorCode, messageOf, unreachableError, usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { hushWarnings } from './hush-warnings.ts'
import { type Location, redact, toLocation } from './location.ts'
import { openInbox } from './open-inbox.ts'
import { texts } from './texts.ts'

const pageSize = 1_000
/** SQLSTATE of a table and of a schema that are not there. */
const noTables = new Set(['42P01', '3F000'])

/** The values of the options that say which inbox. */
export type StoreValues = Parameters<typeof toLocation>[1]

/**
 * Opens the inbox, hands it over, and closes it. Nothing consumes from it.
 * @throws CliError when it cannot be opened or reached
 */
export async function withStore<T>(
  context: Context,
  values: StoreValues,
  act: (store: Store) => Promise<T>,
): Promise<T> {
  const location = toLocation(context, values)
  const restore = hushWarnings(context)
  try {
    const { inbox, close } = await openInbox(context, location)
    try {
      return await act(new Store(context, location, inbox))
    } finally {
      await close()
    }
  } finally {
    restore()
  }
}

/** An open inbox. What it throws is told as a failure that the user can do something about. */
export class Store {
  readonly location: Location
  readonly #context: Context
  readonly #inbox: Inbox

  constructor(context: Context, location: Location, inbox: Inbox) {
    this.#context = context
    this.location = location
    this.#inbox = inbox
  }

  stats(): Promise<InboxStats> {
    return this.#reach(() => this.#inbox.stats())
  }

  list(query: DeadLetterQuery): Promise<DeadLetterPage> {
    return this.#reach(() => this.#inbox.deadLetters.list(query))
  }

  get(id: string): Promise<DeadLetter | undefined> {
    return this.#reach(() => this.#inbox.deadLetters.get(id))
  }

  listStored(query: DeliveryQuery): Promise<DeliveryPage> {
    const { deliveries } = this.#inbox
    const { noList, noListRemedy } = texts[this.#context.language]
    if (!deliveries) throw usageError(noList, noListRemedy)
    return this.#reach(() => deliveries.list(query))
  }

  async getStored(id: string): Promise<StoredDelivery | undefined> {
    return this.#reach(async () => this.#inbox.deliveries?.get(id))
  }

  redrive(which: string | DeadLetterFilter, options: RedriveOptions): Promise<number> {
    return this.#reach(() => this.#inbox.deadLetters.redrive(which, options))
  }

  discard(which: string | DeadLetterFilter, options: DiscardOptions): Promise<number> {
    return this.#reach(() => this.#inbox.deadLetters.discard(which, options))
  }

  /** Those that match, a page at a time. */
  async *pages(
    filter: DeadLetterFilter,
    limit: number = pageSize,
  ): AsyncGenerator<readonly DeadLetterSummary[]> {
    let after: string | undefined
    do {
      this.#context.signal.throwIfAborted()
      const page: DeadLetterPage = await this.list({
        ...filter,
        limit,
        ...(after !== undefined && { after }),
      })
      yield page.letters
      after = page.next
    } while (after !== undefined)
  }

  /** How many match. */
  async count(filter: DeadLetterFilter): Promise<number> {
    const { endpoint, provider, type, reason, diedFrom, diedBefore } = filter
    let count = 0
    if (reason === undefined && diedFrom === undefined && diedBefore === undefined) {
      // Counted by the inbox, which lists none for it.
      for (const each of (await this.stats()).types) {
        if (endpoint !== undefined && endpoint !== each.endpoint) continue
        if (provider !== undefined && provider !== each.provider) continue
        if (type === undefined || type === each.type) count += each.dead
      }
      return count
    }
    for await (const letters of this.pages(filter)) count += letters.length
    return count
  }

  replay(filter: EventLogFilter, options: ReplayOptions): Promise<Replayed> {
    const log = this.#log()
    return this.#reach(() => log.replay(filter, options))
  }

  /** The lines of the event log. */
  async *handled(filter: EventLogFilter): AsyncGenerator<string> {
    const lines = this.#log().export(filter)[Symbol.asyncIterator]()
    for (;;) {
      this.#context.signal.throwIfAborted()
      const next = await this.#reach(() => lines.next())
      if (next.done) return
      yield next.value
    }
  }

  /** @throws CliError when the inbox has none */
  #log(): EventLog {
    if (hasLog(this.#inbox)) return this.#inbox
    const { noLog, noLogRemedy } = texts[this.#context.language].replay
    throw usageError(noLog(this.location.kind), noLogRemedy)
  }

  async #reach<T>(call: () => Promise<T>): Promise<T> {
    const { location } = texts[this.#context.language]
    try {
      return await call()
    } catch (error) {
      if (error instanceof CliError) throw error
      if (error instanceof TypeError) throw usageError(location.refused(redact(error.message)))
      const where = `${this.location.kind}:${this.location.shown}`
      if (isWithoutTables(error)) throw unreachableError(location.noTables(where), location.noTablesRemedy)
      throw unreachableError(location.unreachable(where, redact(reasonOf(error))), location.unreachableRemedy)
    }
  }
}

function hasLog(inbox: Inbox): inbox is Inbox & EventLog {
  return 'replay' in inbox && 'export' in inbox
}

function isWithoutTables(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return [error, cause].some((each) => noTables.has(errorCode(each) ?? ''))
}

/** The message, and that of what caused it. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? saidBy(error) : `${saidBy(error)}: ${saidBy(cause)}`
}

/** That none of a host's addresses answers has no message of its own. */
function saidBy(error: unknown): string {
  const isEmpty = error instanceof AggregateError && error.message === ''
  return isEmpty ? error.errors.map(messageOf).join(', ') : messageOf(error)
}
