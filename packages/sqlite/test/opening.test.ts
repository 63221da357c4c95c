import { renameSync, rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../src/connection.ts'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { letGo } from '../src/recovery.ts'
import { withBackup } from './support/backup.ts'
import { accepting } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
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

/** The real driver, to a file over which another one is moved as soon as it is open, or when it is written. */
const replacing =
  (moment: string): OpenDatabase =>
  (path) => {
    const database = loadDriver()(path)
    const replace = () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
      renameSync(`${path}.backup`, path)
    }
    if (moment === 'opened') replace()
    return {
      ...database,
      exec(sql) {
        if (sql.startsWith('BEGIN') && moment === 'written') replace()
        database.exec(sql)
      },
    }
  }

describe('an opening while which another file is moved over the path', () => {
  it.each(['opened', 'written'])('is refused (%s), and the other file is as it was', async (moment) => {
    const path = tempFile()
    await withBackup(path)
    expect(() => openConnection(replacing(moment), path, options)).toThrow()
    await letGo()
    const inbox = sqliteInbox(path)
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
    expect(await inbox.accept(delivery('of-the-backup'), accepting)).toBe('duplicate')
  })
})

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
