import type { Awaitable } from '../lib/options.ts'

/** What a claim finds. */
export type Claim =
  /** The identity is yours: commit it or release it with this token before the lease ends. */
  | { readonly status: 'claimed'; readonly token: string }
  /** Somebody else holds a live claim on it. */
  | { readonly status: 'in-flight' }
  /** It was committed with the same fingerprint. */
  | { readonly status: 'committed' }
  /** It is claimed or committed with another fingerprint. */
  | { readonly status: 'conflict' }
  /** The store is at its bound and forgets no live identity. */
  | { readonly status: 'full' }

/**
 * Remembers identities: claim → committed or released. Each call is atomic. A store that fails rejects or
 * throws; it never answers a status that it cannot vouch for.
 */
export interface DedupeStore {
  /** Claims `key` for `leaseMs` milliseconds, unless it is claimed or committed. */
  claim(key: string, options: { readonly fingerprint: string; readonly leaseMs: number }): Awaitable<Claim>
  /** Remembers `key` for `retentionMs` milliseconds. `false`: the lease was lost to another. */
  commit(key: string, token: string, options: { readonly retentionMs: number }): Awaitable<boolean>
  /** Frees `key`, if `token` is its owner's. */
  release(key: string, token: string): Awaitable<void>
}
