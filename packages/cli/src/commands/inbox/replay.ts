import type { EventLogFilter, Replayed } from '@acuse/core/inbox-kit'
import { CliError, usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { type ExitCode, exitCodes } from '../../command/exit-code.ts'
import { printJson, printLine, writeLine } from '../../command/print.ts'
import { ask } from './ask.ts'
import { helpOf } from './help.ts'
import { quote } from './location.ts'
import { filterOptions, type LogValues, receivedOptions, storeOptions, toLogFilter } from './options.ts'
import { showProgress } from './progress.ts'
import { type Store, type StoreValues, withStore } from './store.ts'
import { texts } from './texts.ts'

const { endpoint, provider, type } = filterOptions

/** `acuse inbox replay`. */
export const replay: Command = defineCommand({
  name: 'replay',
  texts: helpOf('replay'),
  options: {
    ...storeOptions,
    endpoint,
    provider,
    type,
    ...receivedOptions,
    all: { kind: 'flag' },
    rate: { kind: 'number', min: 1, max: 1_000_000 },
    restart: { kind: 'flag' },
    dryRun: { kind: 'flag' },
    yes: { kind: 'flag' },
  },
  examples: [
    'inbox replay --provider stripe --since 7d --until 2h --rate 50',
    'inbox replay --all --dry-run',
  ],
  run: (context, { options }) => replayAsked(context, options),
})

/** What a call says. */
interface Asked extends LogValues, StoreValues {
  readonly all: boolean
  readonly rate: number | undefined
  readonly restart: boolean
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Its answer, as `--json` prints it. */
interface Answer extends Replayed {
  /** How many matched before; `null`: nobody asked. */
  readonly matched: number | null
  readonly dryRun: boolean
  /** The command that goes on where this one stopped. */
  readonly next: string | null
}

async function replayAsked(context: Context, asked: Asked): Promise<ExitCode> {
  const own = texts[context.language]
  const filter = toWhich(context, asked)
  const asks = !asked.dryRun && !asked.yes
  if (asks && !(context.isTerminal.stdin && context.isTerminal.stderr))
    throw usageError(own.needsYes, own.needsYesRemedy)
  return withStore(context, asked, async (store) => {
    await checkKept(context, store)
    // To count is to read all of it.
    const matched = asks || asked.dryRun ? await countOf(context, store, filter) : null
    const none = { matched, replayed: 0, complete: false, dryRun: asked.dryRun, next: null }
    if (asked.dryRun) {
      tell(context, none, own.replay.matching(matched ?? 0))
      return matched === 0 ? exitCodes.no : exitCodes.ok
    }
    if (asks) {
      // None may match because an earlier call has put all of them back.
      const answer = await ask(context, own.replay.ask(matched ?? 0))
      if (answer !== true) {
        tell(context, none, own.declined)
        return answer === false ? exitCodes.no : exitCodes.interrupted
      }
    }
    return run(context, store, { asked, filter, matched })
  })
}

async function run(
  context: Context,
  store: Store,
  { asked, filter, matched }: { asked: Asked; filter: EventLogFilter; matched: number | null },
): Promise<ExitCode> {
  const own = texts[context.language].replay
  const next = toCommand(store, asked, filter)
  const { signal } = context
  const { rate, restart } = asked
  const progress = showProgress(context)
  const onProgress = (count: number) => progress.to(count)
  const options = { restart, onProgress, signal, ...(rate !== undefined && { perSecond: rate }) }
  let done: Replayed
  try {
    done = await store.replay(filter, options).finally(() => progress.end())
  } catch (error) {
    // What was put back stays, and so does the place behind it.
    writeLine(context.stderr, own.goesOn(next))
    throw error
  }
  const { replayed, complete } = done
  tell(
    context,
    { matched, replayed, complete, dryRun: false, next: complete ? null : next },
    own.done(replayed),
  )
  if (complete) return replayed === 0 ? exitCodes.no : exitCodes.ok
  if (!signal.aborted) writeLine(context.stderr, own.full)
  writeLine(context.stderr, own.goesOn(next))
  return signal.aborted ? exitCodes.interrupted : exitCodes.no
}

function tell(context: Context, answer: Answer, line: string): void {
  if (context.json) printJson(context, answer)
  else printLine(context, line)
}

/** @throws CliError when a call names none, or in two ways */
function toWhich(context: Context, asked: Asked): EventLogFilter {
  const { filter: own } = texts[context.language]
  const filter = toLogFilter(context, asked)
  const isFiltered = Object.keys(filter).length > 0
  if (asked.all && isFiltered) throw usageError(own.allAlone)
  if (!asked.all && !isFiltered) throw usageError(own.noneHandled)
  return asked.all ? { all: true } : filter
}

/** @throws CliError when the log has none, which says what to do */
async function checkKept({ language }: Context, store: Store): Promise<void> {
  for await (const _ of store.handled({})) return
  const { nothing, nothingRemedy } = texts[language].replay
  throw new CliError(exitCodes.no, nothing, nothingRemedy)
}

async function countOf(context: Context, store: Store, filter: EventLogFilter): Promise<number> {
  const progress = showProgress(context)
  let count = 0
  try {
    for await (const _ of store.handled(filter)) progress.to(++count)
  } finally {
    progress.end()
  }
  return count
}

/** The same filter is the same replay: `2h` would be another time by then. */
function toCommand({ location }: Store, { rate, yes }: Asked, filter: EventLogFilter): string {
  const { all, since, until, ...names } = filter
  const words = [
    ...Object.entries(names).flatMap(([name, value]) => [`--${name}`, value]),
    ...(since ? ['--since', since.toISOString()] : []),
    ...(until ? ['--until', until.toISOString()] : []),
    ...(all ? ['--all'] : []),
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
    ...(yes ? ['--yes'] : []),
  ]
  return ['acuse inbox replay', location.argument, ...words.map(quote)]
    .filter((word) => word !== '')
    .join(' ')
}
