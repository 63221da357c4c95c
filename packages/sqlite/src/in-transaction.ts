import type { SqlDatabase } from './sql.ts'

/**
 * Runs the work with the write lock held, or fails at once where another connection has it. Without that, a statement
 * that writes and finds the lock taken stays open in libsql, and so does its snapshot of the file: nothing can be
 * written from it, and no checkpoint gets past it.
 */
export function inTransaction<T>(database: SqlDatabase, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = work()
    database.exec('COMMIT')
    return value
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // SQLite rolled back by itself, as it does after some errors.
  }
}
