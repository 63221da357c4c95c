import type { HandshakeReport, LoadReport, SendReport } from './report.ts'

type Row = readonly string[]

/**
 * A report as a table of text, for terminals and logs: a row for each attempt, handshake or status. It shows no header and no
 * body of a request.
 * @example
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { createSender, formatReport } from '@acuse/sender'
 *
 * const secret = process.env['REDCUMBRE_SECRET'] as string
 * const sender = createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:3000/webhooks/redcumbre' })
 * console.log(formatReport(await sender.send('bhe.emitida')))
 */
export function formatReport(report: SendReport | LoadReport | readonly HandshakeReport[]): string {
  if ('statuses' in report) return formatLoad(report)
  if ('attempts' in report) return formatSend(report)
  const rows = report.map(
    ({ provider, method, status, fault = 'right' }): Row => [
      provider,
      method,
      String(status ?? 'none'),
      fault,
    ],
  )
  return toTable([['provider', 'handshake', 'status', 'answer'], ...rows])
}

function formatSend(report: SendReport): string {
  const rows = [report, ...report.others].flatMap(({ event, faults, attempts }) =>
    attempts.map(
      ({ number, delayMs, durationMs, status, answer, failure }): Row => [
        event,
        faults.join(', '),
        String(number),
        `${delayMs}`,
        durationMs.toFixed(0),
        String(status ?? failure),
        oneLine(answer ?? ''),
      ],
    ),
  )
  const head = ['event', 'fault', 'attempt', 'after ms', 'took ms', 'status', 'answer']
  const hasFault = report.faults.length > 0
  return toTable([head, ...rows].map((row) => row.filter((_, column) => hasFault || column !== 1)))
}

function formatLoad({ event, sent, delivered, statuses, durationMs, latencyMs }: LoadReport): string {
  const perSecond = durationMs > 0 ? ((sent * 1_000) / durationMs).toFixed(1) : '-'
  const rows: Row[] = [
    ['event', event],
    ['sent', String(sent)],
    ['delivered', String(delivered)],
    ...Object.entries(statuses).map(([status, count]): Row => [`status ${status}`, String(count)]),
    ['per second', perSecond],
    ...Object.entries(latencyMs).map(([name, ms]): Row => [`${name} ms`, ms.toFixed(1)]),
  ]
  return toTable(rows)
}

const mostCharacters = 60

/** Whatever an answer holds, it stays in its row. */
function oneLine(text: string): string {
  const printable = text.replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ')
  return printable.length > mostCharacters ? `${printable.slice(0, mostCharacters - 1)}…` : printable
}

function toTable(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}
