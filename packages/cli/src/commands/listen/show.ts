import type { Context } from '../../command/context.ts'
import { printable, printLine } from '../../command/print.ts'
import { type Exchange, prettyBody } from '../../exchange/exchange.ts'
import { texts } from './texts.ts'

const mostShown = 4_000

/** Shows a delivery at the terminal. */
export function show(context: Context, exchange: Exchange): void {
  const { colors, language } = context
  const own = texts[language]
  const { verdict, code, event, method, url, at, status, answeredBy, durationMs, mayBe } = exchange
  const color = verdict === 'refused' ? colors.red : verdict === 'shown' ? colors.cyan : colors.green
  const said = [own.verdicts[verdict], code, event]
    .filter((each) => each !== undefined && each !== '')
    .join(' ')
  printLine(
    context,
    `${colors.dim(at)} ${colors.bold(color(printable(said)))} ${exchange.provider ?? ''}`.trimEnd(),
  )
  printLine(
    context,
    `  ${printable(method)} ${printable(url)}: ${own.answered(status, answeredBy, durationMs)}`,
  )
  if (mayBe.length > 0) printLine(context, `  ${own.mayBe(mayBe.join(', '))}`)
  for (const { kind, evidence, remedy } of exchange.findings) {
    printLine(context, `  ${colors.yellow(kind)}: ${printable(evidence)}`)
    printLine(context, `    ${printable(remedy)}`)
  }
  for (const [name, value] of exchange.headers)
    printLine(context, colors.dim(`  ${printable(name)}: ${printable(value)}`))
  for (const line of toBodyLines(context, exchange)) printLine(context, `  ${line}`)
  printLine(context)
}

/** Line by line, so that its line breaks are line breaks and nothing else of it is a command to the terminal. */
function toBodyLines({ language }: Context, { body, bodyBytes }: Exchange): string[] {
  const own = texts[language]
  if (bodyBytes === 0) return []
  if (body === undefined) return [own.binary(bodyBytes)]
  const pretty = prettyBody(body)
  const lines = pretty.slice(0, mostShown).split(/\r?\n/).map(printable)
  return pretty.length > mostShown ? [...lines, own.cut(bodyBytes)] : lines
}
