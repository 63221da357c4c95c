import type { Provider } from '../model/provider.ts'
import type { Scheme } from '../model/scheme.ts'

const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** RFC 9110 §11.6.2 and §11.7.2, RFC 6265 §5.4: whoever reads a dead letter could act with them. */
const credentials: readonly string[] = ['authorization', 'proxy-authorization', 'cookie']

/**
 * The headers to store with a delivery, names in lower case: those that the program names, those that the provider exposes,
 * and the media type where that decides how the body is read.
 * @throws TypeError when one is no header's name, or carries credentials: the key of a scheme that does not sign
 */
export function toKeptHeaders(
  provider: Pick<Provider<object>, 'scheme' | 'expose' | 'bodies'>,
  names: unknown,
): readonly string[] {
  const own = [...toExposed(provider), ...(provider.bodies ? ['content-type'] : [])]
  return [...new Set([...own, ...checkKeptHeaders('keepHeaders', names, provider.scheme)])]
}

/**
 * Names of headers that may be kept, in lower case.
 * @throws TypeError when one is no header's name, or carries credentials
 */
export function checkKeptHeaders(option: string, names: unknown, scheme: Scheme): readonly string[] {
  const given: readonly unknown[] = Array.isArray(names) ? names : ['not a list']
  const wrong = given.find((name) => !isHeaderName(name))
  if (wrong !== undefined)
    throw new TypeError(`${option} must list names of headers, such as 'x-request-id'; wrong: ${wrong}`)
  const kept = given.map((name) => String(name).toLowerCase())
  const isSigned = scheme.signs.length > 0
  if (kept.length > 0 && !isSigned && scheme.headers === undefined)
    throw new TypeError(
      `${option} needs to know which header carries the key: list it in 'headers' of the scheme '${scheme.name}'`,
    )
  const keys = isSigned ? credentials : [...credentials, ...(scheme.headers ?? [])]
  const secret = kept.find((name) => keys.some((key) => key.toLowerCase() === name))
  if (secret === undefined) return kept
  throw new TypeError(`${option} would store credentials with every delivery: leave out '${secret}'`)
}

/** The headers that a provider exposes, names in lower case. */
export function toExposed({ expose = [] }: Pick<Provider<object>, 'expose'>): readonly string[] {
  return expose.map((name) => name.toLowerCase())
}

function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && headerName.test(name)
}
