import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/processes.ts'
import { type Reader, type Results, readerOf } from './figures.ts'
import { goals, judge, type Verdict } from './goals.ts'
import { inSpanish } from './tables-es.ts'

/** Writes every table of docs/performance.md and of the Spanish page, between its markers, from the figures of a run. */
export function publishTables(results: Results): void {
  const english = tablesOf(results)
  const spanish = Object.fromEntries(Object.entries(english).map(([name, text]) => [name, inSpanish(text)]))
  for (const [page, tables] of [
    ['docs/performance.md', english],
    ['docs/es/performance.md', spanish],
  ] as const) {
    const path = join(root, page)
    writeFileSync(path, withTables(readFileSync(path, 'utf8'), tables))
  }
}

/**
 * The page with other tables: each stands between `<!-- figures:name -->` and `<!-- /figures -->`.
 * @throws Error where the page has a table that nobody makes
 */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/(<!-- figures:(\w+) -->\n).*?(<!-- \/figures -->)/gs, (_all, begin, name, end) => {
    const table = tables[name]
    if (table === undefined) throw new Error(`Nobody makes the table ${name} of the page`)
    return `${begin}\n${table}\n\n${end}`
  })
}

const sizes = ['436 B', '1 KB', '16 KB', '1 MB']
const peers = ['floor', 'ours', 'octokit', "Redcumbre's snippet", 'stripe', 'stripe, parsed']
const slowPeers = ['svix', 'standardwebhooks', 'tern', 'tern, Request made']
const hosts = ['express 4', 'express 5', 'fastify', 'hono', 'node:http']
const variants = [
  'bare',
  'by hand',
  'equal duties',
  'memory',
  'memory, HTTP spans',
  'memory, HTTP spans, otel',
  'sqlite',
  'bullmq',
  'handled, redis',
]
const latencies = ['fastify', 'express 5'].flatMap((host) =>
  [500, 1_000, 2_000].map((rate) => `${host} at ${rate} per second`),
)

/** Every table, by its name in the page. */
export function tablesOf(results: Results): Record<string, string> {
  const reader = readerOf(results)
  return {
    run: `Node ${results.node.slice(1)}, ${results.cpu} x ${results.cores}, seed ${results.seed}, ${results.form} form, ${results.startedAt.slice(0, 10)}.`,
    goals: table(
      ['goal', 'bound', 'measured', ''],
      goals.map((goal) => goalRow(judge(goal, reader))),
    ),
    verify: grid('verifies', [...peers, ...slowPeers], sizes, (row, column) =>
      micros(reader, `verify/${column}/${row}`, `verify/${column}/floor`),
    ),
    receive: grid(
      'in process',
      ['receive/436 B', 'handle/436 B', 'refuse/436 B'].flatMap(idsBelow(results)),
      ['us'],
      (id) => micros(reader, id),
    ),
    http: grid('128 connections', hosts, variants, (host, variant) => {
      const perSecond = reader.median(`http/${host} at 128/${variant}`)
      const cpu = reader.median(`http-cpu/${host} at 128/${variant}`)
      return perSecond && cpu ? `${grouped(perSecond)}; ${cpu.toFixed(0)}` : undefined
    }),
    latency: grid('p50; p99 in ms', latencies, ['by hand', 'memory', 'sqlite', 'bullmq'], (row, column) => {
      const p50 = reader.median(`latency/${row}/${column} p50`)
      const p99 = reader.median(`latency/${row}/${column} p99`)
      return p50 && p99 ? `${p50.toFixed(1)}; ${p99.toFixed(1)}` : undefined
    }),
    stores: others(results, ['sustained/', 'worker/', 'accept/']),
    memory: others(results, ['memory/']),
    size: others(results, ['start/', 'bundle/', 'install/']),
  }
}

const idsBelow = (results: Results) => (group: string) =>
  results.figures.map(({ id }) => id).filter((id) => id.startsWith(`${group}/`) && !id.endsWith(':cpu'))

function others(results: Results, starts: readonly string[]): string {
  const reader = readerOf(results)
  const rows = results.figures
    .filter(({ id }) => starts.some((start) => id.startsWith(start)))
    .map(({ id, unit, n, disturbed }) => {
      const value = reader.median(id) ?? Number.NaN
      const text = value >= 1_000 ? grouped(value) : value.toFixed(value < 100 ? 1 : 0)
      return [id, `${text} ${unit}`, grouped(n), disturbed ? 'disturbed' : '']
    })
  return table(['figure', 'median', 'N', ''], rows)
}

function goalRow({ goal, status, value, shortBy }: Verdict): string[] {
  const bound = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  const verdict = status === 'short' ? `short by ${(shortBy * 100).toFixed(0)} %` : status
  return [goal.text, bound, value === undefined ? '–' : value.toPrecision(3), verdict]
}

function micros(reader: Reader, id: string, floor?: string): string | undefined {
  const ns = reader.median(id)
  if (ns === undefined) return undefined
  const ratio = floor === undefined ? undefined : reader.ratio(id, floor)
  return ratio
    ? `${(ns / 1e3).toPrecision(3)} us; ${ratio.median.toFixed(2)} x`
    : `${(ns / 1e3).toPrecision(3)}`
}

/** A row for each of some, a column for each of others; rows and columns without a figure are left out. */
function grid(
  corner: string,
  rows: readonly string[],
  columns: readonly string[],
  cell: (row: string, column: string) => string | undefined,
): string {
  const used = columns.filter((column) => rows.some((row) => cell(row, column) !== undefined))
  const lines = rows
    .map((row) => [row, ...used.map((column) => cell(row, column) ?? '–')])
    .filter(([, ...cells]) => cells.some((each) => each !== '–'))
  return table([corner, ...used], lines)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'Not measured in this run.'
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}
