import { setTimeout as sleep } from 'node:timers/promises'
import { readThrown } from '@acuse/core/inbox-kit'
import type { SqliteConnection } from './sqlite-connection.ts'

const longestMs = 5_000
const betweenMs = 10

/**
 * Does something in a transaction of its own, never in one of the caller that is open on the same connection: what that
 * enqueued is not committed, and must not be delivered. Waits for its end, and for other connections that write.
 */
export async function apart<T>(connection: SqliteConnection, work: () => T): Promise<T> {
  for (const until = performance.now() + longestMs; ; await sleep(betweenMs)) {
    try {
      // Throws within a transaction, whoever began it and however.
      connection.exec('BEGIN IMMEDIATE')
    } catch (error) {
      if (isTaken(error) && performance.now() < until) continue
      throw error
    }
    return commit(connection, work)
  }
}

function commit<T>(connection: SqliteConnection, work: () => T): T {
  try {
    const value = work()
    connection.exec('COMMIT')
    return value
  } catch (error) {
    rollBack(connection)
    throw error
  }
}

function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec('ROLLBACK')
  } catch {
    // SQLite rolled back by itself, as it does after some errors.
  }
}

function isTaken(error: unknown): boolean {
  return /within a transaction|locked|busy/i.test(String(readThrown(error, 'message')))
}
