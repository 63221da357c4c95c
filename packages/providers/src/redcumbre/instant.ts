/** The digits of a fraction of a second that `Date` does not hold. */
const beyondMilliseconds = /\.\d{3}(\d*)(?:Z|[+-]\d{2}:\d{2})$/i

/**
 * One text for each instant, however it is written: `15:30:00Z`, `15:30:00.000Z` and `12:30:00-03:00` are one. What
 * is no time stays as it is.
 */
export function toInstant(time: unknown): string {
  const ms = typeof time === 'string' ? Date.parse(time.toUpperCase()) : Number.NaN
  if (Number.isNaN(ms)) return `no time: ${JSON.stringify(time)}`
  const finer = withoutLastZeros(beyondMilliseconds.exec(String(time))?.[1] ?? '')
  return finer === '' ? String(ms) : `${ms}.${finer}`
}

/** By hand: an expression would begin anew at each zero. */
function withoutLastZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
