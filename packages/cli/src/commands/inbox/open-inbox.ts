import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Inbox } from '@acuse/core'
import { unreachableError, usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { loadBullmq, loadPostgres, loadSqlite } from './load-inbox.ts'
import { type Location, redact } from './location.ts'
import { texts } from './texts.ts'

const redisTimeoutMs = 2_000
/** To count a million rows takes longer than to accept one. */
const postgresTimeoutMs = 10_000
const postgresConnections = 4
const closeTimeoutMs = 2_000

/** An inbox, and how to close it with what it was opened through. */
export interface Opened {
  readonly inbox: Inbox
  /** Never rejects. */
  close(): Promise<void>
}

/**
 * Opens the inbox. Nothing consumes from it, and no tables are made.
 * @throws CliError when it cannot be opened
 */
export async function openInbox(context: Context, location: Location): Promise<Opened> {
  const { kind, where, options } = location
  if (kind === 'postgres') return openPostgres(context, location)
  if (kind === 'sqlite') {
    const path = resolve(context.cwd, where)
    checkFile(context, path)
    const { sqliteInbox } = await loadSqlite(context)
    return closing(refusing(context, () => sqliteInbox(path, options)))
  }
  const { bullmqInbox } = await loadBullmq(context)
  // `accept`: it runs no handlers, and asks for no right of a worker.
  const own = { connection: where, role: 'accept', timeoutMs: redisTimeoutMs } as const
  return closing(refusing(context, () => bullmqInbox({ ...options, ...own })))
}

async function openPostgres(context: Context, { where, options }: Location): Promise<Opened> {
  const { postgresInbox, Pool } = await loadPostgres(context)
  const pool = new Pool({
    connectionString: where,
    max: postgresConnections,
    connectionTimeoutMillis: postgresTimeoutMs,
    allowExitOnIdle: true,
    application_name: 'acuse',
  })
  const own = { timeoutMs: postgresTimeoutMs, listen: false }
  const inbox = refusing(context, () => postgresInbox(pool, { ...options, ...own }))
  return closing(inbox, () => pool.end())
}

function closing(inbox: Inbox, end: () => Promise<void> = async () => undefined): Opened {
  return {
    inbox,
    async close() {
      await inbox.close({ timeoutMs: closeTimeoutMs }).catch(() => undefined)
      const timer = new AbortController()
      // A server that went silent does not say goodbye.
      const late = sleep(closeTimeoutMs, undefined, { signal: timer.signal })
      await Promise.race([end(), late]).catch(() => undefined)
      timer.abort()
      await late.catch(() => undefined)
    },
  }
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
