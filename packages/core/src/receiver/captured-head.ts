import { fieldOf } from '../lib/field-of.ts'
import type { Provider } from '../model/provider.ts'
import type { RefusedRequest } from '../model/refused-request.ts'
import type { Scheme } from '../model/scheme.ts'
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
const maxValues = 64
/** How many texts of a request are looked at for a key. */
const maxSearched = 64
const leastKeyChars = 16

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
    const search = new KeySearch(this.#provider.scheme)
    const values = this.#names.flatMap((name) => headers.values(name).map((value) => [name, value] as const))
    const kept = values.slice(0, maxValues).map(([name, whole]) => {
      const value = whole.slice(0, maxValueChars)
      const isSecret = credentials.has(name) || this.#keyHeaders.has(name) || search.mayFind(value)
      if (isSecret) redacted.add(name)
      return [name, isSecret ? redactedText : value] as const
    })
    return {
      method: method.slice(0, 20),
      url: this.#takeUrl(url, search, redacted),
      headers: kept,
      redacted: [...redacted],
    }
  }

  #takeUrl(url: string, search: KeySearch, redacted: Set<string>): string {
    const [path = '', query] = url.slice(0, maxValueChars).split(/\?(.*)/s)
    const clean = search.mayFind(path) ? redactedText : path.replace(/^(\w+:\/\/)[^/]*@/, '$1')
    if (query === undefined) return clean
    const pairs = query.split('&').map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s)
      if (value === undefined || (this.#parameters.has(name) && !search.mayFind(value))) return pair
      redacted.add(`?${name}`)
      return `${name}=${redactedText}`
    })
    return `${clean}?${pairs.join('&')}`
  }
}

/** Looks for shared keys in one request: a sender that is set up wrong may send one where its signature belongs. */
class KeySearch {
  readonly #marks: readonly string[]
  /** Keys that come late are not there yet: anything may be one. */
  readonly #isBlind: boolean
  #left = maxSearched

  constructor(scheme: Pick<Scheme, 'keyMarks' | 'loadKeys'>) {
    this.#marks = scheme.keyMarks?.() ?? []
    this.#isBlind = this.#marks.length === 0 && scheme.loadKeys !== undefined
  }

  /** Whether a value holds a key, or there is no telling: a stranger may send more than is worth a look. */
  mayFind(value: string): boolean {
    if (this.#marks.length === 0 && !this.#isBlind) return false
    if (this.#left < 0) return true
    const texts = [...new Set(textsIn(value))].filter((text) => text.length >= leastKeyChars)
    this.#left -= texts.length
    return this.#left < 0 || texts.some((text) => this.#isBlind || isOwnKey(this.#marks, text))
  }
}

/** What may be a key: the value, its words, and what stands in them before and behind a separator, which a key may hold too. */
function textsIn(value: string): readonly string[] {
  const words = value.split(/[\s,;"']+/).flatMap((word) => {
    const behind = ['=', ':'].map((separator) => word.slice(word.indexOf(separator) + 1))
    return [word, ...behind, ...word.split(/[=/:]+/)]
  })
  return [value, ...words]
}

/** Every value under a name, anywhere in data. */
function named(data: unknown, name: string): string[] {
  if (Array.isArray(data)) return data.flatMap((each) => named(each, name))
  if (typeof data !== 'object' || data === null) return []
  const own = fieldOf(data, name)
  const below = Object.values(data).flatMap((each) => named(each, name))
  return typeof own === 'string' ? [own, ...below] : below
}
