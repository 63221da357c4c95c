import type { Delivery, Observation } from '@acuse/core'
import type { ConsumeOptions, Handle } from '@acuse/core/inbox-kit'
import { type PostgresInbox, type PostgresInboxOptions, postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
import { onTestFinished } from 'vitest'

export const accepting = { minRetentionMs: 60_000 }

/** A delivery of this id. */
export function delivery(id: string, overrides: Partial<Delivery> = {}): Delivery {
  return {
    id,
    endpoint: 'acme',
    provider: 'acme',
    type: 'thing.made',
    bodyHash: `hash of ${id}`,
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(),
    headers: {},
    orderingKey: undefined,
    body: Buffer.from(`{"id":"${id}"}`),
    ...overrides,
  }
}

export function openPool(url: string, max = 10): Pool {
  const pool = new Pool({ connectionString: url, max })
  onTestFinished(() => pool.end())
  return pool
}

/** An inbox with its tables, closed at the end of the test. */
export async function open(pool: Pool, options: PostgresInboxOptions = {}): Promise<PostgresInbox> {
  const inbox = openUnmigrated(pool, options)
  await inbox.migrate()
  return inbox
}

export function openUnmigrated(pool: Pool, options: PostgresInboxOptions = {}): PostgresInbox {
  const inbox = postgresInbox(pool, { pollMs: 20, timeoutMs: 20_000, ...options })
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

/** A started consumer, and what its observer was told. */
export function consume(inbox: PostgresInbox, handle: Handle, options: Partial<ConsumeOptions> = {}) {
  const observations: Observation[] = []
  const consumer = inbox.consume(handle, {
    endpoint: 'acme',
    handles: () => ({ except: [] }),
    concurrency: 8,
    retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 5 },
    observer: (observation) => void observations.push(observation),
    ...options,
  })
  consumer.start()
  return { consumer, observations }
}

/** Waits until it is so, for 60 s at most. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Accepts it, or knows that it was accepted; `false`: not now. */
export async function isAccepted(inbox: PostgresInbox, id: string): Promise<boolean> {
  try {
    return ['accepted', 'duplicate'].includes(await inbox.accept(delivery(id), accepting))
  } catch {
    return false
  }
}
