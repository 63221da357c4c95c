import { errorCode, messageOf } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { type ExitCode, exitCodes } from '../../command/exit-code.ts'
import { printable, printEvent, printLine, writeLine } from '../../command/print.ts'
import type { KeptExchange } from '../../exchange/exchange.ts'
import { keepPath, readKept } from '../../exchange/keep-file.ts'
import { sendBytes } from '../../exchange/send-bytes.ts'
import { texts } from './texts.ts'

const timeoutMs = 60_000

/** `acuse replay`. */
export const replay: Command = defineCommand({
  name: 'replay',
  texts,
  options: {
    to: { kind: 'url' },
    last: { kind: 'number', min: 1, default: 1 },
    id: { kind: 'list', value: 'ID' },
    keep: { kind: 'text', value: 'FILE', complete: 'file' },
  },
  examples: ['replay --to http://127.0.0.1:3000/webhooks/stripe', 'replay --last 10'],
  async run(context, { options: { to, last, id, keep } }) {
    const kept = await readKept(context, keepPath(context, keep))
    const chosen = id.length > 0 ? kept.filter((each) => id.includes(each.id)) : kept.slice(-last)
    if (chosen.length === 0) {
      writeLine(context.stderr, `acuse: ${texts[context.language].none}`)
      return exitCodes.no
    }
    let worst: ExitCode = exitCodes.ok
    for (const each of chosen) {
      const code = await sendAgain(context, each, to ?? each.target)
      worst = code > worst ? code : worst
    }
    return worst
  },
})

async function sendAgain(context: Context, kept: KeptExchange, url: string): Promise<ExitCode> {
  const { id, at } = kept
  const own = texts[context.language]
  try {
    const { status, body } = await sendBytes(url, kept, { signal: context.signal, timeoutMs })
    if (context.json)
      printEvent(context, { kind: 'replayed', id, at, url, status, answer: body.toString('utf8') })
    else printLine(context, own.line(printable(id), String(status), printable(url)))
    return status >= 200 && status < 300 ? exitCodes.ok : exitCodes.no
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = errorCode(error) ?? messageOf(error)
    if (context.json) printEvent(context, { kind: 'replayed', id, at, url, failure })
    else printLine(context, own.line(printable(id), own.noAnswer(failure), printable(url)))
    return exitCodes.unreachable
  }
}
