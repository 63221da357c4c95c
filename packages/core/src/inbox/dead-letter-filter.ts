import { fence } from '../lib/fence.ts'
import { describe, knownOptions, wholeNumber } from '../lib/options.ts'
import type { DeadLetterFilter, DiscardOptions, RedriveOptions } from '../model/dead-letter.ts'
import { deadReasons } from '../model/dead-letter.ts'

type Field = keyof DeadLetterFilter

const isText = (value: unknown): boolean => typeof value === 'string'
const isTime = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime())

/** Each field, what it takes, and whether a value is that. */
const fields: { readonly [Name in Field]-?: readonly [kind: string, isRight: (value: unknown) => boolean] } =
  {
    all: ['true', (value) => value === true],
    endpoint: ['a text', isText],
    provider: ['a text', isText],
    type: ['a text', isText],
    reason: [`one of ${deadReasons.join(', ')}`, (value) => deadReasons.some((reason) => reason === value)],
    diedFrom: ['a valid Date', isTime],
    diedBefore: ['a valid Date', isTime],
  }

/**
 * For inboxes: a filter of a call that changes or forgets dead letters. Such a call asks for exactly what it means.
 * @throws TypeError when a field is unknown, `undefined` or of another kind, or when no field says which
 */
export function checkDeadLetterFilter(where: string, filter: DeadLetterFilter): DeadLetterFilter {
  knownOptions(where, filter, Object.keys(fields))
  // `knownOptions` has refused every other name.
  const given = Object.entries(filter) as [Field, unknown][]
  for (const [name, value] of given) {
    const [kind, isRight] = fields[name]
    if (!isRight(value))
      throw new TypeError(
        `${where}: ${name} must be ${kind}, not ${describeValue(value)}. Leave out what you do not mean`,
      )
  }
  if (given.length === 0) throw new TypeError(`${where} takes no empty filter: say { all: true } to mean all`)
  if (filter.all === true && given.length > 1)
    throw new TypeError(`${where}: all: true stands alone. Leave it out beside other fields`)
  return filter
}

/**
 * For inboxes: a filter of a call that only lists. It may be empty; a field that is `undefined` matches all.
 * @throws TypeError when a field is unknown or of another kind
 */
export function checkDeadLetterQuery(where: string, filter: DeadLetterFilter): DeadLetterFilter {
  knownOptions(where, filter, Object.keys(fields))
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  return given.length === 0 ? {} : checkDeadLetterFilter(where, Object.fromEntries(given))
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

function checkCourse({ onProgress, signal }: DiscardOptions): void {
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`onProgress must be a function of the count, not ${describe(onProgress)}`)
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`)
}

/** For inboxes: tells how many were changed so far, whoever listens. */
export function tellProgress({ onProgress }: DiscardOptions, count: number): void {
  if (onProgress) fence(() => onProgress(count))
}

function describeValue(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.slice(0, 40)}'`
    : value === undefined
      ? 'undefined'
      : describe(value)
}
