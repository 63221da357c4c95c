import type { Awaitable } from '@acuse/core'
import { knownOptions } from '@acuse/core/inbox-kit'
import type { FetchLatest } from '@acuse/core/provider-kit'

/** A function of yours that fetches what a notice is about. */
export interface OwnFetch<Payload> {
  /**
   * Fetches it; what it answers is the payload. It runs in the worker, before each attempt, and a throw fails the attempt as
   * a handler's does. Take the address from your own settings, never from the notice.
   */
  readonly fetchLatest: (...about: Parameters<FetchLatest>) => Awaitable<Payload>
}

/** How the API of a provider is reached, whatever its credentials. */
export interface ApiOptions {
  /** Instead of the global `fetch`: for tests, or a proxy. */
  readonly fetch?: typeof globalThis.fetch
}

/** The names of the options of a provider's API. */
export interface ApiOptionNames<Api> {
  /** Credentials: all must be there. */
  readonly texts: readonly (keyof Api & string)[]
  /** What may be left out, beside `fetch`. */
  readonly others?: readonly (keyof Api & string)[]
}

/**
 * The function that fetches what a notice is about: the user's own, one for the provider's API, or none.
 * @throws TypeError when an option is unknown or cannot be used; its message never holds a value
 */
export function toFetchLatest<Api extends ApiOptions>(
  where: string,
  options: Api | OwnFetch<unknown> | undefined,
  { texts, others = [] }: ApiOptionNames<Api>,
  byApi: (api: Api) => FetchLatest,
): FetchLatest | undefined {
  if (options === undefined) return undefined
  if (isOwn(options)) {
    knownOptions(`${where} options`, options, ['fetchLatest'])
    checkFunction(`${where} fetchLatest`, options.fetchLatest)
    return options.fetchLatest
  }
  knownOptions(`${where} options`, options, [...texts, ...others, 'fetch'])
  for (const name of texts) checkCredential(`${where} ${name}`, options[name])
  if (options.fetch !== undefined) checkFunction(`${where} fetch`, options.fetch)
  return byApi(options)
}

function isOwn(options: object): options is OwnFetch<unknown> {
  return typeof options === 'object' && options !== null && 'fetchLatest' in options
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${typeof value}`)
}

/** An environment variable that is unset is noticed, and so is a line break that was read with it. */
function checkCredential(name: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    throw new TypeError(`${name} must be text without blanks, as the provider's panel shows it`)
}
