// Mutates signed requests for as long as it is told to, and looks for one that verifies though it must not.
import { parseArgs } from 'node:util'
import { createFuzzer, type Totals } from './mutations.ts'

const slice = 1_000
const progressMs = 10_000

function options() {
  const { values } = parseArgs({
    // `pnpm fuzz -- --count 1000` hands the two dashes on.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      count: { type: 'string', default: '5000000' },
      seconds: { type: 'string', default: '2400' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  })
  const [count, seconds, seed] = [Number(values.count), Number(values.seconds), Number(values.seed)]
  if (!Number.isInteger(count) || count < 1) throw new TypeError('--count must be a whole number from 1')
  if (!(seconds > 0)) throw new TypeError('--seconds must be a number above 0')
  if (!Number.isInteger(seed)) throw new TypeError('--seed must be a whole number')
  return { count, seconds, seed }
}

function report(totals: Totals, seconds: number): string {
  const { count, unchanged, falseAccepts, falseRefusals, thrown } = totals
  const rate = Math.round(count / seconds)
  return (
    `${count} mutated requests in ${seconds.toFixed(0)} s (${rate}/s): ${falseAccepts} false accepts, ` +
    `${falseRefusals} false refusals, ${thrown} thrown; ${unchanged} changed nothing that counts, and verify`
  )
}

function main({ count, seconds, seed }: ReturnType<typeof options>): number {
  console.log(`Node ${process.version}, seed ${seed}, at most ${count} requests and ${seconds} s`)
  const fuzzer = createFuzzer({ seed })
  const start = performance.now()
  const elapsed = (): number => (performance.now() - start) / 1e3
  let totals = fuzzer.run(0)
  for (let due = progressMs; totals.count < count && elapsed() < seconds; ) {
    totals = fuzzer.run(Math.min(slice, count - totals.count))
    if (elapsed() * 1e3 < due) continue
    console.log(report(totals, elapsed()))
    due += progressMs
  }
  console.log(report(totals, elapsed()))
  for (const [scheme, made] of Object.entries(totals.byScheme)) {
    console.log(
      `  ${scheme.padEnd(20)} ${String(made).padStart(8)}  ${((100 * made) / totals.count).toFixed(1)} %`,
    )
  }
  if (totals.count < count) console.log(`Time was up before ${count} requests`)
  if (totals.firstFailure === undefined) return 0
  const worst = Object.entries(totals.failures).sort(([, a], [, b]) => b - a)
  for (const [failure, times] of worst.slice(0, 20)) console.log(`${times} x ${failure}`)
  console.log(`The first one (seed ${seed}): ${totals.firstFailure}`)
  return 1
}

try {
  process.exitCode = main(options())
} catch (error) {
  // Not 1, which says that a request was judged wrongly.
  console.error(error)
  process.exitCode = 2
}
