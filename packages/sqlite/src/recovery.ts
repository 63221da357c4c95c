import { copyFileSync, renameSync } from 'node:fs'
import { carryOver } from './carry-over.ts'
import type { Connection } from './connection.ts'
import { FileTrouble } from './file-trouble.ts'
import { readersOf } from './file-users.ts'
import { isDamaged } from './sqlite-errors.ts'

/** How the path's file is opened. */
export type Reopen = (isChecked: boolean) => Connection

/** The path's file, open again. */
export interface Recovered {
  readonly connection: Connection
  /** How many deliveries came from the file that was taken away. */
  readonly carried: number
}

const lettingGoMs = 20
const turnsOfLettingGo = 3

/**
 * Lets go of a connection that is not to be written any more, as far as that loses nothing.
 * @returns the connection where something is still to be taken from it
 */
export function leave(connection: Connection, error: unknown): Connection | undefined {
  const kind = error instanceof FileTrouble ? error.kind : undefined
  if (kind === 'moved') return connection
  if (kind === 'parted' && !connection.guard.isTaken) return connection
  // A checkpoint would mix this connection's pages into another content.
  if (kind === 'overwritten') connection.guard.emptyWal()
  if (kind === 'shortened') letGoOfShortened(connection)
  closeQuietly(connection, kind !== undefined)
  return undefined
}

/** The rest of the WAL is read anew from its beginning; this connection would look for its lost end. */
function letGoOfShortened(connection: Connection): void {
  const wal = `${connection.guard.location}-wal`
  try {
    copyFileSync(wal, `${wal}.kept`)
    connection.guard.emptyWal()
    closeQuietly(connection, true)
    renameSync(`${wal}.kept`, wal)
  } catch {
    // The file without its WAL is as it was at the last checkpoint.
  }
}

/**
 * Moves what is only in a connection's WAL into its file, before the file at the path is opened.
 * @returns the connection where it has to stay open, `undefined` where it was closed
 * @throws when it has to wait
 */
export function takeFrom(left: Connection, error: unknown): Connection | undefined {
  const isMoved = moveWal(left)
  left.guard.removeStrays()
  // Where the file is back at its path, this connection is closed first: a second one would use an index that was removed.
  if (error instanceof FileTrouble && error.kind === 'moved' && !left.guard.isAtItsPath) return left
  // The WAL is still open here, though it has no name: all of it goes into the file.
  if (!isMoved)
    throw new Error(
      `its WAL waits for ${readersOf(left.guard.location)}, who reads the file in a transaction`,
    )
  closeQuietly(left, true)
  return undefined
}

/** Opens what the path names, with all that is still to be had from what was left. */
export async function recover(
  left: Connection | undefined,
  error: unknown,
  reopen: Reopen,
): Promise<Recovered> {
  await letGo()
  const connection = reopen(error instanceof FileTrouble || isDamaged(error))
  try {
    const carried = left && !connection.guard.isSameFile(left.guard) ? await carryOver(left, connection) : 0
    closeQuietly(left, true)
    return { connection, carried }
  } catch (failure) {
    closeQuietly(connection, true)
    throw failure
  }
}

/**
 * libsql lets go of a handle when memory is collected: in one turn of the event loop it is, and in the next the handle
 * is closed, however long the collection took.
 */
export async function letGo(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, lettingGoMs))
  for (let turn = 0; turn < turnsOfLettingGo; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function moveWal({ database }: Connection): boolean {
  try {
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0
  } catch {
    return false
  }
}

/** Closing may fail, and is done with it: what was committed is in the file. */
export function closeQuietly(connection: Connection | undefined, atOnce = false): void {
  try {
    connection?.close(atOnce)
  } catch {}
}
