import { execFileSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Inbox } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { sqliteInbox } from '../src/index.ts'
import { withBackup } from './support/backup.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { startProcess, type WorkerProcess } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'

type Harm = (path: string) => void

/** Nothing that was acknowledged was only in what was taken away. */
const losesNothing: readonly (readonly [string, RegExp, Harm])[] = [
  [
    'the file, its WAL and its index are removed',
    /inbox\.db' was removed or renamed/,
    (path) => {
      for (const name of [path, `${path}-wal`, `${path}-shm`]) rmSync(name)
    },
  ],
  ['the file alone is removed', /inbox\.db' was removed or renamed/, (path) => rmSync(path)],
  [
    'its WAL and its index are removed',
    /-wal' was (removed|replaced)/,
    (path) => {
      rmSync(`${path}-wal`)
      rmSync(`${path}-shm`)
    },
  ],
  ['its WAL is removed', /-wal' was (removed|replaced)/, (path) => rmSync(`${path}-wal`)],
  ['its index is removed', /-shm' was (removed|replaced)/, (path) => rmSync(`${path}-shm`)],
  ['a backup is moved over it', /names another file/, (path) => renameSync(`${path}.backup`, path)],
  [
    'a hard link of another file is put there',
    // Between the two calls there is no file.
    /names another file|was removed or renamed/,
    (path) => {
      unlinkSync(path)
      linkSync(`${path}.backup`, path)
    },
  ],
  ['it is renamed', /was removed or renamed/, (path) => renameSync(path, `${path}.bak`)],
]

/** Deliveries that were only in the overwritten bytes are gone; those acknowledged afterwards are not. */
const losesThePast: readonly (readonly [string, RegExp, Harm])[] = [
  ['it is truncated to nothing', /was shortened from \d+ to 0 bytes/, (path) => truncateSync(path)],
  [
    'a backup is copied over it',
    /was shortened|Another content was written/,
    (path) => {
      copyFileSync(`${path}.backup`, path)
    },
  ],
  [
    'its WAL and its index are removed and a backup is copied over it',
    /-wal' was (removed|replaced)|was shortened|Another content/,
    (path) => {
      rmSync(`${path}-wal`)
      rmSync(`${path}-shm`)
      copyFileSync(`${path}.backup`, path)
    },
  ],
  ['its WAL is truncated', /-wal' was shortened/, (path) => truncateSync(`${path}-wal`)],
]

const namesOf = (child: WorkerProcess, word: string) =>
  child.lines().flatMap((line) => (line.startsWith(`${word} `) ? [String(line.split(' ')[1])] : []))

/** Accepts until the harm was noticed, and goes on until it accepts again. */
async function harmed(path: string, reason: RegExp, harm: Harm) {
  const child = startProcess(path, 'accept', 'd')
  const accepted = () => namesOf(child, 'accepted')
  await until('some are accepted', () => accepted().length > 300)
  harm(path)
  const refusals = () => child.lines().filter((line) => line.startsWith('refused'))
  await until('it refuses, and says why', () => refusals().some((line) => reason.test(line))).catch(
    (cause: Error) => {
      throw new Error(`${cause.message}; it said: ${refusals().at(-1)}`, { cause })
    },
  )
  const before = accepted().length
  await until('it accepts again', () => accepted().length > before + 300)
  child.kill('SIGKILL')
  await child.ended
  return { before: accepted().slice(0, before), after: accepted().slice(before) }
}

/** As an emptied file is whose first and last pages are written; by another process, for the sake of this one's locks. */
function writeInParts(path: string): void {
  const program = `
    const { readFileSync, truncateSync, openSync, writeSync } = require('node:fs')
    const whole = readFileSync(process.argv[1])
    truncateSync(process.argv[1])
    const file = openSync(process.argv[1], 'r+')
    const first = 98304
    writeSync(file, whole, 0, first, 0)
    writeSync(file, whole, whole.length - 4096, 4096, whole.length - 4096)`
  execFileSync(process.execPath, ['-e', program, path])
}

async function idsIn(path: string): Promise<Map<string, number>> {
  const inbox = sqliteInbox(path)
  const runs = new Map<string, number>()
  const { consumer } = consume(inbox, async ({ id }) => {
    runs.set(id, (runs.get(id) ?? 0) + 1)
    return done
  })
  await consumer.onIdle()
  await inbox.close()
  return runs
}

const lost = (names: readonly string[], runs: Map<string, number>) =>
  names.filter((name) => runs.get(delivery(name).id) !== 1)

const isAccepted = (inbox: Inbox, name: string) =>
  Promise.resolve(inbox.accept(delivery(name), accepting)).then(
    (result) => result === 'accepted',
    () => false,
  )

describe('an inbox whose file is taken away while it runs', () => {
  it.each(losesNothing)(
    'refuses when %s, accepts again on the file of its path, and loses nothing that it acknowledged',
    async (_, reason, harm) => {
      const path = tempFile()
      await withBackup(path)
      const { before, after } = await harmed(path, reason, harm)
      expect(lost([...before, ...after], await idsIn(path))).toEqual([])
    },
  )

  it.each(losesThePast)(
    'refuses when %s, accepts again, and loses nothing that it acknowledged since',
    async (_, reason, harm) => {
      const path = tempFile()
      await withBackup(path)
      const { after } = await harmed(path, reason, harm)
      expect(lost(after, await idsIn(path))).toEqual([])
    },
  )

  it('refuses when its WAL is emptied in the middle of a commit, which goes on where the WAL ended', async () => {
    const path = tempFile()
    const inbox = sqliteInbox(path)
    await inbox.accept(delivery('before'), accepting)
    const wal = `${path}-wal`
    const { size } = statSync(wal)
    const frame = readFileSync(wal).subarray(-4_120)
    truncateSync(wal)
    const file = openSync(wal, 'r+')
    writeSync(file, frame, 0, frame.length, size)
    closeSync(file)
    await expect(inbox.accept(delivery('refused'), accepting)).rejects.toThrow(/-wal' was shortened/)
    await until('it accepts again', () => isAccepted(inbox, 'after'))
    await inbox.close()
    expect(lost(['after'], await idsIn(path))).toEqual([])
  })

  it('refuses when it is emptied, and written again in parts by a checkpoint that was under way', async () => {
    const path = tempFile()
    await withBackup(path)
    const inbox = sqliteInbox(path)
    const names = Array.from({ length: 500 }, (_, n) => `before-${n}`)
    await Promise.all(names.map((name) => inbox.accept(delivery(name), accepting)))
    await inbox.close()
    const again = sqliteInbox(path)
    await again.accept(delivery('before'), accepting)
    writeInParts(path)
    await expect(again.accept(delivery('refused'), accepting)).rejects.toThrow(/was emptied/)
    renameSync(`${path}.backup`, path)
    await until('it accepts again', () => isAccepted(again, 'after'))
    await again.close()
    expect(lost(['after', 'of-the-backup'], await idsIn(path))).toEqual([])
  })

  it('goes on when it is renamed and comes back without its WAL and its index', async () => {
    const path = tempFile()
    const inbox = sqliteInbox(path)
    await inbox.accept(delivery('before'), accepting)
    renameSync(path, `${path}.away`)
    await expect(inbox.accept(delivery('refused'), accepting)).rejects.toThrow(/was removed or renamed/)
    rmSync(`${path}-wal`)
    rmSync(`${path}-shm`)
    renameSync(`${path}.away`, path)
    await until('it accepts again', () => isAccepted(inbox, 'after'))
    await inbox.close()
    expect(lost(['before', 'after'], await idsIn(path))).toEqual([])
  })

  it('refuses while its folder is away, and goes on when it is back', async () => {
    const path = join(dirname(tempFile()), 'folder', 'inbox.db')
    mkdirSync(dirname(path))
    const child = startProcess(path, 'accept', 'd')
    const accepted = () => namesOf(child, 'accepted')
    await until('some are accepted', () => accepted().length > 300)
    renameSync(dirname(path), `${dirname(path)}.away`)
    await until('it refuses, and says why', () =>
      child.lines().some((line) => /folder that exists/.test(line)),
    )
    renameSync(`${dirname(path)}.away`, dirname(path))
    const before = accepted().length
    await until('it accepts again', () => accepted().length > before + 300)
    child.kill('SIGKILL')
    await child.ended
    expect(lost(accepted(), await idsIn(path))).toEqual([])
  })

  it('goes over to the file that a link names now, with what it acknowledged', async () => {
    const [first, second] = [tempFile(), tempFile()]
    const link = `${first}.link`
    symlinkSync(first, link)
    const child = startProcess(link, 'accept', 'd')
    const accepted = () => namesOf(child, 'accepted')
    await until('some are accepted', () => accepted().length > 300)
    unlinkSync(link)
    symlinkSync(second, link)
    const before = accepted().length
    await until('it accepts again', () => accepted().length > before + 600)
    child.kill('SIGKILL')
    await child.ended
    expect(lost(accepted(), await idsIn(second))).toEqual([])
  })

  it('stays away from a damaged file, and accepts when a whole one is there', async () => {
    const path = tempFile()
    await withBackup(path)
    const child = startProcess(path, 'accept', 'd')
    const accepted = () => namesOf(child, 'accepted')
    await until(
      'the WAL was moved into the file',
      () => Number(statSync(path, { throwIfNoEntry: false })?.size) > 1_000_000,
    )
    const moved = accepted().length
    await until('that is over', () => accepted().length > moved + 100)
    truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096)
    await until('it says what is wrong', () =>
      child.lines().some((line) => /is truncated|is damaged/.test(line)),
    )
    const before = accepted().length
    renameSync(`${path}.backup`, path)
    await until('it accepts again', () => accepted().length > before + 300)
    child.kill('SIGKILL')
    await child.ended
    const runs = await idsIn(path)
    expect(lost([...accepted().slice(before), 'of-the-backup'], runs)).toEqual([])
  })
})
