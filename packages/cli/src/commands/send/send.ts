import {
  createSender,
  type HandshakeReport,
  type LoadReport,
  type Sender,
  type SendReport,
} from '@acuse/sender'
import { CliError, messageOf, usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { type ExitCode, exitCodes } from '../../command/exit-code.ts'
import { withProgress } from '../../command/progress.ts'
import { type ResolvedProvider, resolveProvider, secretOptions } from '../../provider/resolve-provider.ts'
import { nearNames } from '../../texts/near-names.ts'
import { toFaults } from './faults.ts'
import { toOverrides } from './overrides.ts'
import { printHandshakes, printLoad, printReport } from './print-report.ts'
import { texts } from './texts.ts'

/** What any provider sends: names are looked up where they are given. */
type AnySender = Sender<{ readonly [event: string]: object }>

/** `acuse send <provider> <event>`. */
export const send: Command = defineCommand({
  name: 'send',
  texts,
  arguments: { provider: { required: true, complete: 'provider' }, event: {} },
  options: {
    to: { kind: 'url' },
    ...secretOptions,
    set: { kind: 'list', value: 'PATH=VALUE' },
    fault: { kind: 'list', value: 'NAME' },
    count: { kind: 'number', min: 1, max: 1_000_000, default: 1 },
    concurrency: { kind: 'number', min: 1, max: 1_000, default: 16 },
    rate: { kind: 'number', min: 1 },
    schedule: { kind: 'flag' },
    at: { kind: 'time' },
    handshake: { kind: 'flag' },
  },
  examples: [
    'send redcumbre bhe.emitida --to http://127.0.0.1:4400/',
    'send redcumbre bhe.emitida --to http://127.0.0.1:4400/ --set montos.liquido=194062',
    'send stripe invoice.paid --to http://127.0.0.1:3000/webhooks/stripe --fault staleTimestamp',
  ],
  async run(context, { arguments: { provider, event }, options }) {
    const own = texts[context.language]
    if (options.to === undefined) throw usageError(own.missing.to)
    if (options.at !== undefined && options.count > 1) throw usageError(own.onlyOne)
    const faults = toFaults(context, options.fault)
    const overrides = toOverrides(context, options.set)
    const made = await resolveProvider(context, provider, options, { role: 'send' })
    const sender = await tried(context, async () => toSender(made, options.to ?? '').with(...faults))
    if (options.handshake) return handshakes(context, await tried(context, () => sender.handshake()))
    const name = await eventOf(context, sender, provider, event)
    const attempts = options.schedule ? {} : { attempts: 1 }
    if (options.count === 1) {
      const how = { ...attempts, ...(options.at && { at: options.at }) }
      const report = await tried(context, () => sender.send(name, overrides, how))
      printReport(context, report, made.secrets)
      return codeOf([report, ...report.others])
    }
    const { count, concurrency, rate } = options
    const how = {
      concurrency,
      ...attempts,
      ...(rate !== undefined && { perSecond: rate }),
      overrides: () => overrides,
    }
    const load = await withProgress(context, own.sending(count), () =>
      tried(context, () => sender.sendMany(name, count, how)),
    )
    printLoad(context, load)
    return codeOfLoad(load)
  },
})

/** From the secret, so that a fault can make another of its kind. */
function toSender({ provider, secrets: [secret], make }: ResolvedProvider, url: string): AnySender {
  if (make === undefined || secret === undefined)
    return createSender({ provider: () => provider, secret: undefined, url })
  return createSender({ provider: (given: string) => make([given]), secret, url })
}

/** What the sender refuses is wrong use; an interruption does not wait for it. */
async function tried<Value>(context: Context, work: () => Promise<Value>): Promise<Value> {
  const { signal, language } = context
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => {})
  try {
    return await Promise.race([work(), aborted])
  } catch (error) {
    if (error instanceof CliError || !(error instanceof TypeError)) throw error
    throw usageError(texts[language].refused(messageOf(error)))
  }
}

async function eventOf(
  context: Context,
  sender: AnySender,
  provider: string,
  event: string | undefined,
): Promise<string> {
  const known = await tried(context, () => sender.events())
  const own = texts[context.language]
  if (event === undefined) throw usageError(own.missing.event(known.join(', ')))
  if (known.includes(event)) return event
  const near = nearNames(context.texts, event, known)
  throw usageError(own.noEvent(provider, event), near ?? own.missing.event(known.join(', ')))
}

function handshakes(context: Context, reports: readonly HandshakeReport[]): ExitCode {
  printHandshakes(context, reports)
  if (reports.every(({ answered }) => answered)) return exitCodes.ok
  return reports.every(({ status }) => status === undefined) ? exitCodes.unreachable : exitCodes.no
}

function codeOf(reports: readonly SendReport[]): ExitCode {
  if (reports.every(({ delivered }) => delivered)) return exitCodes.ok
  return reports.every(({ status }) => status === undefined) ? exitCodes.unreachable : exitCodes.no
}

function codeOfLoad({ sent, delivered, statuses }: LoadReport): ExitCode {
  if (delivered === sent) return exitCodes.ok
  return statuses['none'] === sent ? exitCodes.unreachable : exitCodes.no
}
