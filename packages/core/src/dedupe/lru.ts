import { checkClock } from '../lib/check-clock.ts'
import { checkOptions } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'
import type { Claim, ClaimOptions, CommitOptions, DedupeStore, DedupeUsage } from './dedupe-store.ts'
import { ExpiringMap } from './expiring-map.ts'
import {
  compact,
  endOf,
  type Held,
  isCommitted,
  isOf,
  ownerOf,
  type Remembered,
  remember,
  toToken,
} from './remembered.ts'

/** As many as an `lruDedupe` may remember. */
export const maxLruEntries: number = 2 ** 24

/** Options of {@link lruDedupe}. */
export interface LruDedupeOptions {
  /** The most idempotency keys to remember, 1 to 16 777 216. Default 200 000; a full store refuses. */
  readonly maxEntries?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/** The in-process store: its calls answer at once, with values instead of promises. */
export interface LruDedupe extends DedupeStore {
  claim(key: string, options: ClaimOptions): Claim
  extend(key: string, token: string, options: Pick<ClaimOptions, 'leaseMs'>): boolean
  commit(key: string, token: string, options: CommitOptions): boolean
  release(key: string, token: string): void
  usage(): DedupeUsage
}

/** A full store looks at so many for room, at each claim. */
const looksWhenFull = 64

/**
 * Idempotency keys in this process's memory. Entries leave by age only: a live one is never evicted, or its
 * replay would run again.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { createReceiver, lruDedupe } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const dedupe = lruDedupe({ maxEntries: 1_000_000 })
 * createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { ack: 'handled', dedupe })
 */
export function lruDedupe(options: LruDedupeOptions = {}): LruDedupe {
  checkOptions('lruDedupe options', options, { maxEntries: 'number', clock: 'clock' })
  // Leases and retention by two clocks would forget too early: without a time it fails.
  const clock = checkClock(options.clock)
  const maxEntries = wholeNumber('maxEntries', options.maxEntries ?? 200_000, 1, maxLruEntries)
  const store = new MemoryDedupe(maxEntries, clock)
  // Fields of its own: those who change one call spread the rest.
  return {
    claim: (key, given) => store.claim(key, given),
    extend: (key, token, given) => store.extend(key, token, given),
    commit: (key, token, given) => store.commit(key, token, given),
    release: (key, token) => store.release(key, token),
    usage: () => store.usage(),
  }
}

class MemoryDedupe implements LruDedupe {
  readonly #entries: ExpiringMap<Remembered>
  readonly #maxEntries: number
  readonly #clock: Clock
  #claims = 0
  #startedAt: number | undefined

  constructor(maxEntries: number, clock: Clock) {
    this.#entries = new ExpiringMap(maxEntries, endOf)
    this.#maxEntries = maxEntries
    this.#clock = clock
  }

  claim(key: string, { bodyHash, leaseMs }: ClaimOptions): Claim {
    const now = this.#now()
    this.#entries.makeRoomFor(key, now)
    const hash = compact(bodyHash)
    const known = this.#entries.get(key, now)
    if (known !== undefined) return found(known, hash)
    this.#entries.delete(key)
    if (this.#isFull(now)) return { status: 'full' }
    const token = toToken(++this.#claims)
    this.#entries.set(key, { bodyHash: hash, token, end: now + leaseMs })
    return { status: 'claimed', token }
  }

  extend(key: string, token: string, { leaseMs }: Pick<ClaimOptions, 'leaseMs'>): boolean {
    const now = this.#now()
    const claim = this.#ownClaim(key, token, now)
    if (claim) this.#entries.set(key, { bodyHash: claim.bodyHash, token, end: now + leaseMs })
    return claim !== undefined
  }

  commit(key: string, token: string, { retentionMs, result }: CommitOptions): boolean {
    const now = this.#now()
    const claim = this.#ownClaim(key, token, now)
    if (!claim) {
      const known = this.#entries.get(key, now)
      return known !== undefined && isCommitted(known) && ownerOf(known) === token
    }
    this.#entries.set(key, remember({ bodyHash: claim.bodyHash, token, end: now + retentionMs }, result))
    return true
  }

  release(key: string, token: string): void {
    if (this.#ownClaim(key, token, this.#now())) this.#entries.delete(key)
  }

  usage(): DedupeUsage {
    return { entries: this.#entries.size, maxEntries: this.#maxEntries }
  }

  /** From the first call on: a clock may begin anywhere, on Workers in 1970. */
  #now(): number {
    const now = this.#clock.monotonic()
    this.#startedAt ??= now
    return now - this.#startedAt
  }

  #isFull(now: number): boolean {
    // Retentions of several lengths: a young one may be over before an older one is.
    if (this.#entries.size >= this.#maxEntries) this.#entries.sweep(looksWhenFull, now)
    return this.#entries.size >= this.#maxEntries
  }

  #ownClaim(key: string, token: string, now: number): Held | undefined {
    const known = this.#entries.get(key, now)
    if (typeof known !== 'object' || isCommitted(known)) return undefined
    return known.token === token ? known : undefined
  }
}

function found(known: Remembered, bodyHash: string): Claim {
  if (!isOf(known, bodyHash)) return { status: 'conflict' }
  if (!isCommitted(known)) return { status: 'in-flight' }
  return typeof known === 'string' ? { status: 'committed' } : { status: 'committed', result: known.result }
}
