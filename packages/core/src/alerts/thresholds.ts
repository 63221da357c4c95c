import { checkOptions } from '../lib/check-options.ts'
import { describe, knownOptions, wholeNumber } from '../lib/options.ts'
import type { AlertName } from './alert.ts'

/** When a share is too high, and when it is right again. */
export interface RateThreshold {
  /** Fires above this share, 0 to 1. */
  readonly above?: number
  /** Resolved at this share or below, 0 to `above`. Default: half of `above`. */
  readonly below?: number
  /** The fewest in the window to fire: 1 of 1 is no rate. From 1. Default 20. */
  readonly minimum?: number
}

/** When a number is too high, and when it is right again. */
export interface CountThreshold {
  /** Fires above this number, from 0. */
  readonly above?: number
  /** Resolved at this number or below, 0 to `above`. Default 0. */
  readonly below?: number
}

/** When something takes too long, and when it is right again. */
export interface DurationThreshold {
  /** Fires above this, in milliseconds. */
  readonly aboveMs?: number
  /** Resolved at this or below, in milliseconds, 0 to `aboveMs`. Default: half of `aboveMs`. */
  readonly belowMs?: number
}

/** The same of a mean. */
export interface MeanThreshold extends DurationThreshold {
  /** The fewest in the window to fire, from 1. Default 5. */
  readonly minimum?: number
}

/** When to tell somebody; `false`: never. */
export interface AlertThresholds {
  /** Attempts that failed and authentic requests that were refused, of those and of attempts that succeeded. Default above 0.1. */
  readonly errorRate?: RateThreshold | false
  /** Retries that begin later than planned, on average. Default above 60 000 (1 min), below 10 000, of 5 or more. */
  readonly retriesLate?: MeanThreshold | false
  /** Duplicates, of all that is acknowledged. Default above 0.2. */
  readonly duplicates?: RateThreshold | false
  /** New dead letters within the window. Default above 0: the first one fires, and a window without one resolves it. */
  readonly deadLetters?: CountThreshold | false
  /** The oldest delivery that is not handled, of each inbox that is watched. Default above 3 600 000 (1 h). */
  readonly oldestWaiting?: DurationThreshold | false
  /** Looks at a watched inbox that failed in a row. Default above 2. */
  readonly inboxUnreachable?: CountThreshold | false
}

/** A threshold as it is compared: in the unit of its alert. */
interface Threshold {
  readonly above: number
  readonly below: number
  readonly minimum: number
}

/** One of each alert; `undefined`: it never fires. */
export type Thresholds = { readonly [Name in AlertName]: Threshold | undefined }

const names = ['errorRate', 'retriesLate', 'duplicates', 'deadLetters', 'oldestWaiting', 'inboxUnreachable']

/**
 * Thresholds with their defaults.
 * @throws TypeError that names what cannot be used
 */
export function toThresholds(given: AlertThresholds = {}): Thresholds {
  knownOptions('thresholds', given, names)
  const { errorRate, retriesLate, duplicates, deadLetters, oldestWaiting, inboxUnreachable } = given
  return {
    'error-rate': rate('errorRate', errorRate, 0.1),
    'retries-late': duration('retriesLate', retriesLate, { aboveMs: 60_000, belowMs: 10_000, minimum: 5 }),
    duplicates: rate('duplicates', duplicates, 0.2),
    'dead-letters': count('deadLetters', deadLetters, 0),
    'oldest-waiting': duration('oldestWaiting', oldestWaiting, { aboveMs: 3_600_000 }),
    'inbox-unreachable': count('inboxUnreachable', inboxUnreachable, 2),
  }
}

function rate(name: string, given: RateThreshold | false = {}, usual: number): Threshold | undefined {
  if (given === false) return undefined
  const prefix = `thresholds.${name}`
  // `checked`: a share is no whole number.
  checkOptions(prefix, given, { above: 'checked', below: 'checked', minimum: 'number' }, `${prefix}.`)
  const above = share(`${prefix}.above`, given.above ?? usual, 1)
  const below = share(`${prefix}.below`, given.below ?? above / 2, above)
  return { above, below, minimum: atLeastOne(`${prefix}.minimum`, given.minimum ?? 20) }
}

function share(name: string, value: unknown, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value
  throw new TypeError(`${name} must be a share from 0 to ${most}, not ${describe(value)}`)
}

function count(name: string, given: CountThreshold | false = {}, usual: number): Threshold | undefined {
  if (given === false) return undefined
  const prefix = `thresholds.${name}`
  checkOptions(prefix, given, { above: 'number', below: 'number' }, `${prefix}.`)
  const above = wholeNumber(`${prefix}.above`, given.above ?? usual, 0, 1_000_000)
  return { above, below: wholeNumber(`${prefix}.below`, given.below ?? 0, 0, above), minimum: 0 }
}

const longestMs = 30 * 86_400_000

function duration(
  name: string,
  given: MeanThreshold | false = {},
  usual: MeanThreshold & { readonly aboveMs: number },
): Threshold | undefined {
  if (given === false) return undefined
  const prefix = `thresholds.${name}`
  const isMean = usual.minimum !== undefined
  if (isMean)
    checkOptions(prefix, given, { aboveMs: 'number', belowMs: 'number', minimum: 'number' }, `${prefix}.`)
  else checkOptions<DurationThreshold>(prefix, given, { aboveMs: 'number', belowMs: 'number' }, `${prefix}.`)
  const above = wholeNumber(`${prefix}.aboveMs`, given.aboveMs ?? usual.aboveMs, 0, longestMs)
  const half = given.aboveMs === undefined ? usual.belowMs : undefined
  const below = given.belowMs ?? half ?? Math.floor(above / 2)
  return {
    above,
    below: wholeNumber(`${prefix}.belowMs`, below, 0, above),
    minimum: atLeastOne(`${prefix}.minimum`, given.minimum ?? usual.minimum ?? 1),
  }
}

function atLeastOne(name: string, value: unknown): number {
  return wholeNumber(name, value, 1, 1_000_000)
}
