import { resolve } from 'node:path'
import type { Provider } from '@acuse/core'
import { messageOf, unreachableError, usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printJson, printLine, warn } from '../../command/print.ts'
import { type EffectChannel, effectFile, effectUrl } from '../../doctor/effects.ts'
import { examine } from '../../doctor/examine.ts'
import {
  createReceiverProcess,
  type ReceiverProcess,
  takesConnections,
} from '../../doctor/receiver-process.ts'
import { toLines, toReport } from '../../doctor/report.ts'
import { createSubject, type Subject } from '../../doctor/subject.ts'
import { doctorTexts } from '../../doctor/texts/index.ts'
import { resolveProvider, secretOptions } from '../../provider/resolve-provider.ts'
import { texts } from './texts.ts'

/** `acuse doctor <url>`. */
export const doctor: Command = defineCommand({
  name: 'doctor',
  texts,
  arguments: { url: { required: true } },
  options: {
    provider: { kind: 'text', value: 'NAME', complete: 'provider' },
    ...secretOptions,
    event: { kind: 'list', value: 'NAME' },
    effectFile: { kind: 'text', value: 'PATH', complete: 'file' },
    effectUrl: { kind: 'url' },
    start: { kind: 'text', value: 'COMMAND' },
    patience: { kind: 'duration', default: 40_000 },
  },
  examples: [
    'doctor http://127.0.0.1:3000/hook --provider stripe --effect-file log',
    'doctor http://127.0.0.1:3000/hook --provider github --start "node server.js" --effect-file done.log',
    'doctor https://staging.example.cl/hook --provider redcumbre --json',
  ],
  async run(context, { arguments: { url: given }, options }) {
    const own = texts[context.language]
    const url = toUrl(context, given)
    if (options.provider === undefined) throw usageError(own.missingProvider, own.missingProviderRemedy)
    const channel = toChannel(context, options)
    const { provider, secrets } = await resolveProvider(context, options.provider, options, { role: 'send' })
    const subject = await toSubject(context, provider, url, options.event)
    const { hostname } = new URL(url)
    if (!isLocal(hostname)) warn(context, doctorTexts[context.language].notLocal(hostname))
    const receiver = await reach(context, url, options.start)
    try {
      const startedAt = performance.now()
      const { patience: patienceMs } = options
      const onCheck = toProgress(context)
      const { signal } = context
      const found = await examine({ subject, secrets, patienceMs, channel, receiver, signal, onCheck })
      const about = { url, provider: provider.name, durationMs: performance.now() - startedAt }
      const report = toReport(found, about, doctorTexts[context.language])
      if (context.json) printJson(context, report)
      else {
        const { colors } = context
        for (const line of toLines(report, found, { texts: doctorTexts[context.language], colors }))
          printLine(context, line)
      }
      return report.counts.finding > 0 ? exitCodes.no : exitCodes.ok
    } finally {
      await receiver?.kill()
    }
  },
})

function isLocal(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

/** @throws CliError when the provider cannot send, or documents no such event */
async function toSubject(
  { language }: Context,
  provider: Provider<object>,
  url: string,
  events: readonly string[],
): Promise<Subject> {
  try {
    return await createSubject(provider, url, events)
  } catch (error) {
    throw usageError(doctorTexts[language].cannotSend(messageOf(error)))
  }
}

function toUrl({ texts: shared }: Context, given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return new URL(given).href
  throw usageError(shared.badValue('<url>', given), shared.needs.url)
}

function toChannel(
  { cwd, language }: Context,
  options: { readonly effectFile?: string | undefined; readonly effectUrl?: string | undefined },
): EffectChannel | undefined {
  if (options.effectFile !== undefined && options.effectUrl !== undefined)
    throw usageError(texts[language].twoChannels, texts[language].oneChannel)
  if (options.effectFile !== undefined) return effectFile(resolve(cwd, options.effectFile))
  return options.effectUrl === undefined ? undefined : effectUrl(options.effectUrl)
}

/**
 * Somebody who listens: the receiver that runs, or the one that is started.
 * @throws CliError when nobody does
 */
async function reach(
  { cwd, env, language }: Context,
  url: string,
  command: string | undefined,
): Promise<ReceiverProcess | undefined> {
  const own = doctorTexts[language]
  const isThere = await takesConnections(url)
  if (command === undefined) {
    if (isThere) return undefined
    throw unreachableError(own.unreachable(url), own.unreachableRemedy)
  }
  if (isThere) throw usageError(own.alreadyThere(url), own.alreadyThereRemedy)
  const receiver = createReceiverProcess(command, url, { cwd, env })
  if (await receiver.start()) return receiver
  const last = receiver.output().trim().split('\n').slice(-5).join('\n  ')
  await receiver.kill()
  throw unreachableError(own.notStarted(command), `${own.notStartedRemedy}\n  ${last}`)
}

/** One line that is written over, on a terminal only. */
function toProgress({
  stderr,
  isTerminal,
  language,
}: Context): (at: number, of: number, code: string) => void {
  if (!isTerminal.stderr) return () => {}
  return (at, of, code) => {
    const line = doctorTexts[language].checking(at, of, code)
    stderr.write(`\r\u001b[K${line}${at === of ? '\r\u001b[K' : ''}`)
  }
}
