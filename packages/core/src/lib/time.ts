import type { TimeFormat } from '../model/time-format.ts'

// RFC 3339 §5.6, in either case; without leap seconds: `Date` has none.
const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,12})?(?:(Z)|([+-](?:[01]\d|2[0-3])):([0-5]\d))$/i
// Go prints the name of its zone after the offset, which may be another one, and for a time of now its monotonic clock.
const rfc3339Like =
  /^(\d{4})-(\d{2})-(\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,12})? ?(?:(Z|UTC)|([+-](?:[01]\d|2[0-3])):?([0-5]\d)(?: (?:[A-Z]{3,5}|[+-]\d{2}(?:\d{2})?))?(?: m=[+-]\d{1,12}\.\d{9})?)$/i

const digitsOf = {
  'unix-seconds': /^\d{10}$/,
  'unix-seconds-float': /^\d{10}(?:\.\d{1,9})?$/,
  'unix-ms': /^\d{13}$/,
} as const

/**
 * Milliseconds since the Unix epoch, or `undefined` for anything that is not exactly of that format:
 * the grammar comes before `Number()`, which takes `1e3`, `0x10` and ` 12 `.
 */
export function parseTime(value: unknown, format: TimeFormat): number | undefined {
  if (format === 'rfc3339' || format === 'rfc3339-like')
    return typeof value === 'string'
      ? parseDate(value, format === 'rfc3339' ? rfc3339 : rfc3339Like)
      : undefined
  const digits = typeof value === 'number' ? String(value) : value
  if (typeof digits !== 'string' || !digitsOf[format].test(digits)) return undefined
  return format === 'unix-ms' ? Number(digits) : Math.floor(Number(digits) * 1000)
}

function parseDate(text: string, grammar: RegExp): number | undefined {
  const [matched, year, month, day, time, fraction = '', utc, hours, minutes] = grammar.exec(text) ?? []
  if (matched === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined
  // Digits that `Date` does not hold are cut off, not rounded.
  const offset = utc === undefined ? `${hours}:${minutes}` : 'Z'
  return Date.parse(`${year}-${month}-${day}T${time}${fraction.slice(0, 4)}${offset}`)
}

const shortMonths: readonly number[] = [4, 6, 9, 11]

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** `Date.parse` rolls 30 February over into March. */
function isDate(year: number, month: number, day: number): boolean {
  if (month === 2) return day >= 1 && day <= (isLeapYear(year) ? 29 : 28)
  return month >= 1 && month <= 12 && day >= 1 && day <= (shortMonths.includes(month) ? 30 : 31)
}
