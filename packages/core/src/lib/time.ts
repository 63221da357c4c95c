/** How a provider writes the time of a delivery. */
export type TimeFormat = 'rfc3339' | 'unix-seconds' | 'unix-ms'

// RFC 3339 §5.6, without leap seconds: `Date` has none.
const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/**
 * Milliseconds since the Unix epoch, or `undefined` for anything that is not exactly of that format:
 * the grammar comes before `Number()`, which takes `1e3`, `0x10` and ` 12 `.
 */
export function parseTime(value: unknown, format: TimeFormat): number | undefined {
  if (format === 'rfc3339') return typeof value === 'string' ? parseRfc3339(value) : undefined
  const digits = typeof value === 'number' ? String(value) : value
  if (typeof digits !== 'string') return undefined
  if (format === 'unix-ms') return /^\d{13}$/.test(digits) ? Number(digits) : undefined
  return /^\d{10}$/.test(digits) ? Number(digits) * 1000 : undefined
}

function parseRfc3339(text: string): number | undefined {
  const [matched, year, month, day] = rfc3339.exec(text) ?? []
  if (matched === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined
  return Date.parse(text)
}

/** `Date.parse` rolls 30 February over into March. */
function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}
