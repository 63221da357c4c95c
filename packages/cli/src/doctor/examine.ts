import type { Check } from './check.ts'
import { checks as allChecks } from './checks/index.ts'
import { createCounter, type EffectChannel } from './effects.ts'
import type { CheckCode, Evidence, Need } from './evidence.ts'
import { createExamined, type Examined } from './examined.ts'
import { type ReceiverProcess, takesConnections } from './receiver-process.ts'
import type { Subject } from './subject.ts'

/** What came of one check. */
export type Examination = Outcome & {
  readonly check: Check
  /** How long it took, in milliseconds. */
  readonly durationMs: number
}

type Outcome =
  | { readonly result: 'passed' | 'does-not-apply' }
  | { readonly result: 'finding'; readonly evidence: readonly Evidence[] }
  | { readonly result: 'not-looked-at'; readonly why: WhyNot }

/** Why a check was not made. */
export type WhyNot =
  | { readonly reason: Need | 'unreachable' }
  | { readonly reason: 'unless'; readonly code: CheckCode }
  | { readonly reason: 'failed'; readonly message: string }

/** What to examine, and with what. */
export interface ExamineOptions {
  readonly subject: Subject
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
 */
export async function examine(options: ExamineOptions): Promise<Examinations> {
  const { subject, signal, secrets, patienceMs, channel, receiver, checks = allChecks } = options
  const counter = channel && createCounter({ channel, patienceMs, sendFence, signal })
  const timeoutMs = Math.min(subject.provider.sending?.timeoutMs ?? mostTimeoutMs, mostTimeoutMs)
  const output = receiver && (() => receiver.output())
  const parts = { subject, patienceMs, timeoutMs, secrets, signal, counter, receiver, output }
  const examined = createExamined(parts)
  async function sendFence() {
    const event = subject.make()
    await examined.send('valid', event.request, event)
    return event
  }
  const results = await runAll({ ...options, examined, checks })
  return { results, requests: examined.exchanges.length }
}

interface Running extends ExamineOptions {
  readonly examined: Examined
  readonly checks: readonly Check[]
}

const phases = [undefined, 'crash', 'last'] as const

async function runAll(running: Running): Promise<readonly Examination[]> {
  const { checks, signal, onCheck } = running
  const results = new Map<CheckCode, Examination>()
  const beside: Promise<void>[] = []
  const make = async (check: Check): Promise<void> => {
    signal.throwIfAborted()
    const startedAt = performance.now()
    const outcome = await runOne(check, running, results)
    results.set(check.code, { ...outcome, check, durationMs: performance.now() - startedAt })
  }
  for (const phase of phases) {
    for (const check of checks.filter(({ when }) => when === phase)) {
      onCheck(results.size + 1, checks.length, check.code)
      await make(check)
      if (check === checks[0]) beside.push(...checks.filter(({ when }) => when === 'beside').map(make))
      if (phase !== 'last') await revive(running.examined)
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
): Promise<Outcome> {
  const why = whyNot(check, examined, checks, results)
  if (why) return { result: 'not-looked-at', why }
  if (check.when !== 'last' && !(await takesConnections(examined.subject.url)))
    return { result: 'not-looked-at', why: { reason: 'unreachable' } }
  try {
    const outcome = await check.run(examined)
    if (outcome === 'does-not-apply') return { result: outcome }
    return outcome.length === 0 ? { result: 'passed' } : { result: 'finding', evidence: outcome }
  } catch (error) {
    examined.signal.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    return { result: 'not-looked-at', why: { reason: 'failed', message } }
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

async function revive({ exchanges, revive: again }: Examined): Promise<void> {
  await again({ probe: exchanges.at(-1)?.probe ?? 'valid', isSigned: false })
}
