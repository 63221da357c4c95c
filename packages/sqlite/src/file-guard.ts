import {
  closeSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  truncateSync,
} from 'node:fs'
import { descriptorsOf, hasEmptyPage, isSame, statOf } from './descriptors.ts'
import { FileTrouble } from './file-trouble.ts'
import { isBusy, isLackOfMeans } from './sqlite-errors.ts'

const walLimitBytes = 64 * 2 ** 20
// SQLite's file format, section 4.1: how a WAL begins.
const walMagics: readonly number[] = [0x377f0682, 0x377f0683]
const walMagic = Buffer.alloc(4)
const besides = ['-wal', '-shm'] as const
type Suffix = (typeof besides)[number]

/** A file's own record of its checkpoints. */
export interface Checkpoints {
  /** The file's own name, made with it; its copies have the same. */
  readonly file: string
  readonly count: number
}

/** The same, read by a connection that has nothing of the file in memory. */
export type ReadCheckpoints = () => Checkpoints

/** A guard's knowledge of the file, beside its path. */
export interface GuardOptions {
  readonly checkpoints: Checkpoints
  readonly readCheckpoints: ReadCheckpoints
  /** Whether a fresh connection finds no damage; throws where it cannot look. */
  readonly isWhole: () => boolean
  /** Where pages begin that are never empty, in bytes. */
  readonly roots: readonly number[]
}

/**
 * Knows the file, the WAL and the index of a connection that was just opened, and says when they are not what the path
 * names any more. It asks for names only: to open the file and close it again would drop the locks that this process
 * holds on it.
 *
 * Only checkpoints write into the file itself, and each counts itself before. So a file that was written into is looked
 * at by a fresh connection: with fewer checkpoints than there were, it is an older one.
 */
export class FileGuard {
  /** Where the file is, links resolved. */
  readonly location: string
  readonly #path: string
  readonly #readCheckpoints: ReadCheckpoints
  readonly #isWhole: () => boolean
  readonly #roots: readonly number[]
  readonly #wal: Stats
  /** Open: nobody locks the WAL, so that it may be read, and closed again. */
  readonly #walFile: number
  readonly #index: Stats
  #file: Stats
  #walBytes: number
  #checkpoints: Checkpoints

  /** @throws when one of the three is not there: then the connection is of no use */
  constructor(path: string, { checkpoints, readCheckpoints, isWhole, roots }: GuardOptions) {
    this.#path = path
    this.location = realpathSync(path)
    this.#readCheckpoints = readCheckpoints
    this.#isWhole = isWhole
    this.#roots = roots
    this.#file = statSync(path)
    this.#wal = statSync(`${this.location}-wal`)
    this.#index = statSync(`${this.location}-shm`)
    this.#walFile = openSync(`${this.location}-wal`, 'r')
    this.#walBytes = this.#wal.size
    this.#checkpoints = checkpoints
  }

  /** Checks nothing more. */
  close(): void {
    closeSync(this.#walFile)
  }

  /** @throws FileTrouble when what is open is not what the path names */
  check(): void {
    this.#checkFile()
    const wal = this.#checkBeside('-wal')
    this.#checkBeside('-shm')
    const isShorter = wal.size < Math.min(this.#walBytes, walLimitBytes)
    if (isShorter || !this.#hasWalHeader()) {
      throw new FileTrouble(
        'shortened',
        `'${this.location}-wal' was shortened from ${this.#walBytes} to ${isShorter ? wal.size : 0} bytes while the inbox used it. ${lost}`,
      )
    }
    this.#walBytes = wal.size
  }

  /**
   * A checkpoint of this connection wrote into the file.
   * @throws FileTrouble when it was emptied meanwhile: then only what the checkpoint wrote is there
   */
  wrote(readCheckpoints: () => Checkpoints): void {
    const file = this.checkWhole()
    // Only what is whole can be read.
    const checkpoints = readCheckpoints()
    // A shorter one is what the next check is for.
    if (!file || !isSame(file, this.#file) || file.size < this.#file.size) return
    this.#file = file
    this.#checkpoints = checkpoints
  }

  /**
   * The file at the path.
   * @throws FileTrouble when pages of it are missing
   */
  checkWhole(): Stats | undefined {
    const file = statOf(this.#path)
    if (hasEmptyPage(this.#file, this.#roots) || (file && this.#hasHoles(file))) throw this.#emptied()
    return file
  }

  /** Whether both have the same file open. */
  isSameFile(other: FileGuard): boolean {
    return isSame(this.#file, other.#file)
  }

  /** Whether the WAL or the index at its path is another file: another process works on the file. */
  get isTaken(): boolean {
    return besides.some((suffix) => {
      const found = statOf(this.location + suffix)
      return found !== undefined && !this.#isOurs(suffix, found)
    })
  }

  /** Whether the path names the file that is open, whatever became of the others. */
  get isAtItsPath(): boolean {
    const file = statOf(this.#path)
    return file !== undefined && isSame(file, this.#file)
  }

  /** Removes the WAL and the index of a file that was taken away: SQLite would apply them to the next file at its path. */
  removeStrays(): void {
    const file = statOf(this.location)
    if (file && isSame(file, this.#file)) return
    for (const suffix of besides) {
      const found = statOf(this.location + suffix)
      if (found && this.#isOurs(suffix, found)) rmSync(this.location + suffix, { force: true })
    }
  }

  /** Empties the WAL that is open, wherever it is, so that nothing of it is moved into the file. */
  emptyWal(): void {
    for (const descriptor of descriptorsOf(this.#wal)) {
      try {
        ftruncateSync(descriptor, 0)
      } catch {
        // Opened for reading.
      }
    }
    const found = statOf(`${this.location}-wal`)
    if (found && this.#isOurs('-wal', found)) truncateSync(`${this.location}-wal`)
  }

  /** A WAL of some length has no header where it was emptied during a commit, which went on writing at the old end. */
  #hasWalHeader(): boolean {
    readSync(this.#walFile, walMagic, 0, walMagic.length, 0)
    return walMagics.includes(walMagic.readUInt32BE(0))
  }

  #isOurs(suffix: Suffix, found: Stats): boolean {
    return isSame(found, suffix === '-wal' ? this.#wal : this.#index)
  }

  #checkFile(): void {
    const file = statOf(this.#path)
    if (!file) {
      throw new FileTrouble(
        'moved',
        `'${this.#path}' was removed or renamed while the inbox used it. ${stop}`,
      )
    }
    if (!isSame(file, this.#file)) {
      throw new FileTrouble(
        'moved',
        `'${this.#path}' names another file than the one that the inbox has open: it was replaced. ${stop}`,
      )
    }
    if (file.size < this.#file.size) {
      throw new FileTrouble(
        'overwritten',
        `'${this.#path}' was shortened from ${this.#file.size} to ${file.size} bytes while the inbox used it. ${lost}`,
      )
    }
    if (file.size !== this.#file.size || file.mtimeMs !== this.#file.mtimeMs) this.#checkContent(file)
  }

  #checkContent(file: Stats): void {
    let found: Checkpoints | undefined
    let hasHoles = true
    try {
      found = this.#readCheckpoints()
      hasHoles = this.#hasHoles(file)
    } catch (error) {
      // Looked at again next time.
      if (isBusy(error)) return
      // Taken for another content, what is acknowledged and in the WAL only would be thrown away.
      if (isLackOfMeans(error)) throw error
    }
    const { file: name, count } = this.#checkpoints
    if (found && hasHoles) throw this.#emptied()
    if (found?.file !== name || found.count < count) {
      throw new FileTrouble(
        'overwritten',
        `Another content was written into '${this.#path}' while the inbox used it. ${lost}`,
      )
    }
    this.#file = file
    this.#checkpoints = found
  }

  /**
   * Whether less of it is on the disk than before, and pages of it are missing: it was emptied, and a checkpoint that was
   * under way wrote some of them. Some file systems say less where nothing is missing, so all pages are looked at then.
   */
  #hasHoles(file: Stats): boolean {
    return isSame(file, this.#file) && file.blocks < this.#file.blocks && !this.#isWhole()
  }

  #emptied(): FileTrouble {
    return new FileTrouble('overwritten', `'${this.#path}' was emptied while the inbox used it. ${lost}`)
  }

  #checkBeside(suffix: Suffix): Stats {
    const found = statOf(this.location + suffix)
    if (found && this.#isOurs(suffix, found)) return found
    const fault = found ? 'was replaced' : 'was removed'
    throw new FileTrouble(
      'parted',
      `'${this.location}${suffix}' ${fault} while the inbox used it. It is a part of the database: leave it to SQLite`,
    )
  }
}

const stop = 'Stop the process before you move or replace its file'
const lost =
  'What was in it and is not any more is lost: stop the process, restore a backup, and start it again'
