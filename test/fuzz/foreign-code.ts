import { fromRawHeaders, type Outcome } from '@acuse/core'
import { foreignReceiver, signatureOf } from './foreign-parts.ts'
import { createRandom, seedOf } from './random.ts'

/** The outcome of requests to receivers whose own code misbehaves. */
export interface ForeignTotals {
  /** Receivers tried, each with four requests. */
  count: number
  readonly answers: Record<string, number>
  readonly byPart: Record<string, number>
  /** All that follows must be 0. */
  readonly faults: Record<Fault, number>
  /** The first of them. */
  readonly failures: string[]
}

/** Outcomes that must never occur. */
type Fault = (typeof faults)[number]

const faults = [
  'false accepts',
  'false refusals',
  'handlers run',
  'handlers not run',
  'rejections',
  'unhandled rejections',
  'uncaught exceptions',
  'strange answers',
  'hangs',
] as const

/** None of it yet. */
export function noTotals(): ForeignTotals {
  const none = Object.fromEntries(faults.map((fault) => [fault, 0])) as Record<Fault, number>
  return { count: 0, answers: {}, byPart: {}, faults: none, failures: [] }
}

/** The signed content. */
export const pingBody = Buffer.from('{"type":"ping"}')
/** Not what was signed. */
export const forgedBody = Buffer.from('{"type":"ping"} ')

const constant: Readonly<Record<number, string>> = {
  400: '{"error":"malformed"}',
  401: '{"error":"unauthorized"}',
  500: '{"error":"misconfigured"}',
  503: '{"error":"unavailable"}',
}
const handlersFailed = '{"error":"failed"}'

/** Whether an answer is one that every receiver gives to a refusal. */
export function isConstant(status: number, body: string): boolean {
  return constant[status] === body || (status === 500 && body === handlersFailed)
}

/** Longer than any deadline of a receiver; a machine may be busy. */
const hangMs = 60_000
const together = 100
const mostFailures = 20
/** How many of the requests of a case are authentic. */
const authentic = 2

/**
 * Sends authentic and forged requests to receivers of which one part misbehaves, at random, and watches what the process
 * would have died of.
 */
export async function fuzzForeignCode(
  { seed, from = 0, count }: { readonly seed: number; readonly from?: number; readonly count: number },
  totals: ForeignTotals = noTotals(),
): Promise<ForeignTotals> {
  let at = from
  const fail = (fault: Fault, what: unknown): void => {
    totals.faults[fault]++
    if (totals.failures.length < mostFailures) totals.failures.push(`${fault}, case ${what}`)
  }
  const onUnhandled = (error: unknown): void =>
    fail('unhandled rejections', `${at} or one of ${together} before: ${stackOf(error)}`)
  const onUncaught = (error: unknown): void =>
    fail('uncaught exceptions', `${at} or one of ${together} before: ${stackOf(error)}`)
  process.on('unhandledRejection', onUnhandled)
  process.on('uncaughtException', onUncaught)
  try {
    while (at < from + count) {
      const size = Math.min(together, from + count - at)
      const cases = Array.from({ length: size }, (_, index) => tryOne(seed, at + index, totals, fail))
      at += size
      await Promise.all(cases)
      // Errors that a receiver left behind surface now.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    process.off('unhandledRejection', onUnhandled)
    process.off('uncaughtException', onUncaught)
  }
  return totals
}

type Fail = (fault: Fault, what: unknown) => void

async function tryOne(seed: number, index: number, totals: ForeignTotals, fail: Fail): Promise<void> {
  let runs = 0
  const made = foreignReceiver(createRandom(seedOf(seed, index)), () => void runs++)
  const { receiver, part, expected } = made
  const name = `${index} (${part})`
  totals.count++
  totals.byPart[part] = (totals.byPart[part] ?? 0) + 1
  const headers = fromRawHeaders(Object.entries(signatureOf(pingBody)).flat())
  try {
    for (const body of [pingBody, forgedBody]) {
      const head = { method: 'POST', url: '/hooks', headers }
      for (const outcome of [
        await inTime(receiver.handle({ ...head, read: () => body })),
        await inTime(Promise.resolve(receiver.receive({ ...head, body }))),
      ]) {
        if (outcome === hung) fail('hangs', name)
        else judge(outcome, body === forgedBody ? false : expected.accepted, name, totals, fail)
      }
    }
  } catch {
    fail('rejections', name)
  }
  try {
    if ((await inTime(receiver.close({ timeoutMs: 1_000 }))) === hung) fail('hangs', `${name}, closing`)
  } catch (error) {
    fail('rejections', `${name}, closing: ${stackOf(error)}`)
  }
  if (runs > (expected.runs ?? authentic)) fail('handlers run', name)
  if (runs < (expected.runs ?? 0)) fail('handlers not run', name)
}

function judge(
  { kind, status, body }: Outcome,
  expected: boolean | undefined,
  name: string,
  totals: ForeignTotals,
  fail: Fail,
): void {
  const isAccepted = kind !== 'rejected'
  totals.answers[status] = (totals.answers[status] ?? 0) + 1
  if (isAccepted && expected === false) fail('false accepts', name)
  if (!isAccepted && expected === true) fail('false refusals', `${name}: ${status}`)
  if (isAccepted ? status !== 200 : !isConstant(status, body))
    fail('strange answers', `${name}: ${status} ${body}`)
}

const hung = 'hung'

async function inTime<T>(promise: Promise<T>): Promise<T | typeof hung> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof hung>((resolve) => {
    timer = setTimeout(() => resolve(hung), hangMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : typeof error
}
