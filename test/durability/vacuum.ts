import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secret } from '../adapters/hosts.ts'
import { createHonestSender, type HonestFigures } from '../stress/honest.ts'
import { ask, startPostgres } from '../support/postgres.ts'
import { milliseconds, type Row, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { programOf } from './victim.ts'

const forms = {
  short: { perSecond: 100, sampleMs: 500, retentionMs: 36_000, goal: Number.POSITIVE_INFINITY },
  long: { perSecond: 500, sampleMs: 60_000, retentionMs: 60_000, goal: 1.2 },
}
const samples = 10
const handledMs = 60_000
const tables = ['deliveries', 'idempotency_keys'] as const

/** A table with its indexes at one moment. */
interface Size {
  readonly heap: number
  readonly indexes: number
  readonly dead: number
  readonly vacuums: number
}

type Sizes = Readonly<Record<string, Size>>

/** The same load for a long time on Postgres: whether its tables grow where autovacuum is as it comes. */
export const vacuum: Campaign = {
  name: 'postgres-vacuum',
  what: `Postgres with autovacuum's defaults under ${forms.long.perSecond} deliveries a second, whose keys are forgotten after a minute (short form: ${forms.short.perSecond})`,
  run: (form) => run(forms[form]),
}

async function run(form: typeof forms.long): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-vacuum-'))
  const log = new HandledLog(join(folder, 'handled'))
  const postgres = await startPostgres()
  const victim = await programOf('transactional.ts', {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: `postgres:${postgres.url}`,
    HANDLED_LOG: log.path,
    RETENTION_MS: String(form.retentionMs),
    BOOK: 'no',
  })
  try {
    await victim.start()
    const { taken, sent } = await Promise.race([sendAll(victim.port, postgres.url, form), victim.crashed])
    const answered = sum(sent.map((each) => each.answered200))
    const isHandled = () => {
      log.read()
      return log.runs.size >= answered
    }
    await until(isHandled, handledMs)
    const all = sum(sent.map((each) => each.sent))
    return [
      told('sent', all),
      {
        figure: 'answers other than 200, or late',
        value: String(all - answered),
        goal: soft('0', all === answered),
      },
      told('answered within, p99, slowest of ten', milliseconds(Math.max(...sent.map(({ p99 }) => p99)))),
      none('acknowledged and not handled', Math.max(0, answered - log.runs.size)),
      ...tables.flatMap((table) =>
        sizeRows(
          table,
          taken.map((sizes) => sizes[table] as Size),
          form.goal,
        ),
      ),
      none('processes that ended by themselves', victim.crashes.length),
    ]
  } finally {
    await victim.kill()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Sends in ten parts, and looks at the sizes after each. */
async function sendAll(port: number, url: string, { perSecond, sampleMs }: typeof forms.long) {
  const honest = createHonestSender(port)
  const taken: Sizes[] = []
  const sent: HonestFigures[] = []
  while (taken.length < samples) {
    sent.push(await honest.send({ perSecond, durationMs: sampleMs }))
    taken.push(await sizesOf(url))
    console.error(`${taken.length}: ${JSON.stringify(taken.at(-1))}`)
  }
  honest.close()
  return { taken, sent }
}

/** Of each of ten parts of the time, and of the last beside the fifth. */
function sizeRows(table: string, sizes: readonly Size[], goal: number): Row[] {
  const each = (of: (size: Size) => number | string) => sizes.map(of).join(', ')
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
  const rate = totalOf(sizes.at(-1)) / totalOf(sizes[samples / 2 - 1])
  return [
    told(
      `${table}: MB`,
      each(({ heap }) => megabytes(heap)),
    ),
    told(
      `${table}: MB of indexes`,
      each(({ indexes }) => megabytes(indexes)),
    ),
    told(
      `${table}: dead rows`,
      each(({ dead }) => dead),
    ),
    told(
      `${table}: vacuumed so far`,
      each(({ vacuums }) => vacuums),
    ),
    {
      figure: `${table}: size at the end by that in the middle`,
      value: rate.toFixed(2),
      ...(Number.isFinite(goal) && { goal: soft(`<= ${goal}`, rate <= goal) }),
    },
  ]
}

const totalOf = (size: Size | undefined): number => (size ? size.heap + size.indexes : Number.NaN)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

async function sizesOf(url: string): Promise<Sizes> {
  const rows = await ask(
    url,
    `SELECT relname AS table, pg_table_size(relid)::float8 AS heap, pg_indexes_size(relid)::float8 AS indexes,
      n_dead_tup::float8 AS dead, autovacuum_count::float8 AS vacuums FROM pg_stat_user_tables WHERE schemaname = 'acuse'`,
  )
  const toSize = (row: (typeof rows)[number]): Size => ({
    heap: Number(row['heap']),
    indexes: Number(row['indexes']),
    dead: Number(row['dead']),
    vacuums: Number(row['vacuums']),
  })
  return Object.fromEntries(rows.map((row) => [String(row['table']), toSize(row)]))
}
