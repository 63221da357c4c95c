// `acuse inbox` on many dead letters: how soon the first page is there, and what a redrive and an export of all take.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bullmqInbox } from '@acuse/bullmq'
import type { Delivery, Inbox } from '@acuse/core'
import { postgresInbox } from '@acuse/postgres'
import { sqliteInbox } from '@acuse/sqlite'
import { Pool } from 'pg'
import { setup as build } from '../support/build.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { hard, megabytes, milliseconds, printRows, type Row, soft, tableHead } from '../support/report.ts'
import { setup as installServices } from '../support/services.ts'
import { type Measured, runMeasured } from './measured.ts'

const firstPageMs = 1_000
/** What collections of a heap may differ by. */
const sameBytes = 40e6
const atOnce = 256
const pages = 5

/** The same inbox, for this process and for the command. */
interface Subject {
  readonly name: string
  readonly setting: string
  open(): Inbox
  stop(): Promise<void>
}

async function subjects(): Promise<Subject[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-operate-'))
  const redis = await startRedis()
  const postgres = await startPostgres()
  const pool = new Pool({ connectionString: postgres.url })
  await postgresInbox(pool).migrate()
  return [
    {
      name: 'SQLite',
      setting: `sqlite:${join(folder, 'inbox.db')}`,
      open: () => sqliteInbox(join(folder, 'inbox.db')),
      stop: async () => rmSync(folder, { recursive: true }),
    },
    {
      name: 'Postgres',
      setting: postgres.url,
      open: () => postgresInbox(pool, { timeoutMs: 10_000 }),
      async stop() {
        await pool.end()
        await postgres.stop()
      },
    },
    {
      name: 'BullMQ',
      setting: `bullmq:${redis.url}`,
      open: () => bullmqInbox({ connection: redis.url, timeoutMs: 10_000 }),
      stop: () => redis.stop(),
    },
  ]
}

/** Adds dead letters of about 1 KB until there are so many. */
async function fill({ open }: Subject, from: number, to: number): Promise<void> {
  const inbox = open()
  for (let at = from; at < to; at += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, to - at) }, (_, index) => deliveryOf(at + index))
    await Promise.all(some.map((each) => inbox.deadLetter(each, 'stale')))
  }
  await inbox.close()
}

function deliveryOf(n: number): Delivery {
  const body = Buffer.from(JSON.stringify({ n, text: 'x'.repeat(1_000) }))
  return {
    id: `delivery-${String(n).padStart(13, '0')}`,
    endpoint: 'redcumbre',
    provider: 'redcumbre',
    type: n % 2 === 0 ? 'bhe.emitida' : 'dte.aceptado',
    bodyHash: String(n).padStart(43, 'h'),
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(),
    headers: { 'content-type': 'application/json' },
    orderingKey: undefined,
    body,
  }
}

/** The median of some runs of the first page. */
async function firstPage(subject: Subject): Promise<Measured> {
  const runs: Measured[] = []
  for (let run = 0; run < pages; run++)
    runs.push(await runMeasured(['inbox', 'list', '--json', '--inbox', subject.setting]))
  runs.sort((one, other) => one.tookMs - other.tookMs)
  const median = runs[pages >> 1]
  if (!median || JSON.parse(median.stdout).letters.length !== 20)
    throw new Error(`No page: ${median?.stderr}`)
  return median
}

async function campaign(subject: Subject, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = []
  const peaks: { readonly redrive: number; readonly export: number }[] = []
  for (const [at, size] of sizes.entries()) {
    // What was redriven before waits, and is none of these.
    const before = sizes.slice(0, at).reduce((sum, each) => sum + each, 0)
    await fill(subject, before, before + size)
    const page = await firstPage(subject)
    const met = page.tookMs < firstPageMs
    rows.push({ figure: `first page of ${size}`, value: milliseconds(page.tookMs), goal: soft('< 1 s', met) })
    rows.push({ figure: `processor time of the first page of ${size}`, value: milliseconds(page.cpuMs) })
    const file = join(tmpdir(), `acuse-operate-${process.pid}.ndjson`)
    const exported = await runMeasured([
      'inbox',
      'export',
      '--inbox',
      subject.setting,
      '--output',
      file,
      '--json',
    ])
    const bytes = statSync(file).size
    rmSync(file)
    const isWhole = JSON.parse(exported.stdout).exported === size
    rows.push({
      figure: `export of ${size}, ${megabytes(bytes)}`,
      value: milliseconds(exported.tookMs),
      goal: hard('all', isWhole),
    })
    const redriven = await runMeasured([
      'inbox',
      'redrive',
      '--all',
      '--yes',
      '--json',
      '--inbox',
      subject.setting,
    ])
    const { changed, left } = JSON.parse(redriven.stdout)
    const isAll = changed === size && left === 0
    rows.push({
      figure: `redrive of ${size}`,
      value: milliseconds(redriven.tookMs),
      goal: hard('all', isAll),
    })
    peaks.push({ redrive: redriven.peakBytes, export: exported.peakBytes })
    rows.push({ figure: `memory of the redrive of ${size}, at most`, value: megabytes(redriven.peakBytes) })
    rows.push({ figure: `memory of the export of ${size}, at most`, value: megabytes(exported.peakBytes) })
  }
  for (const what of ['redrive', 'export'] as const) {
    const grown = (peaks.at(-1)?.[what] ?? 0) - (peaks[0]?.[what] ?? 0)
    const figure = `memory of the ${what}: from ${sizes[0]} to ${sizes.at(-1)}`
    rows.push({ figure, value: megabytes(grown), goal: hard(`< ${megabytes(sameBytes)}`, grown < sameBytes) })
  }
  return rows
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    // `pnpm operate -- --short` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: { short: { type: 'boolean', default: false } },
  })
  await installServices()
  await build()
  const load = loadavg()[0]?.toFixed(1)
  console.log(`Node ${process.version}, load ${load}, ${new Date().toISOString()}\n${tableHead}`)
  let missed = 0
  const all = await subjects()
  try {
    for (const subject of all) {
      const rows = await campaign(subject, values.short ? [1_000, 10_000] : [10_000, 100_000])
      printRows(subject.name, 'acuse inbox', rows)
      missed += rows.filter(({ goal }) => goal?.met === false && (goal.hard || !values.short)).length
    }
  } finally {
    await Promise.all(all.map((subject) => subject.stop()))
  }
  return missed > 0 ? 1 : 0
}

process.exitCode = await main()
