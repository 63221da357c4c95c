import type { Provider } from '@acuse/core'
import type { Check, CheckCode, Evidence, Need, ProbeName } from './check.ts'
import { checks as allChecks } from './checks/index.ts'
import { createCounter, type EffectChannel } from './effects.ts'
import { createExamined, type Examined } from './examined.ts'
import { type ReceiverProcess, takesConnections } from './receiver-process.ts'
import { createSubject } from './subject.ts'

/** What came of one check. */
export type Examination =
  | { readonly check: Check; readonly result: 'passed' | 'does-not-apply' }
  | { readonly check: Check; readonly result: 'finding'; readonly evidence: readonly Evidence[] }
  | { readonly check: Check; readonly result: 'not-looked-at'; readonly why: WhyNot }

/** Why a check was not made. */
export type WhyNot =
  | { readonly reason: Need | 'unreachable' }
  | { readonly reason: 'unless'; readonly code: CheckCode }
  | { readonly reason: 'failed'; readonly message: string }

/** What to examine, and with what. */
export interface ExamineOptions {
  readonly provider: Provider<object>
  readonly url: string
  readonly secrets: readonly string[]
  readonly patienceMs: number
  readonly channel?: EffectChannel | undefined
  /** A receiver that is started already. */
  readonly receiver?: ReceiverProcess | undefined
  readonly signal: AbortSignal
  /** Told before each check. */
  readonly onCheck: (at: number, of: number, code: CheckCode) => void
  /** Default: all. */
  readonly checks?: readonly Check[]
}

/** The results, in the order of the checks, and how many requests they took. */
export interface Examinations {
  readonly results: readonly Examination[]
  readonly requests: number
}

const mostTimeoutMs = 30_000

/**
 * Makes every check that can be made, one after another; those that take long beside the others, crashes when they are over.
 * @throws TypeError when the provider cannot send
 */
export async function examine(options: ExamineOptions): Promise<Examinations> {
  const { provider, url, secrets, patienceMs, channel, receiver, checks = allChecks } = options
  const subject = await createSubject(provider, url)
  const deaths: ProbeName[] = []
  const counter = channel && createCounter({ channel, patienceMs, sendFence })
  const timeoutMs = Math.min(provider.sending?.timeoutMs ?? mostTimeoutMs, mostTimeoutMs)
  const output = receiver && (() => receiver.output())
  const parts = { subject, patienceMs, timeoutMs, secrets, deaths, counter, receiver, output }
  const examined = createExamined(parts)
  async function sendFence() {
    const event = subject.make()
    await examined.send('valid', event.request, event)
    return event
  }
  const results = await runAll({ ...options, examined, checks, deaths })
  return { results, requests: examined.exchanges.length }
}

interface Running extends ExamineOptions {
  readonly examined: Examined
  readonly checks: readonly Check[]
  readonly deaths: ProbeName[]
}

const phases = [undefined, 'crash', 'last'] as const

async function runAll(running: Running): Promise<readonly Examination[]> {
  const { checks, signal, onCheck } = running
  const results = new Map<CheckCode, Examination>()
  const beside: Promise<void>[] = []
  const make = async (check: Check): Promise<void> => {
    signal.throwIfAborted()
    results.set(check.code, await runOne(check, running, results))
  }
  for (const phase of phases) {
    for (const check of checks.filter(({ when }) => when === phase)) {
      onCheck(results.size + 1, checks.length, check.code)
      await make(check)
      if (check === checks[0]) beside.push(...checks.filter(({ when }) => when === 'beside').map(make))
      if (phase === undefined) await revive(running)
    }
    // A receiver that is killed closes what it holds open.
    await Promise.all(beside)
  }
  return checks.flatMap(({ code }) => results.get(code) ?? [])
}

async function runOne(
  check: Check,
  { examined, checks }: Running,
  results: ReadonlyMap<CheckCode, Examination>,
): Promise<Examination> {
  const why = whyNot(check, examined, checks, results)
  if (why) return { check, result: 'not-looked-at', why }
  if (check.when !== 'last' && !(await takesConnections(examined.subject.url)))
    return { check, result: 'not-looked-at', why: { reason: 'unreachable' } }
  try {
    const outcome = await check.run(examined)
    if (outcome === 'does-not-apply') return { check, result: outcome }
    return outcome.length === 0
      ? { check, result: 'passed' }
      : { check, result: 'finding', evidence: outcome }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { check, result: 'not-looked-at', why: { reason: 'failed', message } }
  }
}

function whyNot(
  { code, needs = [], unless = [] }: Check,
  { counter, receiver, output }: Examined,
  checks: readonly Check[],
  results: ReadonlyMap<CheckCode, Examination>,
): WhyNot | undefined {
  const has = { effects: counter, start: receiver, output }
  const missing = needs.find((need) => has[need] === undefined)
  if (missing) return { reason: missing }
  const isEffect = needs.includes('effects')
  const first = checks[0]?.code === code ? [] : (['valid-refused'] as const)
  const second = isEffect && code !== 'valid-not-run' ? (['valid-not-run'] as const) : []
  const found = [...first, ...second, ...unless].find((each) => results.get(each)?.result === 'finding')
  return found && { reason: 'unless', code: found }
}

/** A receiver that died is started again, where the doctor can. */
async function revive({ examined, deaths, receiver }: Running): Promise<void> {
  if (await takesConnections(examined.subject.url)) return
  deaths.push(examined.exchanges.at(-1)?.probe ?? 'valid')
  await receiver?.start()
}
