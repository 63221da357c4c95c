import { statSync } from 'node:fs'
import { resolve } from 'node:path'
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
import { CliError, messageOf, unreachableError, usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { hushWarnings } from './hush-warnings.ts'
import { loadBullmq, loadSqlite } from './load-inbox.ts'
import { type Location, redact, toLocation } from './location.ts'
import { texts } from './texts.ts'

const redisTimeoutMs = 2_000
const closeTimeoutMs = 2_000
const pageSize = 1_000

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
    const inbox = await open(context, location)
    try {
      return await act(new Store(context, location, inbox))
    } finally {
      await inbox.close({ timeoutMs: closeTimeoutMs }).catch(() => undefined)
    }
  } finally {
    restore()
  }
}

async function open(context: Context, location: Location): Promise<Inbox> {
  const { kind, where, options } = location
  if (kind === 'sqlite') {
    const path = resolve(context.cwd, where)
    checkFile(context, path)
    const { sqliteInbox } = await loadSqlite(context)
    return refusing(context, () => sqliteInbox(path, options))
  }
  const { bullmqInbox } = await loadBullmq(context)
  // `accept`: it runs no handlers, and asks for no right of a worker.
  const own = { connection: where, role: 'accept', timeoutMs: redisTimeoutMs } as const
  return refusing(context, () => bullmqInbox({ ...options, ...own }))
}

/** The inbox would make a file where there is none. */
function checkFile({ language }: Context, path: string): void {
  const { location } = texts[language]
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw unreachableError(location.noFile(path), location.noFileRemedy)
  if (stats.isFile() && stats.size === 0) throw usageError(location.emptyFile(path))
}

function refusing({ language }: Context, make: () => Inbox): Inbox {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw usageError(texts[language].location.refused(redact(error.message)))
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

  async #reach<T>(call: () => Promise<T>): Promise<T> {
    const { location } = texts[this.#context.language]
    try {
      return await call()
    } catch (error) {
      if (error instanceof CliError) throw error
      if (error instanceof TypeError) throw usageError(location.refused(redact(error.message)))
      const where = `${this.location.kind}:${this.location.shown}`
      throw unreachableError(location.unreachable(where, redact(reasonOf(error))), location.unreachableRemedy)
    }
  }
}

/** The message, and that of what caused it. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`
}
