import { loadDriver, type OpenDatabase } from '../../src/driver.ts'

/** The real driver, and how often another one had the lock. */
export function countingDriver(): { readonly open: OpenDatabase; readonly busy: number } {
  const real = loadDriver()
  let busy = 0
  return {
    open(path) {
      const database = real(path)
      const exec = (sql: string) => {
        try {
          database.exec(sql)
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
  }
}
