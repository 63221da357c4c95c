import type { DeadLetterFilter, DiscardOptions } from '@acuse/core'
import { usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { type ExitCode, exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, writeLine } from '../../command/print.ts'
import { ask } from './ask.ts'
import { helpOf } from './help.ts'
import { type FilterValues, filterOptions, storeOptions, toFilter } from './options.ts'
import { showProgress } from './progress.ts'
import { type Store, type StoreValues, withStore } from './store.ts'
import { texts } from './texts.ts'

const changeOptions = { dryRun: { kind: 'flag' }, yes: { kind: 'flag' } } as const

/** `acuse inbox redrive`. */
export const redrive: Command = defineCommand({
  name: 'redrive',
  texts: helpOf('redrive'),
  arguments: { id: {} },
  options: {
    ...storeOptions,
    ...filterOptions,
    all: { kind: 'flag' },
    rate: { kind: 'number', min: 1, max: 1_000_000 },
    ...changeOptions,
  },
  examples: ['inbox redrive --provider stripe --rate 50', 'inbox redrive 5nTQ0kqW8yq1m2Xc7Rb3Zg'],
  run: (context, { arguments: { id }, options }) =>
    change(
      context,
      { ...options, id },
      {
        verb: 'redrive',
        asksOfOne: false,
        change: (store, which, course) =>
          store.redrive(which, { ...course, ...(options.rate !== undefined && { perSecond: options.rate }) }),
      },
    ),
})

/** `acuse inbox discard`. */
export const discard: Command = defineCommand({
  name: 'discard',
  texts: helpOf('discard'),
  arguments: { id: {} },
  options: { ...storeOptions, ...filterOptions, all: { kind: 'flag' }, ...changeOptions },
  examples: ['inbox discard --reason stale --older-than 7d --dry-run', 'inbox discard --all --yes'],
  run: (context, { arguments: { id }, options }) =>
    change(
      context,
      { ...options, id },
      {
        verb: 'discard',
        asksOfOne: true,
        change: (store, which, course) => store.discard(which, course),
      },
    ),
})

/** What is done to dead letters. */
interface Action {
  readonly verb: 'redrive' | 'discard'
  /** Whether it asks before it does it to one, too. */
  readonly asksOfOne: boolean
  change(store: Store, which: string | DeadLetterFilter, course: DiscardOptions): Promise<number>
}

/** What a call says. */
interface Asked extends FilterValues, StoreValues {
  readonly id: string | undefined
  readonly all: boolean
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Its answer, as `--json` prints it. */
interface Changed {
  readonly matched: number
  /** How many were redriven or discarded. */
  readonly changed: number
  /** How many of those that match are dead letters still. */
  readonly left: number
  readonly dryRun: boolean
}

async function change(context: Context, asked: Asked, action: Action): Promise<ExitCode> {
  const own = texts[context.language]
  const startedAt = Date.now()
  const which = toWhich(context, asked, startedAt)
  const asks = !asked.dryRun && !asked.yes && (typeof which !== 'string' || action.asksOfOne)
  if (asks && !(context.isTerminal.stdin && context.isTerminal.stderr))
    throw usageError(own.needsYes, own.needsYesRemedy)
  return withStore(context, asked, async (store) => {
    const matched = await countOf(store, which)
    const none = { matched, changed: 0, left: matched, dryRun: asked.dryRun }
    if (matched === 0 && typeof which === 'string') writeLine(context.stderr, own.notFound(printable(which)))
    if (matched === 0 || asked.dryRun) {
      tell(context, none, own.matching(matched))
      return matched === 0 ? exitCodes.no : exitCodes.ok
    }
    if (asks) {
      const answer = await ask(context, own.ask[action.verb](matched))
      if (answer !== true) {
        tell(context, none, own.declined)
        return answer === false ? exitCodes.no : exitCodes.interrupted
      }
    }
    // What died since it was counted was not asked about.
    const exactly = typeof which === 'string' ? which : untilThen(which, startedAt)
    return run(context, store, { which: exactly, matched, action })
  })
}

async function run(
  context: Context,
  store: Store,
  { which, matched, action }: { which: string | DeadLetterFilter; matched: number; action: Action },
): Promise<ExitCode> {
  const own = texts[context.language]
  const progress = showProgress(context, matched)
  let changed = 0
  try {
    const onProgress = (count: number) => progress.to(count)
    changed = await action.change(store, which, { onProgress, signal: context.signal })
  } finally {
    progress.end()
  }
  const isInterrupted = context.signal.aborted
  const left = isInterrupted ? Math.max(0, matched - changed) : await leftOf(store, which)
  tell(context, { matched, changed, left, dryRun: false }, own.done[action.verb](changed))
  if (isInterrupted) return exitCodes.interrupted
  if (left > 0) writeLine(context.stderr, own.left(left))
  return changed === 0 || left > 0 ? exitCodes.no : exitCodes.ok
}

function tell(context: Context, changed: Changed, line: string): void {
  if (context.json) printJson(context, changed)
  else printLine(context, line)
}

/**
 * The dead letters that a call names.
 * @throws CliError when it names none, or in two ways
 */
function toWhich(context: Context, asked: Asked, now: number): string | DeadLetterFilter {
  const { filter: own } = texts[context.language]
  const filter = toFilter(context, asked, now)
  const isFiltered = Object.keys(filter).length > 0
  if (asked.id !== undefined) {
    if (isFiltered || asked.all) throw usageError(own.idOrFilter)
    return asked.id
  }
  if (asked.all && isFiltered) throw usageError(own.allAlone)
  if (!asked.all && !isFiltered) throw usageError(own.none)
  return asked.all ? { all: true } : filter
}

async function countOf(store: Store, which: string | DeadLetterFilter): Promise<number> {
  if (typeof which !== 'string') return store.count(which)
  return (await store.get(which)) ? 1 : 0
}

async function leftOf(store: Store, which: string | DeadLetterFilter): Promise<number> {
  if (typeof which === 'string') return countOf(store, which)
  const { letters } = await store.list({ ...which, limit: 1 })
  return letters.length === 0 ? 0 : store.count(which)
}

function untilThen({ all: _, ...filter }: DeadLetterFilter, then: number): DeadLetterFilter {
  return { ...filter, diedBefore: filter.diedBefore ?? new Date(then + 1) }
}
