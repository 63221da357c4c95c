import { checkKind } from '../../lib/check-options.ts'
import { knownOptions, wholeNumber } from '../../lib/options.ts'
import type { EventLogFilter, ReplayOptions } from '../../model/event-log.ts'
import { checkCourse } from '../dead-letter-filter.ts'
import {
  allField,
  checkFilter,
  checkQuery,
  type FilterFields,
  textField,
  timeField,
} from '../filter-fields.ts'

const tenYearsMs = 3_650 * 86_400_000
const fields: FilterFields<EventLogFilter> = {
  all: allField,
  endpoint: textField,
  provider: textField,
  type: textField,
  since: timeField,
  until: timeField,
}
const optionNames: readonly string[] = [
  'perSecond',
  'restart',
  'onProgress',
  'signal',
] satisfies (keyof ReplayOptions)[]

/** @throws TypeError when a field is unknown, `undefined` or of another kind, or when no field says which */
export function checkReplayFilter(filter: EventLogFilter): EventLogFilter {
  return checkFilter('replay', filter, fields)
}

/** @throws TypeError when a field is unknown or of another kind */
export function checkExportFilter(filter: EventLogFilter): EventLogFilter {
  return checkQuery('export', filter, fields)
}

/** @throws TypeError when an option is unknown or cannot be used */
export function checkReplayOptions(options: ReplayOptions): ReplayOptions {
  knownOptions('replay', options, optionNames)
  const { perSecond, restart } = options
  if (perSecond !== undefined) wholeNumber('perSecond', perSecond, 1, 1_000_000)
  if (restart !== undefined) checkKind('restart', restart, 'true or false')
  checkCourse(options)
  return options
}

/** The name of a replay: filters that mean the same have the same. */
export function toReplayName(filter: EventLogFilter): string {
  return JSON.stringify(Object.keys(fields).map((name) => Reflect.get(filter, name) ?? null))
}

/**
 * For inboxes: the option `retain`.
 * @returns for how long bodies are kept, in milliseconds; `undefined`: they are not
 * @throws TypeError when it cannot be used
 */
export function toBodiesForMs(retain: { readonly bodiesForMs: number } | undefined): number | undefined {
  if (retain === undefined) return undefined
  knownOptions('retain', retain, ['bodiesForMs'])
  return wholeNumber('retain.bodiesForMs', retain.bodiesForMs, 1, tenYearsMs)
}
