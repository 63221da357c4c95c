import { type CapturedRequest, CaptureError } from '../../captured/captured-request.ts'
import { readCapture } from '../../captured/read-capture.ts'
import { usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine } from '../../command/print.ts'
import { readInput } from '../../command/read-input.ts'
import { resolveProvider, secretOptions } from '../../provider/resolve-provider.ts'
import { type Explained, explainRequest } from './explain-request.ts'
import { resolveOthers } from './others.ts'
import { texts } from './texts.ts'

/** `acuse explain --provider … <capture>`. */
export const explain: Command = defineCommand({
  name: 'explain',
  texts,
  arguments: { capture: { required: true, complete: 'file' } },
  options: {
    provider: { kind: 'text', value: 'NAME', complete: 'provider' },
    ...secretOptions,
    other: { kind: 'list', value: 'NAME=env:VAR' },
    at: { kind: 'time' },
    body: { kind: 'text', value: 'FILE', complete: 'file' },
  },
  examples: [
    'explain --provider redcumbre refused.ndjson',
    'explain --provider stripe --other staging=env:STAGING_SECRET --at 2026-11-27T12:00:00Z capture.har',
  ],
  async run(context, { arguments: { capture }, options }) {
    const { language } = context
    if (options.provider === undefined) throw usageError(texts[language].providerMissing)
    const resolved = await resolveProvider(context, options.provider, options, { role: 'receive' })
    const others = await resolveOthers(context, options.provider, options)
    const { format, requests } = await read(context, capture)
    const body = options.body === undefined ? undefined : await readInput(context, options.body)
    const explained: Explained[] = []
    for (const request of requests) {
      context.signal.throwIfAborted()
      const { provider } = resolved
      const given = { provider, others, at: options.at, language }
      explained.push(await explainRequest(withBody(request, body), given))
    }
    const refused = explained.filter(({ verdict }) => verdict !== 'passed')
    if (context.json) printJson(context, { format, provider: resolved.provider.name, requests: explained })
    else print(context, format, explained)
    return refused.length === 0 ? exitCodes.ok : exitCodes.no
  },
})

async function read(context: Context, path: string) {
  const bytes = await readInput(context, path)
  try {
    return await readCapture(bytes, (named) => readInput(context, named))
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    const { faults, faultRemedy, formatIs } = texts[context.language]
    const about = [
      error.format === undefined ? [] : formatIs(error.format),
      printable(error.message) || [],
    ].flat()
    throw usageError([`${path}: ${faults[error.fault]}`, ...about].join(' – '), faultRemedy)
  }
}

function withBody(request: CapturedRequest, body: Buffer | undefined): CapturedRequest {
  if (body === undefined) return request
  return { ...request, body, notes: request.notes.filter((note) => !note.startsWith('body-')) }
}

function print(context: Context, format: string, explained: readonly Explained[]): void {
  const { colors, language } = context
  const own = texts[language]
  for (const each of explained) {
    const { method, url, bytes, sha256, at, atSource, verdict, warnings } = each
    printLine(context, `${own.formatIs(format)}: ${colors.bold(`${printable(method)} ${printable(url)}`)}`)
    printLine(context, `  ${own.bytes(bytes, sha256)}`)
    printLine(context, `  ${own.asOf(at, atSource)}`)
    for (const note of warnings) printLine(context, `  ${colors.yellow('!')} ${own.notes[note]}`)
    if (verdict === 'passed') printLine(context, colors.green(own.passed))
    else printRefusal(context, each)
    printLine(context)
  }
  const refused = explained.filter(({ verdict }) => verdict !== 'passed').length
  if (explained.length > 1) printLine(context, own.summaryOf(explained.length, refused))
}

function printRefusal(
  context: Context,
  { verdict, status = 0, code = '', findings, see, refusedWith }: Explained,
) {
  const { colors, language } = context
  const own = texts[language]
  printLine(context, colors.red(verdict === 'not-judged' ? own.notJudged : own.refused(status, code)))
  for (const { kind, evidence, remedy } of findings) {
    printLine(context, `  ${kind}: ${printable(evidence)}`)
    printLine(context, `    ${remedy}`)
  }
  if (refusedWith !== undefined && refusedWith !== code)
    printLine(context, `  ${own.refusedWith(printable(refusedWith))}`)
  if (see !== undefined) printLine(context, `  ${own.see(printable(see))}`)
}
