import type { Awaitable } from '../model/awaitable.ts'

/** The idempotency key is yours: commit it or release it before the lease ends. */
export interface Claimed {
  /** Tells it from the other {@link Claim}s. */
  readonly status: 'claimed'
  /** Proves that you own it. */
  readonly token: string
}

/** It was committed with the same body hash. */
export interface Committed {
  /** Tells it from the other {@link Claim}s. */
  readonly status: 'committed'
  /** The result that its owner committed with it. */
  readonly result?: string | undefined
}

/** The idempotency key is not yours. */
export interface NotClaimed {
  /**
   * `in-flight`: somebody else holds a live claim with the same body hash. `conflict`: it is claimed or
   * committed with another one. `full`: the store is at its bound, and forgets no live idempotency key.
   */
  readonly status: 'in-flight' | 'conflict' | 'full'
}

/** The result of a claim. */
export type Claim = Claimed | Committed | NotClaimed

/** Options of `DedupeStore.claim`. */
export interface ClaimOptions {
  /** The body hash, which tells the same content from another: SHA-256 of the body, as 43 base64url characters. */
  readonly bodyHash: string
  /** How long the claim lasts unless it is extended, in milliseconds. */
  readonly leaseMs: number
}

/** Options of `DedupeStore.commit`. */
export interface CommitOptions {
  /** How long to remember the idempotency key, in milliseconds from now; a store may remember it for longer. */
  readonly retentionMs: number
  /** The value that later claims get with `committed`: the body of a synchronous answer. Default: nothing. */
  readonly result?: string | undefined
}

/** How full a bounded store is. */
export interface DedupeUsage {
  /** Remembered idempotency keys; some may be over, and not yet forgotten. */
  readonly entries: number
  /** The most there may be. */
  readonly maxEntries: number
}

/**
 * Remembers idempotency keys: claim → committed or released. The suite `dedupeStoreContract` of
 * `@acuse/core/testing` proves an implementation.
 *
 * - Each call is one atomic step, and harmless when it is repeated.
 * - Only the owner of the live claim, whoever has its token, can extend, commit or release it. A claim whose
 *   lease is over is anybody's; its late owner can do nothing to what came after.
 * - A store that fails, or does not know, rejects or throws; it never answers a status that it cannot vouch
 *   for. A call that rejected may still have been applied.
 * - Leases are short (seconds) and retention is long (minutes to days). No live idempotency key is forgotten to make
 *   room: a store at its bound answers `full`.
 */
export interface DedupeStore {
  /** Whether idempotency keys outlive this process. Default: `volatile`, they do not. */
  readonly durability?: 'durable' | 'volatile'
  /** Claims `key` for `leaseMs`, unless it is claimed or committed. */
  claim(key: string, options: ClaimOptions): Awaitable<Claim>
  /** Makes the claim last `leaseMs` from now. `false`: the lease was lost. */
  extend(key: string, token: string, options: Pick<ClaimOptions, 'leaseMs'>): Awaitable<boolean>
  /** Remembers `key`. `true` also when the same owner committed it before. `false`: the lease was lost. */
  commit(key: string, token: string, options: CommitOptions): Awaitable<boolean>
  /** Frees `key`, if `token` holds the live claim. */
  release(key: string, token: string): Awaitable<void>
  /** How full it is, where the store is bounded and knows. */
  usage?(): DedupeUsage
}

/**
 * A store that has what it must.
 * @throws TypeError when it lacks a call
 */
export function checkDedupe(store: DedupeStore): DedupeStore {
  for (const call of ['claim', 'extend', 'commit', 'release'] as const) {
    if (typeof store?.[call] !== 'function')
      throw new TypeError(`dedupe must be a DedupeStore, such as lruDedupe(): it lacks ${call}()`)
  }
  return store
}
