import { counts } from '../../support/report.ts'
import { printFailures, printShares, progressMs, slice, stopwatch } from '../progress.ts'
import { createProviderFuzzer } from './campaign.ts'
import { fail, type ProviderTotals } from './totals.ts'

/** How many requests, for how long at most, and by which seed. */
export interface ProviderRun {
  readonly providers: number
  readonly seconds: number
  readonly seed: number
}

function report(totals: ProviderTotals, seconds: number): string {
  const { count, accepted, greeted, faults } = totals
  const rate = Math.round(count / seconds)
  return (
    `${count} mutated requests to whole receivers in ${seconds.toFixed(0)} s (${rate}/s): ${counts(faults)}; ` +
    `${accepted} proven and taken, ${greeted} greeted`
  )
}

/** Whether every provider's receiver answered every request as it may. */
export async function mutateProviders({ providers, seconds, seed }: ProviderRun): Promise<boolean> {
  const elapsed = stopwatch()
  const fuzzer = await createProviderFuzzer({ seed })
  let totals = await fuzzer.run(0)
  const onRejection = (error: unknown): void =>
    fail(totals, 'thrown', 'a promise that nobody waits for', String(error))
  process.on('unhandledRejection', onRejection)
  for (let due = progressMs; totals.count < providers && elapsed() < seconds; ) {
    totals = await fuzzer.run(Math.min(slice, providers - totals.count))
    if (elapsed() * 1e3 < due) continue
    console.log(report(totals, elapsed()))
    due += progressMs
  }
  await fuzzer.close()
  process.off('unhandledRejection', onRejection)
  console.log(report(totals, elapsed()))
  console.log(`  answers by status: ${counts(totals.byStatus)}`)
  printShares(totals.byProvider, totals.count)
  if (totals.count < providers) console.log(`Time was up before ${providers} requests`)
  if (totals.firstFailure === undefined) return true
  printFailures(totals.failures, totals.firstFailure, seed)
  return false
}
