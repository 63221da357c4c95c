import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, Delivery, Inbox, Observation } from '@acuse/core'
import type { ConsumeOptions, EventLog, Handle, Lease } from '@acuse/core/inbox-kit'
import { postgresInbox } from '@acuse/postgres'
import { sqliteInbox } from '@acuse/sqlite'
import { Pool } from 'pg'
import { sharedPostgres } from '../support/postgres.ts'

/** Options that both have. */
interface Options {
  readonly retain?: { readonly bodiesForMs: number }
  readonly retentionMs?: number
  readonly maxDeliveries?: number
  readonly clock?: Clock
}

/** An inbox with an event log. */
export type LoggedInbox = Inbox & EventLog

/** A kind of inbox, and a place for one, where several can be opened. */
export interface Store {
  /** Opens it, with bodies retained for an hour unless the options say otherwise. */
  open(options?: Options): Promise<LoggedInbox>
  /** A place of its own. */
  other(): Store
}

const hourMs = 3_600_000
export const accepting = { minRetentionMs: 1 }

/** Closes what was opened, and removes it. */
export interface Stores {
  readonly sqlite: () => Store
  readonly postgres: () => Store
  /** At the end of a test. */
  close(): Promise<void>
  /** At the end of all. */
  stop(): Promise<void>
}

export async function startStores(): Promise<Stores> {
  const database = await sharedPostgres()
  const opened: LoggedInbox[] = []
  const folders: string[] = []
  const pools: Pool[] = []
  let count = 0
  const kept = async (inbox: LoggedInbox) => {
    opened.push(inbox)
    return inbox
  }
  const sqlite = (): Store => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-event-log-'))
    folders.push(folder)
    const path = join(folder, 'inbox.db')
    return {
      open: async (options = {}) =>
        kept(sqliteInbox(path, { pollMs: 20, retain: { bodiesForMs: hourMs }, ...options })),
      other: sqlite,
    }
  }
  const postgres = (): Store => {
    const schema = `event_log_${process.pid}_${++count}`
    return {
      async open(options = {}) {
        const pool = new Pool({ connectionString: database.url, max: 5 })
        pools.push(pool)
        const common = { schema, pollMs: 20, timeoutMs: 20_000, retain: { bodiesForMs: hourMs } }
        const inbox = postgresInbox(pool, { ...common, ...options })
        await inbox.migrate()
        return kept(inbox)
      },
      other: postgres,
    }
  }
  const close = async () => {
    for (const inbox of opened.splice(0)) await inbox.close({ timeoutMs: 100 })
    for (const pool of pools.splice(0)) await pool.end()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  }
  return { sqlite, postgres, close, stop: () => database.stop() }
}

/** A delivery of this id, received so many seconds after a certain time. */
export function delivery(id: string, seconds = 0, overrides: Partial<Delivery> = {}): Delivery {
  return {
    id,
    endpoint: 'acme',
    provider: 'acme',
    type: 'thing.made',
    bodyHash: `hash of ${id}`,
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: at(seconds),
    headers: {},
    orderingKey: undefined,
    body: Buffer.from(`{"id":"${id}"}`),
    trust: 'signed',
    ...overrides,
  }
}

/** So many seconds after a certain time. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 31, 12) + seconds * 1_000)
}

export const done = { status: 'done', handlers: 1 } as const

/** What was handed out, and with which lease. */
interface Handed {
  readonly id: string
  readonly delivery: Delivery
  readonly lease: Pick<Lease, 'attempt' | 'completed' | 'isReplay'>
}

/** A started consumer, and what it handed out; each is handled unless `handle` says otherwise. */
export function consume(
  inbox: Inbox,
  handle: Handle = async () => done,
  options: Partial<ConsumeOptions> = {},
) {
  const handed: Handed[] = []
  const observations: Observation[] = []
  const consumer = inbox.consume(
    (one, lease) => {
      const { attempt, completed, isReplay } = lease
      handed.push({ id: one.id, delivery: one, lease: { attempt, completed, isReplay } })
      return handle(one, lease)
    },
    {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 1,
      retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 5 },
      observer: (observation) => void observations.push(observation),
      ...options,
    },
  )
  consumer.start()
  return { consumer, handed, observations }
}

/** Accepts them, and has them handled. */
export async function handleAll(inbox: Inbox, deliveries: readonly Delivery[]): Promise<void> {
  for (const one of deliveries) await inbox.accept(one, accepting)
  for (const endpoint of new Set(deliveries.map((one) => one.endpoint))) {
    const { consumer } = consume(inbox, undefined, { endpoint })
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 10_000 })
  }
}

/** All lines of an export. */
export async function linesOf(inbox: EventLog, filter = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const line of inbox.export(filter)) lines.push(line)
  return lines
}
