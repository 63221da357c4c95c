/** RFC 9110 §5.6.2: the characters of a header name. */
const headerNameGrammar = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/**
 * A header's name in lower case.
 * @throws TypeError when it cannot be one
 */
export function toHeaderName(option: string, name: unknown): string {
  const lower = typeof name === 'string' ? name.toLowerCase() : ''
  if (headerNameGrammar.test(lower)) return lower
  throw new TypeError(`${option} must be a header name (RFC 9110 §5.6.2)`)
}
