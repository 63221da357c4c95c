import type { Awaitable } from '../lib/options.ts'

/** The identity is yours: commit it or release it before the lease ends. */
export interface Claimed {
  /** Tells it from {@link NotClaimed}. */
  readonly status: 'claimed'
  /** Proves that you own it. */
  readonly token: string
}

/** The identity is not yours. */
export interface NotClaimed {
  /**
   * `in-flight`: somebody else holds a live claim. `committed`: it was committed with the same fingerprint.
   * `conflict`: it is claimed or committed with another one. `full`: the store is at its bound, and forgets
   * no live identity.
   */
  readonly status: 'in-flight' | 'committed' | 'conflict' | 'full'
}

/** What a claim finds. */
export type Claim = Claimed | NotClaimed

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
