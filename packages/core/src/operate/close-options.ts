import { constants } from 'node:os'
import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { describe, wholeNumber } from '../lib/options.ts'
import { type ReceiverLogger, toLogger } from '../log/logger.ts'
import { systemClock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'

/** Options of `closeOn`. */
export interface CloseOnOptions {
  /** The signals that begin the close. Default `['SIGTERM', 'SIGINT']`. */
  readonly signals?: readonly NodeJS.Signals[]
  /**
   * How long the process may take to end from the first signal on, in milliseconds, up to a day; then it ends with exit code 1.
   * Handlers have all of it but the last fifth, a second at most, in which what they did not finish is given back. Default
   * 8 000: Docker kills after 10 s, Kubernetes after 30 s.
   */
  readonly timeoutMs?: number
  /**
   * Where lines go: `info` for the begin and the end, `error` for what fails or takes too long. Default: process warnings, and
   * no line of `info`.
   */
  readonly logger?: Logger
}

/** Options with their defaults, checked. */
export interface CloseOnSettings {
  readonly signals: readonly NodeJS.Signals[]
  readonly timeoutMs: number
  readonly logger: ReceiverLogger
}

const kinds: OptionKinds<CloseOnOptions> = { signals: 'list', timeoutMs: 'number', logger: 'checked' }
const dayMs = 86_400_000

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toCloseOnSettings(options: CloseOnOptions): CloseOnSettings {
  checkOptions('closeOn options', options, kinds)
  const { signals = ['SIGTERM', 'SIGINT'] } = options
  for (const signal of signals as readonly unknown[]) {
    if (typeof signal !== 'string' || !Object.hasOwn(constants.signals, signal))
      throw new TypeError(
        `signals must be a list of names such as 'SIGTERM', and has ${typeof signal === 'string' ? `'${signal}'` : describe(signal)}`,
      )
    if (signal === 'SIGKILL' || signal === 'SIGSTOP')
      throw new TypeError(`signals has ${signal}, which no process can hear`)
  }
  return {
    signals,
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? 8_000, 1, dayMs),
    logger: toLogger(options.logger, systemClock),
  }
}
