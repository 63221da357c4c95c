import { printable } from '../lib/printable.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'
import type { RejectedSignal, Signal } from '../model/observation.ts'
import { LinesPerMinute } from './lines-per-minute.ts'
import { toLoggedError } from './logged-error.ts'
import { lineKinds, type ReceiverLogger } from './logger.ts'
import { levelOf, type Refusals, refusalsWords, wordsOf } from './words.ts'

/** Writes signals to a log. */
export interface SignalLog {
  write(signal: Signal): void
  /** Writes what was only counted so far. */
  flush(): void
}

const maxEvents = 10

/**
 * Writes signals to a log, each at the level that it calls for. Refusals, which anybody can cause at any rate, are one
 * line for each code and minute, with a count; one by one they are `debug`.
 */
export function createSignalLog(logger: ReceiverLogger, clock: Clock): SignalLog {
  const refusals = new LinesPerMinute<RejectedSignal, Refusals>({
    most: 1,
    clock,
    fold: addRefusal,
    tell: (rest) => {
      const details = { ...detailsOf(rest.last), count: rest.count }
      speak(logger, levelOf(rest.last), rest.last, details, refusalsWords(rest))
    },
  })
  return {
    write(signal) {
      const isCounted = signal.type === 'rejected' && !refusals.takes(kindOf(signal), signal)
      const level = isCounted ? 'debug' : levelOf(signal)
      if (level !== 'debug' || logger.hasDebug)
        speak(logger, level, signal, detailsOf(signal), wordsOf(signal))
    },
    flush() {
      refusals.flush()
      logger.flush()
    },
  }
}

function speak(logger: Logger, level: keyof Logger, signal: Signal, details: object, message: string): void {
  if (level !== 'debug') lineKinds.set(details, kindOf(signal))
  logger[level](details, message)
}

/** What shares a budget of lines. All of its parts are of a few values. */
function kindOf(signal: Signal): string {
  switch (signal.type) {
    case 'rejected':
      return `rejected ${signal.code} ${signal.authentic} ${signal.header}`
    case 'dead':
      return `dead ${signal.reason}`
    default:
      return signal.type
  }
}

/** A signal as a log can bear it: an error under `err`, and a type that is one line. */
function detailsOf(signal: Signal): object {
  const event = 'event' in signal && signal.event !== undefined ? printable(signal.event) : undefined
  const hasError = 'error' in signal && signal.error !== undefined
  if (!hasError && event === ('event' in signal ? signal.event : undefined)) return signal
  const { error, ...details } = signal as Signal & { readonly error?: unknown }
  return {
    ...details,
    ...(event === undefined ? undefined : { event }),
    ...(hasError ? { err: toLoggedError(error) } : undefined),
  }
}

function addRefusal(rest: Refusals | undefined, signal: RejectedSignal): Refusals {
  const { event, id, seconds } = signal
  const events = rest?.events ?? []
  const name = [event, id].filter((part) => part !== undefined).join(' ')
  const isNew = name !== '' && events.length < maxEvents && !events.includes(name)
  return {
    count: (rest?.count ?? 0) + 1,
    last: signal,
    events: isNew ? [...events, name] : events,
    seconds: addSeconds(rest?.seconds, seconds),
  }
}

function addSeconds(range: Refusals['seconds'], seconds: number | undefined): Refusals['seconds'] {
  if (seconds === undefined) return range
  return range ? [Math.min(range[0], seconds), Math.max(range[1], seconds)] : [seconds, seconds]
}
