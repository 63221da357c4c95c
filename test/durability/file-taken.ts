import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { hard, milliseconds, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { startSenders } from './senders.ts'
import { lostOf, untilHandled } from './soundness.ts'
import { partyOf, type Victim } from './victim.ts'

const forms = { short: { acts: 1 }, long: { acts: 50 } }
const width = 16
const secondMs = 50
const upMs = 600
/** How long the file stays away, where it comes back. */
const awayMs = 500
const recoverMs = 20_000
/** So that something waits when the process is killed. */
const handlerMs = 50
const freshAfter = 10

/** Where the receiver's file is. */
interface Files {
  readonly home: string
  readonly folder: string
  readonly file: string
  /** An older state of it. */
  readonly backup: string
}

/** Something that is done to the file of a receiver that runs, and how it is undone where that is called for. */
interface Way {
  readonly what: string
  act(files: Files): void
  /** Done `awayMs` later. */
  mend?(files: Files): void
}

const companions = ({ file }: Files): readonly string[] => [`${file}-wal`, `${file}-shm`]

function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true })
}

/** Puts a copy of the backup into place, as `mv` does. */
function moveBackup({ file, backup }: Files): void {
  copyFileSync(backup, `${file}.new`)
  renameSync(`${file}.new`, file)
}

function restore(files: Files): void {
  remove(files.file, ...companions(files))
  moveBackup(files)
}

const ways: Readonly<Record<string, Way>> = {
  'rm-all': { what: 'rm of the file, -wal and -shm', act: (f) => remove(f.file, ...companions(f)) },
  'rm-file': { what: 'rm of the file alone', act: (f) => remove(f.file) },
  'rm-companions': { what: 'rm of -wal and -shm', act: (f) => remove(...companions(f)) },
  'mv-backup': { what: 'mv of a backup over the file', act: moveBackup },
  restore: { what: 'rm of all three, and mv of a backup into place', act: restore },
  truncate: {
    what: 'truncation to nothing; half a second later all three are replaced by a backup',
    act: ({ file }) => truncateSync(file, 0),
    mend: restore,
  },
  rename: {
    what: 'mv of the file to another name, and back half a second later',
    act: ({ file }) => renameSync(file, `${file}.away`),
    mend({ file }) {
      remove(file, `${file}-wal`, `${file}-shm`)
      renameSync(`${file}.away`, file)
    },
  },
  'rename-folder': {
    what: 'mv of its folder to another name, and back half a second later',
    act: ({ folder }) => renameSync(folder, `${folder}.away`),
    mend({ folder }) {
      rmSync(folder, { recursive: true, force: true })
      renameSync(`${folder}.away`, folder)
    },
  },
}

/** Its file is taken away from a receiver under load, each way: what is acknowledged afterwards survives a kill. */
export const fileTaken: readonly Campaign[] = Object.entries(ways).map(([name, way]) => ({
  name: `file-taken-${name}`,
  what: `SQLite under load: ${way.what}; when it accepts again, the receiver is killed`,
  run: (form, seed) => run(way, forms[form].acts, seed),
}))

/** The results of all acts of one kind. */
interface Tally {
  acknowledged: number
  lost: number
  twice: number
  others: Record<string, number>
  recoveredMs: number[]
  unrecovered: number
}

async function run(way: Way, acts: number, seed: number): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'acuse-taken-'))
  const folder = join(home, 'files')
  const file = join(folder, 'webhooks.db')
  const files = { home, folder, file, backup: join(home, 'backup.db') }
  const log = new HandledLog(join(home, 'handled'))
  const victim = await partyOf({
    SECRET: secret,
    INBOX: `sqlite:${file}`,
    HANDLED_LOG: log.path,
    HANDLER_MS: String(handlerMs),
  })
  const tally: Tally = { acknowledged: 0, lost: 0, twice: 0, others: {}, recoveredMs: [], unrecovered: 0 }
  const random = createRandom(seed)
  try {
    mkdirSync(folder)
    await victim.start()
    await victim.kill('SIGTERM')
    copyFileSync(file, files.backup)
    await victim.start()
    let from = 0
    for (let act = 0; act < acts; act++) from = await actOnce(way, files, victim, log, random, from, tally)
    return rowsOf(acts, tally, victim)
  } finally {
    await victim.kill()
    rmSync(home, { recursive: true })
  }
}

/** The number of the next document. */
async function actOnce(
  way: Way,
  files: Files,
  victim: Victim,
  log: HandledLog,
  random: Random,
  from: number,
  tally: Tally,
): Promise<number> {
  const begun = new Map<string, number>()
  const senders = startSenders({
    ports: [victim.port],
    width,
    secondMs,
    from,
    onAcknowledged: (document, begunAt) => begun.set(document, begunAt),
  })
  const since = (moment: number): string[] =>
    [...begun].filter(([, begunAt]) => begunAt > moment).map(([document]) => document)
  await sleep(200 + random.below(upMs))
  way.act(files)
  const actedAt = performance.now()
  const unwatch = senders.watch()
  if (way.mend) {
    await sleep(awayMs)
    way.mend(files)
  }
  const mendedAt = performance.now()
  const isRecovered = await until(() => since(mendedAt).length >= freshAfter, recoverMs)
  if (isRecovered) tally.recoveredMs.push(performance.now() - mendedAt)
  else tally.unrecovered++
  const { answers } = unwatch()
  await victim.kill()
  // Damage that remains must not count against the next act.
  if (!isRecovered) restore(files)
  await victim.start()
  await senders.stop()
  const promised = since(actedAt)
  await untilHandled(log, new Set(promised))
  tally.acknowledged += promised.length
  tally.lost += lostOf(promised, log).length
  for (const [name, count] of Object.entries(answers)) {
    if (!name.startsWith('200')) tally.others[name] = (tally.others[name] ?? 0) + count
  }
  tally.twice = [...log.runs.values()].filter((count) => count > 1).length
  return senders.next
}

function rowsOf(acts: number, tally: Tally, victim: Victim): Row[] {
  const { acknowledged, lost, twice, others, recoveredMs, unrecovered } = tally
  const sorted = [...recoveredMs].sort((a, b) => a - b)
  const { '503': refused = 0, ...wrong } = others
  return [
    told('acts', acts),
    {
      figure: 'answered 200 after the act',
      value: String(acknowledged),
      goal: hard('> 0', acknowledged > 0),
    },
    none('answered 200 after the act and lost', lost),
    none('acts without recovery', unrecovered),
    told('recovered after, median', milliseconds(sorted[sorted.length >> 1] ?? Number.NaN)),
    told('recovered after, slowest', milliseconds(sorted.at(-1) ?? Number.NaN)),
    told('503 meanwhile', refused),
    none(
      'other answers, or none, meanwhile',
      Object.values(wrong).reduce((sum, count) => sum + count, 0),
    ),
    told('handled twice: an older state came back', twice),
    none('processes that ended by themselves', victim.crashes.length),
  ]
}
