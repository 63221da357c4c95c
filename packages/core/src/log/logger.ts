import { describeError } from '../lib/describe-error.ts'
import { fence } from '../lib/fence.ts'
import { fieldOf } from '../lib/field-of.ts'
import { printable } from '../lib/printable.ts'
import { processWide } from '../lib/process-wide.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger, LogMethod } from '../model/logger.ts'
import { LinesPerMinute } from './lines-per-minute.ts'
import { toLoggedError } from './logged-error.ts'
import { warn } from './warn.ts'

/** A receiver's logger. */
export interface ReceiverLogger extends Logger {
  /** Whether anybody reads `debug`: every delivery has a line of it. */
  readonly hasDebug: boolean
  /** Writes what it only counted so far. */
  flush(): void
}

/** The kind of a line by its details; each kind has a budget of its own. What a handler writes has none. */
export const lineKinds: WeakMap<object, string> = processWide('line-kinds/1', () => new WeakMap())

const perMinute = 10

/** The default logger: process warnings for lines that need attention, at most 10 a minute of each kind. */
export function processWarnings(clock: Clock): ReceiverLogger {
  const budget = new LinesPerMinute<string, { readonly count: number; readonly last: string }>({
    most: perMinute,
    clock,
    fold: (rest, last) => ({ count: (rest?.count ?? 0) + 1, last }),
    tell: ({ count, last }) => warn('ACUSE', `${count} more like this one in the last minute: ${last}`),
  })
  const speak: LogMethod = (details, message) => {
    const kind = lineKinds.get(details)
    const err = fieldOf(details, 'err')
    // A receiver's own line says it already.
    const text =
      kind !== undefined || err === undefined ? message : `${message}: ${describeError(err).message}`
    if (budget.takes(kind ?? 'handler', text)) warn('ACUSE', text)
  }
  const silent = (): void => {}
  const flush = (): void => budget.flush()
  return { debug: silent, info: silent, warn: speak, error: speak, hasDebug: false, flush }
}

/** Writes that something of the program failed, as a kind of its own. */
export function writeFailure(logger: Logger, message: string, error: unknown): void {
  const details = { err: toLoggedError(error) }
  lineKinds.set(details, 'failure')
  logger.error(details, `${message}: ${describeError(error).message}`)
}

/**
 * A receiver's logger, or an outbox's; process warnings where none is given.
 * @throws TypeError when one of its four methods is missing
 */
export function toLogger(given: Logger | undefined, clock: Clock): ReceiverLogger {
  if (given === undefined) return processWarnings(clock)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof given?.[level] !== 'function')
      throw new TypeError(`logger.${level} must be a function, as pino has it`)
  }
  return fencedLogger(given)
}

/** The same logger, which loses nothing but its own lines when it throws or rejects. */
export function fencedLogger(logger: Logger): ReceiverLogger {
  const given: object = logger
  const method =
    (level: keyof Logger): LogMethod =>
    (details, message) =>
      fence(() => {
        const text = printable(message)
        if (isMessageFirst(given)) return given[level](text, details)
        return logger[level](details, text)
      })
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    hasDebug: true,
    flush: () => {},
  }
}

/** As winston and the console have it. */
type MessageFirst = { readonly [Level in keyof Logger]: (message: string, details: object) => unknown }

function isMessageFirst(logger: object): logger is MessageFirst {
  return typeof fieldOf(logger, 'log') === 'function'
}
