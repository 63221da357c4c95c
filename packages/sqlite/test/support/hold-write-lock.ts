import { loadDriver } from '../../src/driver.ts'

/** Takes the lock of writers on a file, as another program may; the returned function lets go of it. */
export function holdWriteLock(path: string): () => void {
  const database = loadDriver()(path)
  database.exec('PRAGMA busy_timeout = 10000')
  database.exec('BEGIN IMMEDIATE')
  return () => {
    database.exec('ROLLBACK')
    database.close()
  }
}
