import { fence } from '../lib/fence.ts'
import { describe, knownOptions, wholeNumber } from '../lib/options.ts'
import type { DeadLetterFilter, DiscardOptions, RedriveOptions } from '../model/dead-letter.ts'
import { deadReasons } from '../model/dead-letter.ts'
import {
  allField,
  checkFilter,
  checkQuery,
  type FilterFields,
  textField,
  timeField,
} from './filter-fields.ts'

const fields: FilterFields<DeadLetterFilter> = {
  all: allField,
  endpoint: textField,
  provider: textField,
  type: textField,
  reason: [`one of ${deadReasons.join(', ')}`, (value) => deadReasons.some((reason) => reason === value)],
  diedFrom: timeField,
  diedBefore: timeField,
}

/**
 * For inboxes: a filter of a call that changes or forgets dead letters. Such a call asks for exactly what it means.
 * @throws TypeError when a field is unknown, `undefined` or of another kind, or when no field says which
 */
export function checkDeadLetterFilter(where: string, filter: DeadLetterFilter): DeadLetterFilter {
  return checkFilter(where, filter, fields)
}

/**
 * For inboxes: a filter of a call that only lists. It may be empty; a field that is `undefined` matches all.
 * @throws TypeError when a field is unknown or of another kind
 */
export function checkDeadLetterQuery(where: string, filter: DeadLetterFilter): DeadLetterFilter {
  return checkQuery(where, filter, fields)
}

/**
 * For inboxes: the options of a redrive. One that is misspelt would put all back at once.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function checkRedriveOptions(options: RedriveOptions): RedriveOptions {
  knownOptions('deadLetters.redrive', options, ['perSecond', ...courseOptions])
  const { perSecond } = options
  if (perSecond !== undefined) wholeNumber('perSecond', perSecond, 1, 1_000_000)
  checkCourse(options)
  return options
}

/**
 * For inboxes: the options of a discard.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function checkDiscardOptions(options: DiscardOptions): DiscardOptions {
  knownOptions('deadLetters.discard', options, courseOptions)
  checkCourse(options)
  return options
}

const courseOptions: readonly string[] = ['onProgress', 'signal'] satisfies (keyof DiscardOptions)[]

/**
 * For inboxes: what a call that changes many takes beside its filter.
 * @throws TypeError when one cannot be used
 */
export function checkCourse({ onProgress, signal }: DiscardOptions): void {
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`onProgress must be a function of the count, not ${describe(onProgress)}`)
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`)
}

/** For inboxes: tells how many were changed so far, whoever listens. */
export function tellProgress({ onProgress }: DiscardOptions, count: number): void {
  if (onProgress) fence(() => onProgress(count))
}
