import { describeError } from '../lib/describe-error.ts'
import type { Logger } from '../model/logger.ts'
import type { RejectedSignal, Signal } from '../model/observation.ts'
import type { RejectionCode } from '../model/rejection.ts'
import { remedies } from './remedies.ts'

/** The sender's retry finds it otherwise, as a rule. */
const passing: ReadonlySet<RejectionCode> = new Set([
  'in-flight',
  'handlers-busy',
  'failed-recently',
  'closed',
  'overloaded',
])
/** What anybody does to any server, and no event is lost by. */
const common: ReadonlySet<RejectionCode> = new Set(['method-not-allowed', 'body-aborted'])

/** The level that a signal calls for: of a refusal, by its authenticity and not by its status. */
export function levelOf(signal: Signal): keyof Logger {
  switch (signal.type) {
    case 'rejected':
      return levelOfRefusal(signal)
    case 'dead':
    case 'dropped':
      return 'error'
    case 'retried':
    case 'failed':
    case 'unhandled':
    case 'pressure':
      return 'warn'
    default:
      return 'debug'
  }
}

function levelOfRefusal({ code, status, authentic, error }: RejectedSignal): keyof Logger {
  if (common.has(code)) return 'info'
  if (passing.has(code)) return 'warn'
  return authentic || status === 500 || error !== undefined ? 'error' : 'warn'
}

/** A signal in words, with the message of what failed, and where to read on. */
export function wordsOf(signal: Signal): string {
  const about = 'id' in signal && signal.id !== undefined ? ` ${signal.event} ${signal.id}` : ''
  return `${signal.provider}${about}: ${words(signal)}`
}

function words(signal: Signal): string {
  switch (signal.type) {
    case 'rejected':
      return refusalWords(signal)
    case 'retried':
      return `attempt ${signal.attempt} failed, next in ${signal.delayMs} ms${failure(signal.error)}${readOn('retried')}`
    case 'failed':
      return `handlers failed, the sender is told to retry${failure(signal.error)}${readOn('failed')}`
    case 'dead':
      return `dead letter, ${signal.reason}, attempts made: ${signal.attempt}${failure(signal.error)}${readOn(signal.reason)}`
    case 'dropped':
      return `dead letter dropped, the inbox is at its bound${readOn('dropped')}`
    case 'unhandled':
      return `${signal.waiting} of '${signal.event}' wait, and nothing handles them in this process: register a handler, say handle: 'all' to have them completed without one, or work: false where another process handles them${readOn('unhandled')}`
    case 'pressure':
      return `${Math.round(signal.used * 100)} % of the ${signal.resource} that the inbox can hold${readOn('pressure')}`
    default:
      return signal.type
  }
}

function refusalWords({
  status,
  code,
  authentic,
  event,
  id,
  header,
  seconds,
  error,
}: RejectedSignal): string {
  const what = authentic ? 'authentic, and refused' : 'refused'
  const type = event === undefined || id !== undefined ? '' : ` (${event})`
  return `${what} with ${status} ${code}${type}${whichHeader(header)}${howFar(seconds, seconds)}${failure(error)}. ${remedies[code]}${readOn(code)}`
}

/** Refusals of one kind that were not written one by one. */
export interface Refusals {
  readonly count: number
  readonly last: RejectedSignal
  /** Names of some of the events. */
  readonly events: readonly string[]
  /** The least and the greatest offset from now. */
  readonly seconds: readonly [number, number] | undefined
}

/** Refusals in words, in one line. */
export function refusalsWords({ count, last, events, seconds }: Refusals): string {
  const { provider, status, code, authentic, header, error } = last
  const what = authentic ? 'authentic, and refused' : 'refused'
  const which = events.length === 0 ? '' : ` (${events.join(', ')}${events.length < count ? ', …' : ''})`
  const far = seconds === undefined ? '' : howFar(...seconds)
  return `${provider}: ${count} more ${what} with ${status} ${code} in the last minute${which}${whichHeader(header)}${far}${failure(error)}. ${remedies[code]}${readOn(code)}`
}

function whichHeader(header: string | undefined): string {
  return header === undefined ? '' : `, header '${header}'`
}

function howFar(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return ''
  const [near, far] = [Math.abs(from), Math.abs(to)].sort((a, b) => a - b) as [number, number]
  const range = near === far ? `${far}` : `${near} to ${far}`
  return `, ${range} s ${to < 0 ? 'in the past' : 'in the future'}`
}

function failure(error: unknown): string {
  return error === undefined ? '' : `: ${describeError(error).message}`
}

function readOn(entry: string): string {
  return ` (docs/troubleshooting.md#${entry})`
}
