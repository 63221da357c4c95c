// Mutates signed requests to schemes and to the whole receivers of every provider, and makes code of strangers misbehave, for
// as long as it is told to; looks for what verifies, runs or ends though it must not.
import { parseArgs } from 'node:util'
import { counts } from '../support/report.ts'
import { type ForeignTotals, fuzzForeignCode, noTotals } from './foreign-code.ts'
import { fuzzForeignHost } from './foreign-socket.ts'
import { createFuzzer, type Totals } from './mutations.ts'
import { printFailures, printShares, progressMs, slice, stopwatch } from './progress.ts'
import { mutateProviders } from './providers/report.ts'

/** How much of each. */
const forms = {
  short: { count: 200_000, providers: 100_000, foreign: 2_000, sockets: 2_000, seconds: 300 },
  long: { count: 5_000_000, providers: 5_000_000, foreign: 30_000, sockets: 50_000, seconds: 2_400 },
} as const
/** Requests to one process. */
const perHost = 5_000

function options() {
  const { values } = parseArgs({
    // `pnpm fuzz -- --count 1000` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      short: { type: 'boolean', default: false },
      count: { type: 'string' },
      providers: { type: 'string' },
      foreign: { type: 'string' },
      sockets: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  })
  const form = values.short ? forms.short : forms.long
  const numberOf = (name: keyof typeof form): number => {
    const value = Number(values[name] ?? form[name])
    if (Number.isInteger(value) && value >= 0) return value
    throw new TypeError(`--${name} must be a whole number from 0`)
  }
  const seed = Number(values.seed)
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  const [count, providers] = [numberOf('count'), numberOf('providers')]
  const [foreign, sockets] = [numberOf('foreign'), numberOf('sockets')]
  return { count, providers, foreign, sockets, seconds: numberOf('seconds'), seed }
}

type Options = ReturnType<typeof options>

function report(totals: Totals, seconds: number): string {
  const { count, unchanged, falseAccepts, falseRefusals, thrown } = totals
  const rate = Math.round(count / seconds)
  return (
    `${count} mutated requests in ${seconds.toFixed(0)} s (${rate}/s): ${falseAccepts} false accepts, ` +
    `${falseRefusals} false refusals, ${thrown} thrown; ${unchanged} changed nothing that counts, and verify`
  )
}

/** Whether all were judged rightly. */
function mutate({ count, seconds, seed }: Options): boolean {
  const fuzzer = createFuzzer({ seed })
  const elapsed = stopwatch()
  let totals = fuzzer.run(0)
  for (let due = progressMs; totals.count < count && elapsed() < seconds; ) {
    totals = fuzzer.run(Math.min(slice, count - totals.count))
    if (elapsed() * 1e3 < due) continue
    console.log(report(totals, elapsed()))
    due += progressMs
  }
  console.log(report(totals, elapsed()))
  printShares(totals.byScheme, totals.count)
  if (totals.count < count) console.log(`Time was up before ${count} requests`)
  if (totals.firstFailure === undefined) return true
  printFailures(totals.failures, totals.firstFailure, seed)
  return false
}

/** Whether no stranger's code did any harm. */
async function misbehave({ foreign, seconds, seed }: Options): Promise<boolean> {
  const elapsed = stopwatch()
  const totals: ForeignTotals = noTotals()
  const say = (): void =>
    console.log(
      `${totals.count} receivers with code that misbehaves, 4 requests each, in ${elapsed().toFixed(0)} s: ` +
        `answers ${counts(totals.answers)}; ${counts(totals.faults)}`,
    )
  for (let due = progressMs; totals.count < foreign && elapsed() < seconds; ) {
    await fuzzForeignCode(
      { seed, from: totals.count, count: Math.min(slice, foreign - totals.count) },
      totals,
    )
    if (elapsed() * 1e3 < due || totals.count === foreign) continue
    say()
    due += progressMs
  }
  say()
  for (const [part, tried] of Object.entries(totals.byPart).sort())
    console.log(`  ${part.padEnd(20)} ${tried}`)
  for (const failure of totals.failures) console.log(`seed ${seed}: ${failure}`)
  return isClean(totals.faults)
}

/** Whether a host whose receivers misbehave lived, and answered. */
async function survive({ sockets, seconds, seed }: Options): Promise<boolean> {
  const elapsed = stopwatch()
  let isRight = true
  for (let from = 0; from < sockets && elapsed() < seconds; from += perHost) {
    const count = Math.min(perHost, sockets - from)
    const totals = await fuzzForeignHost({ seed: seed + from, count })
    console.log(
      `${count} requests over sockets to toNodeHandler, up to ${elapsed().toFixed(0)} s: answers ${counts(totals.answers)}; ${counts(totals.faults)}`,
    )
    isRight &&= isClean(totals.faults)
  }
  return isRight
}

function isClean(faults: Readonly<Record<string, number>>): boolean {
  return Object.values(faults).every((times) => times === 0)
}

async function main(given: Options): Promise<number> {
  const { count, providers, foreign, sockets, seconds, seed } = given
  console.log(
    `Node ${process.version}, seed ${seed}, at most ${count} mutations, ${providers} to whole receivers of providers, ${foreign} receivers, ${sockets} requests over sockets, and ${seconds} s for each`,
  )
  const verdicts = [mutate(given), await mutateProviders(given), await misbehave(given), await survive(given)]
  return verdicts.every((isRight) => isRight) ? 0 : 1
}

try {
  process.exitCode = await main(options())
} catch (error) {
  // Not 1, which says that a request was judged wrongly.
  console.error(error)
  process.exitCode = 2
}
