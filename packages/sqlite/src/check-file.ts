import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isOpenHere } from './open-files.ts'
import { checkOurs, objectNames } from './schema.ts'
import type { SqlDatabase } from './sql.ts'

const headerBytes = 100
const magic = 'SQLite format 3\0'
const quickCheckBytes = 64 * 2 ** 20

/**
 * Refuses a file that is none of ours before SQLite touches it, so that it stays as it is byte for byte.
 * @throws TypeError that says what is wrong, and what to do
 */
export function checkFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  checkFolder(path)
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (!stats) {
    checkAlone(path, walBytes)
    return
  }
  if (stats.isDirectory()) throw new TypeError('It is a folder: name a file in it')
  if (!stats.isFile()) throw new TypeError('It is no file: name one on a local disk')
  checkRights(path)
  checkEmpty(stats, walBytes)
  // To close it would drop the locks that this process has on it; it was checked when it was opened.
  if (stats.size > 0 && !isOpenHere(stats)) checkHeader(readHeader(path), stats, walBytes)
}

function checkFolder(path: string): void {
  const folder = dirname(path)
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new TypeError(
      `It needs a folder that exists and is writable, for its WAL too: '${folder}' is not`,
      {
        cause,
      },
    )
  }
}

function checkRights(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new TypeError('This user may not read and write it: give the file to the user of the process', {
      cause,
    })
  }
}

/** SQLite drops the WAL of a file that it makes. */
function checkAlone(path: string, walBytes: number): void {
  if (walBytes === 0) return
  throw new TypeError(
    `'${path}-wal' is there and the file is not: it was removed or moved without it. Put it back, or remove the WAL to begin anew`,
  )
}

/** An empty file beside a WAL, which another process may be making just now. */
export class UnfinishedFile extends TypeError {}

/** SQLite drops the WAL of an empty file. */
function checkEmpty({ size, mtimeMs }: Stats, walBytes: number): void {
  if (size > 0 || walBytes === 0) return
  const FileError = Date.now() - mtimeMs < makingMs ? UnfinishedFile : TypeError
  throw new FileError(
    `It is empty, and its WAL has ${walBytes} bytes: it was truncated. Restore a backup, or remove the WAL to begin anew`,
  )
}

const makingMs = 2_000

function checkHeader(header: Buffer, { size }: Stats, walBytes: number): void {
  if (header.toString('latin1', 0, 16) !== magic) {
    throw new TypeError('The file is not a database of SQLite: name another one, or restore a backup')
  }
  const isEmpty = size <= pageSize(header)
  checkOurs(header.readInt32BE(68), header.readInt32BE(60), isEmpty)
  const pages = header.readUInt32BE(28)
  const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92)
  if (walBytes === 0 && isCounted && size < pages * pageSize(header)) {
    throw new TypeError(
      `The file is truncated: it has ${size} bytes of ${pages * pageSize(header)}. Restore a backup, or move it away`,
    )
  }
}

/** 1 stands for 65 536. */
function pageSize(header: Buffer): number {
  const size = header.readUInt16BE(16)
  return size === 1 ? 65_536 : size
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(headerBytes)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, headerBytes, 0)
  } finally {
    closeSync(file)
  }
  return header
}

/**
 * Refuses a file of ours that is damaged. All pages of a file up to 64 MB are looked at, about 10 ms for each MB; of a
 * larger one the indexes of what is not yet handled.
 * @throws TypeError that says what is wrong, and what to do
 */
export function checkContent(database: SqlDatabase, sizeBytes: number): void {
  const names = new Set(
    database
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map((row) => row['name']),
  )
  const missing = objectNames.filter((name) => !names.has(name))
  if (missing.length > 0) throw new TypeError(damaged(`it has no ${missing.join(', ')}`))
  if (sizeBytes > quickCheckBytes) lookThrough(database)
  else checkPages(database)
}

function checkPages(database: SqlDatabase): void {
  const found = database.prepare('PRAGMA quick_check(1)').all()
  const said = Object.values(found[0] ?? {}).find((value) => typeof value === 'string')
  if (said !== 'ok') throw new TypeError(damaged(String(said).replaceAll(/\s+/g, ' ')))
}

function lookThrough(database: SqlDatabase): void {
  for (const state of ['waiting', 'blocked', 'leased', 'delayed']) {
    database.prepare(`SELECT count(*) FROM deliveries WHERE state = '${state}'`).get()
  }
}

/** The same message for what is found at the start and later. */
export function damaged(finding: string): string {
  return `The file is damaged (${finding}): stop the process and restore a backup, or move the file and its -wal and -shm away`
}
