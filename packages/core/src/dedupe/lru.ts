import { LRUCache } from 'lru-cache'
import { type Clock, systemClock } from '../lib/clock.ts'
import { knownOptions, wholeNumber } from '../lib/options.ts'
import type { Claim, DedupeStore } from './store.ts'

/** Options of {@link lruDedupe}. */
export interface LruDedupeOptions {
  /** The most identities to remember, 1 to 16 777 216. Default 200 000; a full store refuses. */
  readonly maxEntries?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/** The in-process store: its calls answer at once, with values instead of promises. */
export interface LruDedupe extends DedupeStore {
  claim(key: string, options: { readonly fingerprint: string; readonly leaseMs: number }): Claim
  commit(key: string, token: string, options: { readonly retentionMs: number }): boolean
  release(key: string, token: string): void
  /** How full it is. */
  usage(): LruUsage
}

/** How full an LRU store is. */
export interface LruUsage {
  /** Remembered identities; some may be over, and not yet forgotten. */
  readonly entries: number
  /** The most there may be. */
  readonly maxEntries: number
}

/** A live claim. A committed identity is only the text of its fingerprint, which is smaller. */
interface Lease {
  readonly fingerprint: string
  readonly token: string
}

const live = { allowStale: false }
const sweepEveryMs = 1_000

/**
 * Identities in this process's memory. Entries leave by age only: a live one is never evicted, or its
 * replay would run again.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function lruDedupe(options: LruDedupeOptions = {}): LruDedupe {
  knownOptions('lruDedupe options', options, ['maxEntries', 'clock'])
  const { clock = systemClock } = options
  const maxEntries = wholeNumber('maxEntries', options.maxEntries ?? 200_000, 1, 2 ** 24)
  // A start of 0 means "no age" to lru-cache, and a ttlResolution would start timers.
  const perf = { now: () => clock.monotonic() + 1 }
  const entries = new LRUCache<string, string | Lease>({
    max: maxEntries,
    ttl: 1,
    ttlResolution: 0,
    allowStale: true,
    perf,
  })
  let tokens = 0
  let sweptAt = Number.NEGATIVE_INFINITY

  /** Entries come in by age, so the oldest is the first that may leave. */
  function forgetOldest(): void {
    for (let n = 0; n < 2; n++) {
      const { value: oldest } = entries.rkeys().next()
      if (oldest === undefined || entries.getRemainingTTL(oldest) > 0) return
      entries.delete(oldest)
    }
  }

  function isFull(): boolean {
    if (entries.size < maxEntries) return false
    // Retentions of several lengths: a young entry may be over before an older one is.
    if (clock.monotonic() - sweptAt >= sweepEveryMs) {
      sweptAt = clock.monotonic()
      entries.purgeStale()
    }
    return entries.size >= maxEntries
  }

  function ownLease(key: string, token: string): Lease | undefined {
    const entry = entries.peek(key, live)
    return typeof entry === 'object' && entry.token === token ? entry : undefined
  }

  return {
    claim(key, { fingerprint, leaseMs }) {
      forgetOldest()
      const entry = entries.peek(key, live)
      if (entry !== undefined) {
        const known = typeof entry === 'string' ? entry : entry.fingerprint
        if (known !== compact(fingerprint)) return { status: 'conflict' }
        return { status: typeof entry === 'string' ? 'committed' : 'in-flight' }
      }
      entries.delete(key)
      if (isFull()) return { status: 'full' }
      const token = String(++tokens)
      entries.set(key, { fingerprint: compact(fingerprint), token }, { ttl: leaseMs })
      return { status: 'claimed', token }
    },
    commit(key, token, { retentionMs }) {
      const lease = ownLease(key, token)
      if (!lease) return false
      entries.set(key, lease.fingerprint, { ttl: retentionMs })
      return true
    },
    release(key, token) {
      if (ownLease(key, token)) entries.delete(key)
    },
    usage: () => ({ entries: entries.size, maxEntries }),
  }
}

/** 128 bits of the fingerprint, one byte a character: 32 bytes of memory instead of 64. */
function compact(fingerprint: string): string {
  return Buffer.from(fingerprint, 'base64url').toString('latin1', 0, 16)
}
