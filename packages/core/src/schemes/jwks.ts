import { checkOptions } from '../lib/check-options.ts'
import type { CryptoKey } from '../lib/crypto.ts'
import { fieldOf } from '../lib/field-of.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'
import type { Value } from '../model/value.ts'
import type { FetchedKeys, KeyFetch } from './fetched-keys.ts'
import { gone, platformFetch } from './key-document.ts'
import { KeyStore, notFetched, type ReadDocument } from './key-store.ts'
import { toHttpsUrl } from './key-url.ts'
import type { KeyKind, NamedKey } from './keys.ts'
import { checkNamed, namedBy } from './named-value.ts'

/** Options of {@link jwks}. */
export interface JwksOptions {
  /** The address of the key set (RFC 7517 §5), `https:`, from the sender's documentation. */
  readonly url: string
  /** The value of the request that names the key, as its `kid`: a header, a parameter or a field of a JSON body. */
  readonly kid: Value
  /** Fetches the set. Default: the `fetch` of the runtime. */
  readonly fetch?: KeyFetch
}

/** Keys by their `kid`. */
type KeySet = ReadonlyMap<string, readonly NamedKey<CryptoKey>[]>

const maxKeys = 20
const minAgeMs = 60_000

/**
 * The public keys that a sender publishes as a JSON Web Key Set. Each request names its key. The set is fetched with the
 * first request and kept for 24 hours; for a `kid` that it does not have it is fetched again, once a minute at most. Of it
 * are taken the first 20 keys that are of the scheme's algorithm and, by `use` and `key_ops`, for signatures. While the set
 * cannot be had, requests are answered with 503 (`keys-failed`); an unknown `kid` is `key-unknown`, 401.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { jwks, rsa } from '@acuse/core'
 *
 * const publicKey = jwks({ url: 'https://keys.example.cl/jwks.json', kid: { header: 'X-Key-Id', as: 'id' } })
 * const scheme = rsa({ header: 'X-Signature', publicKey })
 */
export function jwks(options: JwksOptions): FetchedKeys {
  checkOptions('jwks options', options, { url: 'text', kid: 'checked', fetch: 'function' })
  const { url, kid, fetch: fetchKey = platformFetch } = options
  if (toHttpsUrl(String(url)) === undefined)
    throw new TypeError("jwks url must be an https: address, such as 'https://keys.example.cl/jwks.json'")
  checkNamed('jwks kid', kid)
  const named = namedBy(kid, () => true)
  return {
    toKeyRing(kind) {
      const store = new KeyStore(readerOf(kind), fetchKey)
      return {
        fixed: undefined,
        marks: () => [],
        headers: named.headers,
        check: named.check,
        keysFor(request) {
          const name = named.read(request)
          if (typeof name !== 'string') return name
          const set = store.find(url)
          const keys = set?.get(name)
          if (keys) return { keys }
          return store.failureOf(url) ?? (set ? { code: 'key-unknown' } : notFetched(url))
        },
        prepare(request, bounds) {
          const name = named.read(request)
          if (typeof name !== 'string') return undefined
          return store.load(url, bounds, (set, ageMs) => set.has(name) || ageMs < minAgeMs)
        },
      }
    },
  }
}

function readerOf(kind: KeyKind<AsymmetricKeyInput, CryptoKey>): ReadDocument<KeySet> {
  return (text) => {
    // No request chose the address: it is not there for now.
    if (text === gone) throw new Error('There is no key set at this address (404)')
    const keys = fieldOf(JSON.parse(text), 'keys')
    if (!Array.isArray(keys)) throw new TypeError('The key set is not { "keys": [ … ] } (RFC 7517 §5)')
    const usable = keys.flatMap((jwk: unknown) => parseKey(jwk, kind)).slice(0, maxKeys)
    const set = new Map<string, NamedKey<CryptoKey>[]>()
    for (const named of usable) set.set(named.id, [...(set.get(named.id) ?? []), named])
    return { value: set, validTo: Number.POSITIVE_INFINITY }
  }
}

/** None where it is for something else: other keys of the set are none of our business. */
function parseKey(jwk: unknown, kind: KeyKind<AsymmetricKeyInput, CryptoKey>): NamedKey<CryptoKey>[] {
  const id = fieldOf(jwk, 'kid')
  const use = fieldOf(jwk, 'use') ?? 'sig'
  const operations = fieldOf(jwk, 'key_ops') ?? ['verify']
  const isForSignatures = use === 'sig' && Array.isArray(operations) && operations.includes('verify')
  if (typeof id !== 'string' || !isForSignatures) return []
  try {
    return [{ id, key: kind.parse(jwk) }]
  } catch {
    return []
  }
}
