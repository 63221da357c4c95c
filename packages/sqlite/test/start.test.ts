import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { accepting } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { startProcess } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'

/** A file of ours, written and closed by a process that has ended, with nothing left in its WAL. */
async function made(path: string): Promise<void> {
  const inbox = sqliteInbox(path)
  const all = Array.from({ length: 200 }, (_, at) => inbox.accept(delivery(`d${at}`), accepting))
  await Promise.all(all)
  await inbox.close()
  const child = startProcess(path, 'one', 'last')
  await child.ended
  const again = startProcess(path, 'one', 'last')
  await again.ended
  expect(again.lines()).toEqual(['duplicate last'])
  rmSync(`${path}-wal`, { force: true })
  rmSync(`${path}-shm`, { force: true })
}

function overwrite(path: string, position: number, length: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(length, 0xab), 0, length, position)
  closeSync(file)
}

function withSql(path: string, sql: string): void {
  const database = loadDriver()(path)
  database.exec(sql)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close(true)
}

function rootOf(path: string, name: string): number {
  const database = loadDriver()(path)
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.['rootpage']
  database.close(true)
  return Number(root)
}

/** Root is stopped by a read-only mount alone. */
function forbidWriting(path: string): void {
  chmodSync(path, 0o400)
  if (!isRoot) return
  execFileSync('mount', ['--bind', path, path], { stdio: 'ignore' })
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  execFileSync('mount', ['-o', 'remount,bind,ro', path], { stdio: 'ignore' })
}

const isRoot = process.getuid?.() === 0
const canForbid = !isRoot || canMount()

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-bind-'))
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 50))

describe('a file that is not to be used', () => {
  it.each<readonly [string, RegExp, (path: string) => Promise<void> | void]>([
    [
      'a text',
      /not a database of SQLite.*name another/,
      (path) => writeFileSync(path, 'hello\n'.repeat(1_000)),
    ],
    ['another program’s tables', /another program/, (path) => withSql(path, 'CREATE TABLE users (a)')],
    [
      'another program’s tables in WAL mode',
      /another program/,
      (path) => withSql(path, 'PRAGMA journal_mode = WAL; CREATE TABLE users (a)'),
    ],
    [
      'another program’s marks',
      /another program/,
      (path) => withSql(path, 'PRAGMA application_id = 123; PRAGMA user_version = 7'),
    ],
    [
      'a newer version',
      /install a newer one/,
      async (path) => {
        await made(path)
        withSql(path, 'PRAGMA user_version = 99')
      },
    ],
    [
      'half of its pages',
      /is truncated.*Restore a backup/,
      async (path) => {
        await made(path)
        truncateSync(path, Math.floor(statSync(path).size / 8_192) * 4_096)
      },
    ],
    [
      'an overwritten beginning',
      /not a database of SQLite.*restore a backup/,
      async (path) => {
        await made(path)
        overwrite(path, 0, 100)
      },
    ],
    [
      'a damaged index',
      /is damaged.*restore a backup/,
      async (path) => {
        await made(path)
        const root = rootOf(path, 'deliveries_waiting')
        await turns()
        overwrite(path, (root - 1) * 4_096, 4_096)
      },
    ],
    [
      'an index that was dropped',
      /is damaged \(it has no deliveries_waiting\).*restore a backup/,
      async (path) => {
        await made(path)
        withSql(path, 'DROP INDEX deliveries_waiting')
      },
    ],
  ])('is refused with %s, says what to do, and stays as it was byte for byte', async (_, message, make) => {
    const path = tempFile()
    await make(path)
    await turns()
    const before = readFileSync(path)
    expect(() => sqliteInbox(path)).toThrow(TypeError)
    expect(() => sqliteInbox(path)).toThrow(message)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('is refused when it is a folder', () => {
    const path = tempFile()
    mkdirSync(path)
    expect(() => sqliteInbox(path)).toThrow(/It is a folder: name a file in it/)
  })

  it('is refused when only its WAL is there, which SQLite would drop', async () => {
    const path = tempFile()
    writeFileSync(`${path}-wal`, 'the past')
    expect(() => sqliteInbox(path)).toThrow(/'.*-wal' is there and the file is not.*remove the WAL/)
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, '')
    expect(() => sqliteInbox(path)).toThrow(/It is empty, and its WAL has 8 bytes.*Restore a backup/)
    expect(readFileSync(`${path}-wal`, 'utf8')).toBe('the past')
  })

  it.runIf(canForbid)(
    'is refused when it may not be written (root: where root may mount, for it may write all else)',
    async () => {
      const path = tempFile()
      await made(path)
      forbidWriting(path)
      expect(() => sqliteInbox(path)).toThrow(/may not read and write it/)
    },
  )
})

describe('the location of an inbox', () => {
  it('is the same for every way to its file', () => {
    const path = tempFile()
    symlinkSync(path, `${path}.link`)
    const inboxes = [sqliteInbox(path), sqliteInbox(`${path}.link`)]
    onTestFinished(async () => {
      for (const inbox of inboxes) await inbox.close()
    })
    expect(inboxes.map(({ location }) => location)).toEqual([realpathSync(path), realpathSync(path)])
  })
})
