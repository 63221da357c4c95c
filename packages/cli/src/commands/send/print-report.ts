import type { HandshakeReport, LoadReport, SendReport } from '@acuse/sender'
import type { Context } from '../../command/context.ts'
import { printable, printJson, printLine } from '../../command/print.ts'
import { texts } from './texts.ts'

const mostAnswer = 500

/** Prints what became of one delivery, and of what was sent beside it. */
export function printReport(context: Context, report: SendReport, secrets: readonly string[]): void {
  if (context.json) {
    printJson(context, toJson(report, secrets))
    return
  }
  for (const each of [report, ...report.others]) printOne(context, each)
}

function toJson({ request, others, ...report }: SendReport, secrets: readonly string[]): object {
  const url = secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), request.url)
  return {
    ...report,
    request: { method: request.method, url, bytes: request.body.byteLength },
    others: others.map((each) => toJson(each, secrets)),
  }
}

function printOne(context: Context, { event, faults, delivered, attempts }: SendReport): void {
  const { colors, language } = context
  const own = texts[language]
  const verdict = delivered ? colors.green(own.delivered) : colors.red(own.notDelivered)
  printLine(context, [verdict, printable(event), ...faults].join(' '))
  for (const { number, durationMs, status, failure, answer } of attempts) {
    const outcome = status === undefined ? own.noAnswer[failure ?? 'network'] : String(status)
    printLine(context, `  ${own.attempt(number, outcome, Math.round(durationMs))}`)
    if (answer) printLine(context, `  ${own.answer(printable(answer.slice(0, mostAnswer)))}`)
  }
}

/** Prints the figures of many deliveries. */
export function printLoad(context: Context, load: LoadReport): void {
  const { failures, ...figures } = load
  if (context.json) {
    printJson(context, { ...figures, failures: failures.map((each) => toJson(each, [])) })
    return
  }
  const own = texts[context.language]
  const { sent, delivered, durationMs, statuses, latencyMs } = load
  printLine(context, own.sent(sent, delivered, (durationMs / 1_000).toFixed(1)))
  for (const [status, count] of Object.entries(statuses)) printLine(context, `  ${status}: ${count}`)
  const { p50, p95, p99 } = latencyMs
  printLine(context, own.latency(p50.toFixed(0), p95.toFixed(0), p99.toFixed(0)))
}

/** Prints what was answered to handshakes. */
export function printHandshakes(context: Context, reports: readonly HandshakeReport[]): void {
  if (context.json) {
    const handshakes = reports.map(({ provider, method, answered, fault, status, answer }) => {
      return { provider, method, answered, fault, status, answer }
    })
    printJson(context, { handshakes })
    return
  }
  const { handshake } = texts[context.language]
  for (const { method, answered, fault = '', status } of reports)
    printLine(
      context,
      `${method}: ${status ?? '-'} ${answered ? handshake.right : handshake.wrong(printable(fault))}`,
    )
}
