import { checkOptions } from '../lib/check-options.ts'
import { type CryptoKey, parseCertificate } from '../lib/crypto.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'
import type { Value } from '../model/value.ts'
import type { FetchedKeys, KeyFetch } from './fetched-keys.ts'
import { gone, platformFetch } from './key-document.ts'
import { KeyStore, notFetched, type ReadDocument } from './key-store.ts'
import { pinsOf } from './key-url.ts'
import type { KeyKind } from './keys.ts'
import { checkNamed, namedBy } from './named-value.ts'

/** Options of {@link fetchedKey}. */
export interface FetchedKeyOptions {
  /** The value of the request that is the address of the key: a header, a parameter or a field of a JSON body. */
  readonly at: Value
  /**
   * The hosts from which a key is fetched, as the source of a regular expression that must match all of the host, such as
   * `keys\\.[a-z0-9-]+\\.example\\.com`. Whoever can publish a file on one of them can sign.
   */
  readonly hosts: string
  /** The paths, in the same way, such as `/[\\w-]+\\.pem`. */
  readonly path: string
  /** Fetches it. Default: the `fetch` of the runtime. */
  readonly fetch?: KeyFetch
}

/**
 * A public key that each request names by its address: an X.509 certificate or a public key, in
 * PEM. It is fetched by `https:` from pinned hosts and paths alone, without following redirects, 64 KiB at most, and kept for
 * 24 hours or until the certificate ends; 20 keys at most. While it cannot be had, requests are answered with 503
 * (`keys-failed`); an address outside the pins, or without a key, is `key-unknown`, 401. Who issued a certificate is not
 * checked: the host is what is trusted.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { fetchedKey, rsa } from '@acuse/core'
 *
 * const publicKey = fetchedKey({
 *   at: { header: 'X-Cert-Url' },
 *   hosts: 'keys\\.example\\.cl',
 *   path: '/certs/[\\w-]+\\.pem',
 * })
 * const scheme = rsa({ header: 'X-Signature', publicKey })
 */
export function fetchedKey(options: FetchedKeyOptions): FetchedKeys {
  const kinds = { at: 'checked', hosts: 'text', path: 'text', fetch: 'function' } as const
  checkOptions('fetchedKey options', options, kinds)
  const { at, hosts, path, fetch: fetchKey = platformFetch } = options
  checkNamed('fetchedKey at', at)
  const isPinned = pinsOf(hosts, path)
  const named = namedBy(at, isPinned)
  return {
    toKeyRing(kind) {
      const store = new KeyStore(readerOf(kind), fetchKey)
      return {
        fixed: undefined,
        marks: () => [],
        headers: named.headers,
        check: named.check,
        keysFor(request) {
          const url = named.read(request)
          if (typeof url !== 'string') return url
          const key = store.find(url)
          return key ? { keys: [{ id: url, key }] } : (store.failureOf(url) ?? notFetched(url))
        },
        prepare(request, bounds) {
          const url = named.read(request)
          return typeof url === 'string' ? store.load(url, bounds, () => true) : undefined
        },
      }
    },
  }
}

/** What is not there, or a certificate out of its time, is no key; what cannot be parsed is a fault of the server, and may be mended. */
function readerOf(kind: KeyKind<AsymmetricKeyInput, CryptoKey>): ReadDocument<CryptoKey> {
  return (text, clock) => {
    if (text === gone) return { code: 'key-unknown' }
    if (!text.includes('-----BEGIN CERTIFICATE-----'))
      return { value: kind.parse(text), validTo: Number.POSITIVE_INFINITY }
    const { key, validFrom, validTo } = parseCertificate(text)
    const now = clock.now()
    return now >= validFrom && now <= validTo ? { value: kind.parse(key), validTo } : { code: 'key-unknown' }
  }
}
