import { sturdyClock } from '../lib/check-clock.ts'
import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'
import { checkPath } from '../model/provider.ts'
import type { HealthReport } from './report.ts'

/** Options of `health`. */
export interface HealthOptions {
  /**
   * The longest wait for an inbox, in milliseconds, from 1 to 60 000. Default 800: a probe of Kubernetes waits for one second.
   */
  readonly checkTimeoutMs?: number
  /**
   * The greatest age of the oldest delivery that is not handled, in milliseconds, up to 365 days; an older one makes the process not
   * ready. Default: none, because a delivery that is tried again and again grows as old as its retries take. Set it above that.
   */
  readonly maxWaitingMs?: number
  /**
   * How long the inbox may leave the worker without an answer, in milliseconds, from 1 000 to a day, before a new start is
   * asked for. Default 60 000. It must be longer than the `pollMs` of the inbox.
   */
  readonly maxSilentMs?: number
  /** The least room on the disk of an inbox in a file, in bytes; 0: it is not looked at. Default 67 108 864 (64 MiB). */
  readonly minFreeBytes?: number
  /**
   * Whether the bodies of `fetch` and `node` have the reasons in full, with names of files and servers: for probes that nobody
   * else can call. Default `false`: codes only.
   */
  readonly details?: boolean
  /** Told the whole report when it is not the one before: other codes, other endpoints, another verdict. Default: nobody is. */
  readonly onChange?: (report: HealthReport) => void
  /** The path that tells whether it is live, whole, as the client sends it. Default `/healthz`. */
  readonly livePath?: string
  /** The path that tells whether it is ready, whole, as the client sends it. Default `/readyz`. */
  readonly readyPath?: string
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/** Options with their defaults, checked. */
export interface HealthSettings extends Required<Omit<HealthOptions, 'onChange'>> {
  readonly onChange: ((report: HealthReport) => void) | undefined
}

const kinds: OptionKinds<HealthOptions> = {
  checkTimeoutMs: 'number',
  maxWaitingMs: 'number',
  maxSilentMs: 'number',
  minFreeBytes: 'number',
  details: 'true or false',
  onChange: 'function',
  livePath: 'text',
  readyPath: 'text',
  clock: 'clock',
}
const dayMs = 86_400_000

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toHealthSettings(options: HealthOptions): HealthSettings {
  checkOptions('health options', options, kinds)
  const { livePath = '/healthz', readyPath = '/readyz', details = false, maxWaitingMs } = options
  if (livePath === readyPath)
    throw new TypeError('livePath and readyPath must be two paths: a process may be live and not ready')
  return {
    checkTimeoutMs: wholeNumber('checkTimeoutMs', options.checkTimeoutMs ?? 800, 1, 60_000),
    maxWaitingMs:
      maxWaitingMs === undefined
        ? Number.POSITIVE_INFINITY
        : wholeNumber('maxWaitingMs', maxWaitingMs, 1, 365 * dayMs),
    maxSilentMs: wholeNumber('maxSilentMs', options.maxSilentMs ?? 60_000, 1_000, dayMs),
    minFreeBytes: wholeNumber('minFreeBytes', options.minFreeBytes ?? 64 * 2 ** 20, 0, 2 ** 50),
    details,
    onChange: options.onChange,
    livePath: checkPath('livePath', livePath),
    readyPath: checkPath('readyPath', readyPath),
    clock: sturdyClock(options.clock),
  }
}
