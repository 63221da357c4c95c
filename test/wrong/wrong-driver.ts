import type { Inbox } from '@acuse/core'
import type { SqliteInboxOptions } from '@acuse/sqlite'
import { loadDriver, type OpenDatabase } from '../../packages/sqlite/src/driver.ts'
import { SqliteInbox } from '../../packages/sqlite/src/inbox.ts'
import { toSettings } from '../../packages/sqlite/src/options.ts'
import type { SqlDatabase, SqlStatement } from '../../packages/sqlite/src/sql.ts'
import { prepareStatements } from '../../packages/sqlite/src/statements.ts'

const real = loadDriver()

/** Parts of the statements that SQLite is to see, and what it sees in their place. */
type Rewrites = readonly (readonly [right: string, wrong: string])[]

/** Opens the real inbox over a driver that is not. */
export function openWith(open: OpenDatabase) {
  return (path: string, options: SqliteInboxOptions): Inbox =>
    new SqliteInbox(path, toSettings(options), open)
}

/** The text of every statement. */
const statements: string[] = []
prepareStatements({
  exec: () => {},
  prepare(sql) {
    statements.push(sql)
    // Nothing runs.
    return {} as SqlStatement
  },
  close: () => {},
})

/**
 * The real driver, with these parts of statements rewritten.
 * @throws Error when no statement has one of them: nothing would be wrong
 */
export function rewriting(rewrites: Rewrites): OpenDatabase {
  for (const [right] of rewrites)
    if (!statements.some((sql) => sql.includes(right)))
      throw new Error(`No statement of SQLite has: ${right}`)
  return (path) => {
    const database = real(path)
    const rewrite = (sql: string) =>
      rewrites.reduce((text, [right, wrong]) => text.replace(right, wrong), sql)
    return {
      exec: (sql) => database.exec(sql),
      prepare: (sql) => database.prepare(rewrite(sql)),
      close: (atOnce) => database.close(atOnce),
    }
  }
}

/** They hold the lock of their file, and give it to whoever wants to write: a busy machine's turn is long. */
const commits = new Set<() => void>()

/** The real driver, which says that it committed what it accepted a turn before it does. */
export function committingLate(path: string): SqlDatabase {
  commitAll()
  const database = real(path)
  let isAccepting = false
  let pending: NodeJS.Immediate | undefined
  function commit(): void {
    if (pending === undefined) return
    clearImmediate(pending)
    pending = undefined
    commits.delete(commit)
    database.exec('COMMIT')
  }
  return {
    exec(sql) {
      commitAll()
      if (sql !== 'COMMIT' || !isAccepting) return database.exec(sql)
      isAccepting = false
      pending = setImmediate(commit)
      commits.add(commit)
    },
    prepare(sql) {
      const statement = database.prepare(sql)
      const isAccept = sql.startsWith('INSERT INTO deliveries')
      return {
        run(...values) {
          // The beginning of a read.
          if (sql === 'BEGIN') commit()
          isAccepting ||= isAccept
          return statement.run(...values)
        },
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
      }
    },
    close(atOnce) {
      commit()
      database.close(atOnce)
    },
  }
}

function commitAll(): void {
  for (const commit of commits) commit()
}
