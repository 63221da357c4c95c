import { LRUCache } from 'lru-cache'
import { checkClock } from '../lib/check-clock.ts'
import { checkOptions } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'
import type { Claim, ClaimOptions, CommitOptions, DedupeStore, DedupeUsage } from './dedupe-store.ts'

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

/** A live claim, or a committed idempotency key with a result. */
interface Entry {
  readonly bodyHash: string
  readonly token: string
  readonly result?: string
}

/** A committed idempotency key without a result is one small text: 16 characters of body hash, then the token. */
type Stored = string | Entry

const bodyHashLength = 16
const live = { allowStale: false }
const sweepEveryMs = 1_000

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
  // A start of 0 means "no age" to lru-cache, and a ttlResolution would start timers.
  const perf = { now: () => clock.monotonic() + 1 }
  const entries = new LRUCache<string, Stored>({
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
      if (oldest === undefined || entries.getRemainingTTL(oldest) >= 0) return
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

  function peek(key: string): Stored | undefined {
    return entries.peek(key, live)
  }

  function ownClaim(key: string, token: string): Entry | undefined {
    const entry = peek(key)
    return typeof entry === 'object' && entry.token === token && !isCommitted(entry) ? entry : undefined
  }

  return {
    claim(key, { bodyHash, leaseMs }) {
      forgetOldest()
      const print = compact(bodyHash)
      const entry = peek(key)
      if (entry !== undefined) return found(entry, print)
      entries.delete(key)
      if (isFull()) return { status: 'full' }
      const token = (++tokens).toString(36)
      entries.set(key, { bodyHash: print, token }, { ttl: leaseMs })
      return { status: 'claimed', token }
    },
    extend(key, token, { leaseMs }) {
      const claim = ownClaim(key, token)
      if (claim) entries.set(key, claim, { ttl: leaseMs })
      return claim !== undefined
    },
    commit(key, token, { retentionMs, result }) {
      const claim = ownClaim(key, token)
      if (!claim) return committedBy(peek(key), token)
      const { bodyHash } = claim
      const stored = result === undefined ? flat(bodyHash + token) : { bodyHash, token, result }
      entries.set(key, stored, { ttl: retentionMs })
      return true
    },
    release(key, token) {
      if (ownClaim(key, token)) entries.delete(key)
    },
    usage: () => ({ entries: entries.size, maxEntries }),
  }
}

function isCommitted(entry: Stored): boolean {
  return typeof entry === 'string' || entry.result !== undefined
}

function committedBy(entry: Stored | undefined, token: string): boolean {
  if (entry === undefined || !isCommitted(entry)) return false
  return (typeof entry === 'string' ? entry.slice(bodyHashLength) : entry.token) === token
}

function found(entry: Stored, bodyHash: string): Claim {
  const known = typeof entry === 'string' ? entry.slice(0, bodyHashLength) : entry.bodyHash
  if (known !== bodyHash) return { status: 'conflict' }
  if (!isCommitted(entry)) return { status: 'in-flight' }
  return typeof entry === 'string' ? { status: 'committed' } : { status: 'committed', result: entry.result }
}

/** The same text in one piece: joined text keeps its parts, which take three times the memory. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** 128 bits of the body hash, one byte a character: 32 bytes of memory instead of 64. */
function compact(bodyHash: string): string {
  return Buffer.from(bodyHash, 'base64url').toString('latin1', 0, bodyHashLength)
}
