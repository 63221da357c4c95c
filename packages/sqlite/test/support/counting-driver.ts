import { loadDriver, type OpenDatabase } from '../../src/driver.ts'

/** The real driver, how often another one had the lock, and how often it committed. */
export function countingDriver(): {
  readonly open: OpenDatabase
  readonly busy: number
  readonly commits: number
} {
  const real = loadDriver()
  let busy = 0
  let commits = 0
  return {
    open(path) {
      const database = real(path)
      const exec = (sql: string) => {
        try {
          database.exec(sql)
          if (sql === 'COMMIT') commits++
        } catch (error) {
          if (sql === 'BEGIN IMMEDIATE') busy++
          throw error
        }
      }
      return { exec, prepare: (sql) => database.prepare(sql), close: () => database.close() }
    },
    get busy() {
      return busy
    },
    get commits() {
      return commits
    },
  }
}
