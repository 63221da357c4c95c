import { sturdyClock } from '../lib/check-clock.ts'
import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { knownOptions, wholeNumber } from '../lib/options.ts'
import { toLogger } from '../log/logger.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'
import type { Notifier } from './alert.ts'
import type { NotifySettings } from './notify-queue.ts'
import { type AlertThresholds, type Thresholds, toThresholds } from './thresholds.ts'

/** Options of `alerts`. */
export interface AlertsOptions {
  /** Whom to tell: a function, such as a `webhookNotifier` or a `slackNotifier`, or several; each is told on its own. */
  readonly notify: Notifier | readonly Notifier[]
  /** When. Default: as each says. */
  readonly thresholds?: AlertThresholds
  /** What shares and numbers are of, in milliseconds, 10 000 (10 s) to 86 400 000 (a day). Default 300 000 (5 min). */
  readonly windowMs?: number
  /** How long a notifier may take, in milliseconds, 1 to 60 000. Default 10 000. */
  readonly timeoutMs?: number
  /** How often to try to send an alert, 1 to 10, with waits of 1, 4, 16 … seconds. Default 4. After the last it is logged. */
  readonly attempts?: number
  /** Where alerts go that no notifier took. Default: process warnings. */
  readonly logger?: Logger
  /** Where time comes from. Default `systemClock`. */
  readonly clock?: Clock
}

/** Options of `Alerts.watch`. */
export interface WatchOptions {
  /** Names the inbox in alerts. Default `inbox`. */
  readonly name?: string
  /** How often to look, in milliseconds, 1 000 to 3 600 000. Default 30 000. */
  readonly everyMs?: number
  /** How long a look may take, in milliseconds, 1 to 60 000. Default 5 000. */
  readonly timeoutMs?: number
}

/** Options with their defaults, checked. */
export interface AlertsSettings extends NotifySettings {
  readonly notifiers: readonly Notifier[]
  readonly thresholds: Thresholds
  readonly windowMs: number
}

const kinds: OptionKinds<AlertsOptions> = {
  notify: 'checked',
  thresholds: 'object',
  windowMs: 'number',
  timeoutMs: 'number',
  attempts: 'number',
  logger: 'checked',
  clock: 'clock',
}

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toAlertsSettings(options: AlertsOptions): AlertsSettings {
  checkOptions('alerts options', options, kinds)
  const { notify, thresholds, windowMs = 300_000, timeoutMs = 10_000, attempts = 4 } = options
  const notifiers: readonly unknown[] = Array.isArray(notify) ? notify : [notify]
  if (!areNotifiers(notifiers))
    throw new TypeError(
      'notify must be a function that takes an alert, or a list of them, such as slackNotifier(url)',
    )
  const clock = sturdyClock(options.clock)
  return {
    notifiers,
    thresholds: toThresholds(thresholds),
    windowMs: wholeNumber('windowMs', windowMs, 10_000, 86_400_000),
    timeoutMs: wholeNumber('timeoutMs', timeoutMs, 1, 60_000),
    attempts: wholeNumber('attempts', attempts, 1, 10),
    logger: toLogger(options.logger, clock),
    clock,
  }
}

function areNotifiers(given: readonly unknown[]): given is readonly Notifier[] {
  return given.length > 0 && given.every((each) => typeof each === 'function')
}

/**
 * The same for a look at an inbox.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toWatchSettings(options: WatchOptions = {}): Required<WatchOptions> {
  knownOptions('watch options', options, ['name', 'everyMs', 'timeoutMs'])
  const { name = 'inbox', everyMs = 30_000, timeoutMs = 5_000 } = options
  if (typeof name !== 'string' || name === '') throw new TypeError('name must be text that is not empty')
  return {
    name,
    everyMs: wholeNumber('everyMs', everyMs, 1_000, 3_600_000),
    timeoutMs: wholeNumber('timeoutMs', timeoutMs, 1, 60_000),
  }
}
