import type { Scheme } from '../model/scheme.ts'

const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** RFC 9110 §11.6.2 and §11.7.2, RFC 6265 §5.4: whoever reads a dead letter could act with them. */
const credentials: readonly string[] = ['authorization', 'proxy-authorization', 'cookie']

/**
 * The headers to store with a delivery, names in lower case.
 * @throws TypeError when one is no header's name, or carries credentials: the key of a scheme that does not sign
 */
export function toKeptHeaders(names: unknown, scheme: Scheme): readonly string[] {
  const given: readonly unknown[] = Array.isArray(names) ? names : ['not a list']
  const wrong = given.find((name) => !isHeaderName(name))
  if (wrong !== undefined)
    throw new TypeError(`keepHeaders must list names of headers, such as 'x-request-id'; wrong: ${wrong}`)
  const kept = given.map((name) => String(name).toLowerCase())
  if (kept.length > 0 && !scheme.signsBody && scheme.headers === undefined)
    throw new TypeError(
      `keepHeaders needs to know which header carries the key: list it in 'headers' of the scheme '${scheme.name}'`,
    )
  const keys = scheme.signsBody ? credentials : [...credentials, ...(scheme.headers ?? [])]
  const secret = kept.find((name) => keys.some((key) => key.toLowerCase() === name))
  if (secret === undefined) return kept
  throw new TypeError(`keepHeaders would store credentials with every delivery: leave out '${secret}'`)
}

function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && headerName.test(name)
}
