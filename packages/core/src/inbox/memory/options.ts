import { checkDedupe, type DedupeStore } from '../../dedupe/dedupe-store.ts'
import { lruDedupe, maxLruEntries } from '../../dedupe/lru.ts'
import { sturdyClock } from '../../lib/check-clock.ts'
import { checkOptions, type OptionKinds } from '../../lib/check-options.ts'
import { wholeNumber } from '../../lib/options.ts'
import { type Clock, systemClock } from '../../model/clock.ts'

/** Options of `memoryInbox`. */
export interface MemoryInboxOptions {
  /**
   * Remembers idempotency keys. Default: `lruDedupe({ maxEntries: maxIdempotencyKeys })`. With a store that several
   * processes share, each delivery is handled by the one of them that accepted it.
   */
  readonly dedupe?: DedupeStore
  /** The most idempotency keys to remember, 1 to 16 777 216. Default 200 000; full is 503. Not beside `dedupe`. */
  readonly maxIdempotencyKeys?: number
  /** The most deliveries that are not yet handled. Default 10 000; full is 503. */
  readonly maxDeliveries?: number
  /** The most bytes of their bodies, dead letters included. Default 64 MiB; full is 503. */
  readonly maxBytes?: number
  /** The most dead letters; the oldest makes room for a new one, and is signalled. Default 1 000. */
  readonly maxDeadLetters?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
  /** Randomness of the retries' jitter, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** The bounds of a memory inbox, with their defaults. */
export interface MemoryLimits {
  readonly maxDeliveries: number
  readonly maxBytes: number
  readonly maxDeadLetters: number
}

/** Options with their defaults, checked. */
export interface MemorySettings extends MemoryLimits {
  readonly clock: Clock
  readonly random: () => number
  readonly dedupe: DedupeStore
}

const memoryKinds: OptionKinds<MemoryInboxOptions> = {
  dedupe: 'checked',
  maxIdempotencyKeys: 'number',
  maxDeliveries: 'number',
  maxBytes: 'number',
  maxDeadLetters: 'number',
  clock: 'clock',
  random: 'function',
}

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toMemorySettings(options: MemoryInboxOptions): MemorySettings {
  checkOptions('memoryInbox options', options, memoryKinds)
  const { random = Math.random } = options
  const clock = sturdyClock(options.clock)
  return {
    clock,
    random,
    dedupe: toDedupeStore(options),
    maxDeliveries: wholeNumber('maxDeliveries', options.maxDeliveries ?? 10_000, 1, 10_000_000),
    maxBytes: wholeNumber('maxBytes', options.maxBytes ?? 64 * 2 ** 20, 1, Number.MAX_SAFE_INTEGER),
    maxDeadLetters: wholeNumber('maxDeadLetters', options.maxDeadLetters ?? 1_000, 0, 10_000_000),
  }
}

function toDedupeStore({ dedupe, maxIdempotencyKeys, clock = systemClock }: MemoryInboxOptions): DedupeStore {
  if (dedupe === undefined) {
    const maxEntries = wholeNumber('maxIdempotencyKeys', maxIdempotencyKeys ?? 200_000, 1, maxLruEntries)
    return lruDedupe({ maxEntries, clock })
  }
  if (maxIdempotencyKeys === undefined) return checkDedupe(dedupe)
  throw new TypeError(
    'maxIdempotencyKeys bounds the default store: leave it out beside dedupe, and bound that one',
  )
}

/** A redrive fills an inbox up to its high-water mark. */
const redriveUpTo = 0.8

/** Whether a body may be redriven into an inbox that holds so much. */
export function mayRedrive(
  limits: MemoryLimits,
  deliveries: number,
  bytes: number,
  bodyBytes: number,
): boolean {
  if (deliveries >= limits.maxDeliveries * redriveUpTo) return false
  return bytes === 0 || bytes + bodyBytes <= limits.maxBytes * redriveUpTo
}
