import { describeError } from '../lib/describe-error.ts'
import type { Logger } from '../model/logger.ts'
import type {
  HandshakeObservation,
  MisroutedObservation,
  Observation,
  RejectedObservation,
} from '../model/observation.ts'
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
/** Requests that reach any server, and that lose no event. */
const common: ReadonlySet<RejectionCode> = new Set(['method-not-allowed', 'body-aborted'])

/** The level that an observation calls for: of a refusal, by its authenticity and not by its status. */
export function levelOf(observation: Observation): keyof Logger {
  switch (observation.type) {
    case 'rejected':
      return levelOfRefusal(observation)
    case 'dead':
    case 'dropped':
      return 'error'
    case 'handshake':
      return observation.told === undefined ? 'info' : 'warn'
    case 'retried':
    case 'failed':
    case 'unhandled':
    case 'high-water-mark':
    case 'misrouted':
    case 'reconcile-failed':
      return 'warn'
    case 'fallback':
      return observation.inUse === false ? 'info' : 'warn'
    default:
      return 'debug'
  }
}

function levelOfRefusal({ code, status, authentic, error }: RejectedObservation): keyof Logger {
  if (common.has(code)) return 'info'
  if (passing.has(code)) return 'warn'
  return authentic || status === 500 || error !== undefined ? 'error' : 'warn'
}

/** An observation in words, with the message of what failed, and where to read on; a hint stands in the place of the remedy. */
export function wordsOf(observation: Observation, hint?: string): string {
  return `${observation.provider}${aboutDelivery(observation)}: ${words(observation, hint)}`
}

function aboutDelivery(observation: Observation): string {
  if (!('id' in observation) || observation.id === undefined) return ''
  const { event, id, requestId } = observation
  return ` ${event} ${id}${requestId === undefined ? '' : ` (request ${requestId})`}`
}

function words(observation: Observation, hint: string | undefined): string {
  switch (observation.type) {
    case 'rejected':
      return refusalWords(observation, hint)
    case 'handshake':
      return handshakeWords(observation)
    case 'retried':
      return `attempt ${observation.attempt} failed, next in ${observation.delayMs} ms${ofHandler(observation.handler)}${failure(observation.error)}${readOn('retried')}`
    case 'failed':
      return `handlers failed, the sender is told to retry${ofHandler(observation.handler)}${failure(observation.error)}${readOn('failed')}`
    case 'dead':
      return `dead letter, ${observation.reason}, attempts made: ${observation.attempt}${ofHandler(observation.handler)}${failure(observation.error)}${readOn(observation.reason)}`
    case 'dropped':
      return `dead letter dropped, the inbox is at its bound${readOn('dropped')}`
    case 'unhandled':
      return `${observation.waiting} of '${observation.event}' wait, and nothing handles them in this process: register a handler, say handle: 'all' to have them completed without one, or work: false where another process handles them${readOn('unhandled')}`
    case 'high-water-mark':
      return `${Math.round(observation.used * 100)} % of the ${observation.resource} that the inbox can hold${readOn('high-water-mark')}`
    case 'misrouted':
      return misroutedWords(observation)
    case 'fallback':
      return fallbackWords(observation.inUse)
    case 'reconcile-failed':
      return `the provider's API was not compared with the inbox, the next round does it${failure(observation.error)}${readOn('reconcile-failed')}`
    default:
      return observation.type
  }
}

/** The path of a stranger's is as long as he likes, and in quotes. */
function misroutedWords({ path, expected, status, header }: MisroutedObservation): string {
  return `a POST with the header '${header}' came to '${path}', where nothing took it (${status}); the receiver is at '${expected}'. Give the sender that address, or the receiver the option path${readOn('misrouted')}`
}

function fallbackWords(inUse: boolean): string {
  return inUse
    ? `the primary inbox does not accept, and the fallback does: see to the primary${readOn('fallback')}`
    : `the primary inbox accepts again${readOn('fallback')}`
}

function handshakeWords({ method, told }: HandshakeObservation): string {
  const value = told === undefined ? '' : `; it names the value '${told}', which nobody has proven`
  return `handshake answered (${method})${value}${readOn('handshake')}`
}

function refusalWords(
  { status, code, authentic, event, id, header, seconds, error, retriesLeftMs }: RejectedObservation,
  hint: string | undefined,
): string {
  const what = authentic ? 'authentic, and refused' : 'refused'
  const type = event === undefined || id !== undefined ? '' : ` (${event})`
  return `${what} with ${status} ${code}${type}${whichHeader(header)}${howFar(seconds, seconds)}${timeLeft(retriesLeftMs)}${failure(error)}. ${hint ?? remedies[code]}${readOn(code)}`
}

/** Refusals of one kind that were not written one by one. */
export interface Refusals {
  readonly count: number
  readonly last: RejectedObservation
  /** What more is known of one of them. */
  readonly hint: string | undefined
  /** Names of some of the events. */
  readonly events: readonly string[]
  /** The least and the greatest offset from now. */
  readonly seconds: readonly [number, number] | undefined
}

/** Refusals in words, in one line. */
export function refusalsWords({ count, last, events, seconds, hint }: Refusals): string {
  const { provider, status, code, authentic, header, error } = last
  const what = authentic ? 'authentic, and refused' : 'refused'
  const which = events.length === 0 ? '' : ` (${events.join(', ')}${events.length < count ? ', …' : ''})`
  const far = seconds === undefined ? '' : howFar(...seconds)
  return `${provider}: ${count} more ${what} with ${status} ${code} in the last minute${which}${whichHeader(header)}${far}${failure(error)}. ${hint ?? remedies[code]}${readOn(code)}`
}

function whichHeader(header: string | undefined): string {
  return header === undefined ? '' : `, header '${header}'`
}

function howFar(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return ''
  const near = Math.min(Math.abs(from), Math.abs(to))
  const far = Math.max(Math.abs(from), Math.abs(to))
  const range = near === far ? `${far}` : `${near} to ${far}`
  return `, ${range} s ${to < 0 ? 'in the past' : 'in the future'}`
}

function ofHandler(handler: string | undefined): string {
  return handler === undefined ? '' : `, handler '${handler}'`
}

function timeLeft(retriesLeftMs: number | undefined): string {
  if (retriesLeftMs === undefined) return ''
  if (retriesLeftMs === 0) return ', and the sender does not retry any more'
  return `, the sender retries for ${Math.ceil(retriesLeftMs / 1_000)} s more`
}

function failure(error: unknown): string {
  return error === undefined ? '' : `: ${describeError(error).message}`
}

function readOn(entry: string): string {
  return ` (docs/troubleshooting.md#${entry})`
}
