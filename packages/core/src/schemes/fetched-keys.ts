import type { CryptoKey } from '../lib/crypto.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'
import type { KeyKind, KeyRing } from './keys.ts'

/** Public keys that are fetched: made by `fetchedKey` or `jwks`, given as `publicKey`. */
export interface FetchedKeys {
  /**
   * The keys of one scheme.
   * @internal
   */
  toKeyRing(kind: KeyKind<AsymmetricKeyInput, CryptoKey>): KeyRing<CryptoKey>
}

/**
 * Fetches keys. It follows no redirects, and stops when `signal` is aborted. A rejection says that the server cannot be had,
 * and the sender's request is answered with 503.
 */
export type KeyFetch = (
  url: string,
  options: { readonly signal: AbortSignal },
) => Promise<{
  /** The HTTP status. */
  readonly status: number
  /** The body, 65 536 bytes at most. */
  readonly body: Uint8Array
}>
