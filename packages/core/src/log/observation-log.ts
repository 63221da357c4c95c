import { printable } from '../lib/printable.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'
import type { MisroutedObservation, Observation, RejectedObservation } from '../model/observation.ts'
import { LinesPerMinute } from './lines-per-minute.ts'
import { toLoggedError } from './logged-error.ts'
import { lineKinds, type ReceiverLogger } from './logger.ts'
import { levelOf, type Refusals, refusalsWords, wordsOf } from './words.ts'

/** Writes observations to a log. */
export interface ObservationLog {
  /** @param hint tells more of a refusal than its code does, where it can; it is costly, and asked a few times a minute at most */
  write(observation: Observation, hint?: Hint): void
  /** Writes what was only counted so far. */
  flush(): void
}

type Hint = () => string | undefined

/** A refusal, and what may tell more of it. */
interface Line {
  readonly observation: RejectedObservation
  readonly hint: Hint | undefined
}

/** Misrouted requests that were not written one by one. */
interface Misrouted {
  readonly count: number
  readonly last: MisroutedObservation
}

const maxEvents = 10
/** How many of the refusals of a kind that are only counted are looked at, in a minute. */
const maxHints = 3

/**
 * Writes observations to a log, each at the level that it calls for. Refusals, which anybody can cause at any rate, are one
 * line for each code and minute, with a count; one by one they are `debug`.
 */
export function createObservationLog(logger: ReceiverLogger, clock: Clock): ObservationLog {
  const refusals = new LinesPerMinute<Line, Refusals>({
    most: 1,
    clock,
    fold: addRefusal,
    tell: (rest) => {
      const details = { ...detailsOf(rest.last), count: rest.count }
      speak(logger, levelOf(rest.last), rest.last, details, refusalsWords(rest))
    },
  })
  /** Anybody can send those, too. */
  const misrouted = new LinesPerMinute<MisroutedObservation, Misrouted>({
    most: 1,
    clock,
    fold: (rest, last) => ({ count: (rest?.count ?? 0) + 1, last }),
    tell: ({ count, last }) => {
      const text = `${wordsOf(last)}; ${count} more in the last minute`
      speak(logger, 'warn', last, { ...detailsOf(last), count }, text)
    },
  })
  const isCounted = (observation: Observation, hint: Hint | undefined): boolean => {
    if (observation.type === 'misrouted') return !misrouted.takes(kindOf(observation), observation)
    return observation.type === 'rejected' && !refusals.takes(kindOf(observation), { observation, hint })
  }
  return {
    write(observation, hint) {
      const level = isCounted(observation, hint) ? 'debug' : levelOf(observation)
      if (level === 'debug' && !logger.hasDebug) return
      const text = wordsOf(observation, level === 'debug' ? undefined : hint?.())
      speak(logger, level, observation, detailsOf(observation), text)
    },
    flush() {
      refusals.flush()
      misrouted.flush()
      logger.flush()
    },
  }
}

function speak(
  logger: Logger,
  level: keyof Logger,
  observation: Observation,
  details: object,
  message: string,
): void {
  if (level !== 'debug') lineKinds.set(details, kindOf(observation))
  logger[level](details, message)
}

/** The key of a budget of lines. All of its parts are of a few values. */
function kindOf(observation: Observation): string {
  switch (observation.type) {
    case 'rejected':
      return `rejected ${observation.code} ${observation.authentic} ${observation.header}`
    case 'dead':
      return `dead ${observation.reason}`
    default:
      return observation.type
  }
}

/** An observation as a log can bear it: an error under `err`, and a type that is one line. */
function detailsOf(observation: Observation): object {
  const event =
    'event' in observation && observation.event !== undefined ? printable(observation.event) : undefined
  const hasError = 'error' in observation && observation.error !== undefined
  if (!hasError && event === ('event' in observation ? observation.event : undefined)) return observation
  const { error, ...details }: Observation & { readonly error?: unknown } = observation
  return {
    ...details,
    ...(event === undefined ? undefined : { event }),
    ...(hasError ? { err: toLoggedError(error) } : undefined),
  }
}

function addRefusal(rest: Refusals | undefined, { observation, hint }: Line): Refusals {
  const { event, id, seconds } = observation
  const events = rest?.events ?? []
  const name = [event, id].filter((part) => part !== undefined).join(' ')
  const isNew = name !== '' && events.length < maxEvents && !events.includes(name)
  const count = (rest?.count ?? 0) + 1
  return {
    count,
    last: observation,
    // A stranger's may be the first.
    hint: rest?.hint ?? (count <= maxHints ? hint?.() : undefined),
    events: isNew ? [...events, name] : events,
    seconds: addSeconds(rest?.seconds, seconds),
  }
}

function addSeconds(range: Refusals['seconds'], seconds: number | undefined): Refusals['seconds'] {
  if (seconds === undefined) return range
  return range ? [Math.min(range[0], seconds), Math.max(range[1], seconds)] : [seconds, seconds]
}
