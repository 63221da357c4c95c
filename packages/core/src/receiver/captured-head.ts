import { fieldOf } from '../lib/field-of.ts'
import type { Provider } from '../model/provider.ts'
import type { RefusedRequest } from '../model/refused-request.ts'
import type { RequestHead } from '../schemes/keys.ts'
import { isOwnKey } from '../schemes/own-keys.ts'

/** What stands where a value was taken out. */
const redactedText = '[redacted]'
const credentials: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
])
/** What says nothing of anybody, and how a body is read. */
const plain = ['content-type', 'content-length', 'content-encoding', 'user-agent']
const maxValueChars = 4_096

/** The head of a request, as far as it may be kept. */
export type CapturedHead = Pick<RefusedRequest, 'method' | 'url' | 'headers' | 'redacted'>

/** Takes out of the heads of a provider's requests what is a secret, and all that nobody asks for. */
export class HeadRedaction {
  readonly #provider: Pick<Provider<object>, 'scheme'>
  readonly #names: readonly string[]
  readonly #parameters: ReadonlySet<string>
  /** Headers that carry the key itself. */
  readonly #keyHeaders: ReadonlySet<string>

  constructor(provider: Provider<object>) {
    const { scheme, eventRules, time, repeats, expose, handshakes } = provider
    this.#provider = provider
    const proofs = (scheme.headers ?? []).map((name) => name.toLowerCase())
    const data = [scheme.signs, eventRules, time, handshakes?.map(({ when }) => when)]
    const read = [
      ...data.flatMap((each) => named(each, 'header')),
      ...Object.keys(repeats ?? {}),
      ...(expose ?? []),
    ]
    this.#names = [...new Set([...proofs, ...read, ...plain].map((name) => name.toLowerCase()))]
    this.#parameters = new Set(named(scheme.signs, 'query'))
    this.#keyHeaders = new Set(scheme.signs.length === 0 ? proofs : [])
  }

  /** The head of a request. */
  take({ method, url, headers }: RequestHead): CapturedHead {
    const redacted = new Set<string>()
    const kept = this.#names.flatMap((name) =>
      headers.values(name).map((value) => {
        const isSecret = credentials.has(name) || this.#keyHeaders.has(name) || this.#holdsKey(value)
        if (isSecret) redacted.add(name)
        return [name, isSecret ? redactedText : value.slice(0, maxValueChars)] as const
      }),
    )
    return {
      method: method.slice(0, 20),
      url: this.#takeUrl(url, redacted),
      headers: kept,
      redacted: [...redacted],
    }
  }

  #takeUrl(url: string, redacted: Set<string>): string {
    const [path = '', query] = url.slice(0, maxValueChars).split(/\?(.*)/s)
    const clean = this.#holdsKey(path) ? redactedText : path.replace(/^(\w+:\/\/)[^/]*@/, '$1')
    if (query === undefined) return clean
    const pairs = query.split('&').map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s)
      if (value === undefined || (this.#parameters.has(name) && !this.#holdsKey(value))) return pair
      redacted.add(`?${name}`)
      return `${name}=${redactedText}`
    })
    return `${clean}?${pairs.join('&')}`
  }

  /** A sender that is set up wrong may send the key where its signature belongs. */
  #holdsKey(value: string): boolean {
    const parts = [value, ...value.split(/[\s,;=/]+/).slice(0, 20)]
    return parts.some((part) => part.length >= 16 && isOwnKey(this.#provider.scheme, part))
  }
}

/** Every value under a name, anywhere in data. */
function named(data: unknown, name: string): string[] {
  if (Array.isArray(data)) return data.flatMap((each) => named(each, name))
  if (typeof data !== 'object' || data === null) return []
  const own = fieldOf(data, name)
  const below = Object.values(data).flatMap((each) => named(each, name))
  return typeof own === 'string' ? [own, ...below] : below
}
