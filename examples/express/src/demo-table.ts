import { stripVTControlCharacters, styleText } from 'node:util'
import type { SendReport } from '@acuse/sender'
import type { Handled } from 'example-shared'

/** One delivery of the demo: what it got, and what it must have got. */
export interface Row {
  readonly what: string
  readonly report: SendReport
  readonly status: number
  /** How often its handler must have run. */
  readonly handled: number
  readonly note: string
}

/** Prints the table; whether all rows are as they must be. */
export function printTable(rows: readonly Row[], handled: readonly Handled[]): boolean {
  const results = rows.map((row) => {
    const runs = handled.filter((line) => isOf(line, row.report)).length
    return { row, runs, good: row.report.status === row.status && runs === row.handled }
  })
  const cells = results.map(({ row, runs, good }) => [
    paint(good, good ? '✔' : '✘'),
    row.what,
    answer(row.report),
    runs === 0 ? 'no handler' : `${runs} × on('${row.report.event}')`,
    good ? row.note : `must be ${row.status}, and ${row.handled} handler runs`,
  ])
  const lines = [['', 'delivery', 'answer', 'handled', ''], ...cells]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => width(line[column]))))
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
  }
  const good = results.every((result) => result.good)
  const summary = `${results.filter((result) => result.good).length} of ${results.length} as they must be, ${handled.length} events handled`
  console.log(`\n${paint(good, summary)}`)
  return good
}

function isOf({ type, payload }: Handled, { event, request }: SendReport): boolean {
  const sent = JSON.parse(Buffer.from(request.body).toString()) as Handled['payload']
  return type === event && payload.timestamp === sent.timestamp
}

function answer({ status, attempts }: SendReport): string {
  return attempts.length === 1 ? `${status}` : `${status} (${attempts.length} attempts)`
}

function paint(good: boolean, text: string): string {
  return process.stdout.isTTY ? styleText(good ? 'green' : 'red', text) : text
}

function width(cell = ''): number {
  return stripVTControlCharacters(cell).length
}
