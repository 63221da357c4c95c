import { rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../src/connection.ts'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { letGo } from '../src/recovery.ts'
import { tempFile } from './support/temp-file.ts'

const options = { isBusyAllowed: false, isChecked: false }

/** The real driver, to a file whose index is taken away while it is opened. */
const losing: OpenDatabase = (path) => {
  const database = loadDriver()(path)
  return {
    ...database,
    prepare(sql) {
      if (sql.includes('FROM checkpoints')) rmSync(`${path}-shm`)
      return database.prepare(sql)
    },
  }
}

describe('an opening that fails because the index is taken away meanwhile', () => {
  it('leaves nothing that keeps the next one from the file', async () => {
    const path = tempFile()
    expect(() => openConnection(losing, path, options)).toThrow(/ENOENT.*-shm/)
    await letGo()
    const connection = openConnection(loadDriver(), path, options)
    onTestFinished(() => connection.close())
    connection.guard.check()
  })
})
