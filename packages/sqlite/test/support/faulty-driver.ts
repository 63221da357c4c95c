import { loadDriver, type OpenDatabase } from '../../src/driver.ts'
import type { SqlDatabase } from '../../src/sql.ts'

/** The real driver, whose disk fails on request. */
export interface FaultyDriver {
  readonly open: OpenDatabase
  /** Fails commits with this code of SQLite, after they were applied or before. */
  fail(code: number, when: 'before' | 'after'): void
  /** Opening fails too. */
  failOpening(): void
  mend(): void
  readonly opened: number
  readonly failures: number
}

export function faultyDriver(): FaultyDriver {
  const real = loadDriver()
  let fault: { readonly code: number; readonly when: 'before' | 'after' } | undefined
  let isOpeningBroken = false
  let opened = 0
  let failures = 0

  function exec(database: SqlDatabase, sql: string): void {
    const isFailing = sql === 'COMMIT' && fault !== undefined
    if (!isFailing || fault?.when === 'after') database.exec(sql)
    if (!isFailing) return
    failures++
    throw Object.assign(new Error('disk I/O error'), { errcode: fault?.code })
  }

  return {
    open(path) {
      if (isOpeningBroken) throw Object.assign(new Error('unable to open database file'), { errcode: 14 })
      opened++
      const database = real(path)
      return {
        exec: (sql) => exec(database, sql),
        prepare: (sql) => database.prepare(sql),
        close: () => database.close(),
      }
    },
    fail(code, when) {
      fault = { code, when }
    },
    failOpening() {
      isOpeningBroken = true
    },
    mend() {
      fault = undefined
      isOpeningBroken = false
    },
    get opened() {
      return opened
    },
    get failures() {
      return failures
    },
  }
}
