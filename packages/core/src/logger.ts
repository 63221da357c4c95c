import type { Clock } from './lib/clock.ts'
import { describeError } from './lib/describe-error.ts'
import { fence } from './lib/fence.ts'
import { warn } from './lib/warn.ts'
import type { Signal } from './signal.ts'

/** One method of a {@link Logger}: details first, then the message, as pino has it. */
export type LogMethod = (details: object, message: string) => void

/** What writes the log: pino, or anything of its shape. What it throws or rejects is dropped. */
export interface Logger {
  /** Every delivery. */
  readonly debug: LogMethod
  /** Refusals. */
  readonly info: LogMethod
  /** What needs a look: retries, pressure. */
  readonly warn: LogMethod
  /** What needs a person: dead letters, a wrong set-up, an inbox that fails. */
  readonly error: LogMethod
}

const perMinute = 10
const minuteMs = 60_000

/** The logger of those who give none: process warnings for what needs a person, at most 10 a minute. */
export function processWarnings(clock: Clock): Logger {
  let since = Number.NEGATIVE_INFINITY
  let count = 0
  const speak: LogMethod = (details, message) => {
    const now = clock.monotonic()
    if (now - since >= minuteMs) {
      since = now
      count = 0
    }
    if (++count > perMinute) return
    const { error } = details as { error?: unknown }
    warn('ACUSE', error === undefined ? message : `${message}: ${describeError(error).message}`)
  }
  const silent = (): void => {}
  return { debug: silent, info: silent, warn: speak, error: speak }
}

/** The same logger, which loses nothing but its own lines when it throws or rejects. */
export function fencedLogger(logger: Logger): Logger {
  const method =
    (level: keyof Logger): LogMethod =>
    (details, message) =>
      fence(() => logger[level](details, message))
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
}

/** Writes a signal to the log, at the level that its kind calls for. */
export function logSignal(logger: Logger, signal: Signal): void {
  const about = 'id' in signal ? ` ${signal.event} ${signal.id}` : ''
  const message = `${signal.provider}${about}: ${words(signal)}`
  logger[level(signal)](signal, message)
}

function level(signal: Signal): keyof Logger {
  switch (signal.type) {
    case 'rejected':
      return signal.error !== undefined || signal.status === 500 || signal.status === 503 ? 'error' : 'info'
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

function words(signal: Signal): string {
  switch (signal.type) {
    case 'rejected':
      return `rejected ${signal.status} ${signal.code}`
    case 'retried':
      return `attempt ${signal.attempt} failed, next in ${signal.delayMs} ms`
    case 'failed':
      return 'handlers failed, the sender is told to retry'
    case 'dead':
      return `dead letter, ${signal.reason}, attempts made: ${signal.attempt}`
    case 'dropped':
      return 'dead letter dropped, the inbox is at its bound'
    case 'unhandled':
      return `${signal.waiting} of '${signal.event}' wait, and nothing handles them in this process: register a handler, say handle: 'all' to have them completed without one, or work: false where another process handles them`
    case 'pressure':
      return `${Math.round(signal.used * 100)} % of the ${signal.resource} that the inbox can hold`
    default:
      return signal.type
  }
}
