import { type DedupeStore, type LruDedupe, lruDedupe } from '@acuse/core'
import type { DedupeStoreSubject } from '@acuse/core/testing'
import { type ManualClock, manualClock } from '../../packages/core/test/support/clock.ts'

/** A store with one fault, and the cases of the suite that tell it. */
interface WrongStore {
  readonly fault: string
  readonly failsAt: readonly string[]
  readonly wrong: (store: LruDedupe, clock: ManualClock) => Partial<DedupeStore>
}

const maxEntries = 20

/** The faults change an `lruDedupe` of 20 entries on a clock of its own. */
export function wrongSubject(wrong: WrongStore['wrong']): DedupeStoreSubject {
  const clock = manualClock()
  const lru = lruDedupe({ clock, maxEntries })
  const store: DedupeStore = { ...lru, ...wrong(lru, clock) }
  return {
    store,
    advance: (ms) => clock.advance(ms),
    // A store without a bound has to be left alone some time.
    async fill() {
      const claims: (readonly [string, string])[] = []
      for (let n = 0; n < maxEntries; n++) {
        const key = `filler-${n}`
        const claim = await store.claim(key, { bodyHash: 'x'.repeat(43), leaseMs: 60_000 })
        if (claim.status === 'claimed') claims.push([key, claim.token])
      }
      return () => {
        for (const [key, token] of claims) store.release(key, token)
      }
    },
    dispose() {},
  }
}

export const wrongStores: readonly WrongStore[] = [
  {
    fault: 'gives an idempotency key that is in flight to a second one',
    wrong: (lru) => ({
      claim(key, options) {
        const claim = lru.claim(key, options)
        return claim.status === 'in-flight' ? { status: 'claimed', token: 'second' } : claim
      },
    }),
    failsAt: [
      'frees an idempotency key when its owner releases it, and only then',
      'gives an idempotency key to one of 50 that claim it at once',
      'gives an idempotency key to one: in flight while it is claimed, committed after',
      'lets a late owner neither extend nor commit nor release, whether somebody took it since or not',
      'makes a lease last when its owner extends it, and nobody else can',
    ],
  },
  {
    fault: 'looks, and claims a turn later',
    wrong: (lru) => {
      const claimed = new Map<string, string>()
      return {
        async claim(key, options) {
          const token = claimed.get(key)
          const claim = lru.claim(key, options)
          if (claim.status !== 'claimed' && claim.status !== 'in-flight') return claim
          await Promise.resolve()
          if (claim.status === 'in-flight' && token === undefined) return { status: 'claimed', token: 'late' }
          if (claim.status === 'claimed') claimed.set(key, claim.token)
          return claim
        },
      }
    },
    failsAt: ['gives an idempotency key to one of 50 that claim it at once'],
  },
  {
    fault: 'frees what is committed when its owner releases it',
    wrong: (lru) => {
      const { rename, forget } = generations()
      return {
        ...renamed(lru, rename),
        release(key, token) {
          lru.release(rename(key), token)
          if (lru.commit(rename(key), token, { retentionMs: 1 })) forget(key)
        },
      }
    },
    failsAt: [
      'does not free a committed idempotency key that has a result, nor claim it anew',
      'does not free a committed idempotency key, nor claim it anew',
    ],
  },
  {
    fault: 'frees an idempotency key for whoever asks',
    wrong: (lru) => {
      const { rename, forget } = generations()
      const store = renamed(lru, rename)
      const committed = new Set<string>()
      return {
        ...store,
        async commit(key, ...rest) {
          const isCommitted = await store.commit(key, ...rest)
          if (isCommitted) committed.add(key)
          return isCommitted
        },
        release(key, token) {
          lru.release(rename(key), token)
          if (!committed.has(key)) forget(key)
        },
      }
    },
    failsAt: [
      'frees an idempotency key when its owner releases it, and only then',
      'lets a late owner neither extend nor commit nor release, whether somebody took it since or not',
    ],
  },
  {
    fault: 'forgets early',
    wrong: (lru) => ({
      commit: (key, token, options) =>
        lru.commit(key, token, { ...options, retentionMs: Math.min(options.retentionMs, 500) }),
    }),
    failsAt: ['remembers a committed idempotency key for its retention, however short its lease was'],
  },
  {
    fault: 'takes a commit from whoever comes',
    wrong: (lru) => ({ commit: (...commit) => lru.commit(...commit) || true }),
    failsAt: [
      'lets a late owner neither extend nor commit nor release, whether somebody took it since or not',
      'takes the same commit again from the same owner, and from nobody else',
    ],
  },
  {
    fault: 'takes a commit once only',
    wrong: (lru) => {
      const committed = new Set<string>()
      return {
        commit(key, token, options) {
          if (committed.has(key)) return false
          const isCommitted = lru.commit(key, token, options)
          if (isCommitted) committed.add(key)
          return isCommitted
        },
      }
    },
    failsAt: ['takes the same commit again from the same owner, and from nobody else'],
  },
  {
    fault: 'compares no body',
    wrong: (lru) => ({
      claim: (key, options) => lru.claim(key, { ...options, bodyHash: 'x'.repeat(43) }),
    }),
    failsAt: [
      'answers conflict to another body hash while it is claimed, and after the commit',
      'compares the first 9 bytes of a body hash at least, while it is claimed and after the commit',
    ],
  },
  {
    fault: 'compares the end of a body hash',
    wrong: (lru) => ({
      claim: (key, options) =>
        lru.claim(key, { ...options, bodyHash: options.bodyHash.slice(-5).padEnd(43, 'x') }),
    }),
    failsAt: ['compares the first 9 bytes of a body hash at least, while it is claimed and after the commit'],
  },
  {
    fault: 'loses the result',
    wrong: (lru) => ({
      commit: (key, token, { retentionMs }) => lru.commit(key, token, { retentionMs }),
    }),
    failsAt: [
      'does not free a committed idempotency key that has a result, nor claim it anew',
      'keeps a result with the commit, byte for byte, and none where none was given',
      'lets an owner commit, extend and release when it is full',
    ],
  },
  {
    fault: 'takes an empty result for none',
    wrong: (lru) => ({
      commit: (key, token, { retentionMs, result }) =>
        lru.commit(key, token, { retentionMs, result: result || undefined }),
    }),
    failsAt: ['keeps a result with the commit, byte for byte, and none where none was given'],
  },
  {
    fault: 'has claims that never end',
    wrong: (lru) => ({
      claim: (key, options) => lru.claim(key, { ...options, leaseMs: 86_400_000 }),
    }),
    failsAt: [
      'frees an idempotency key when its lease is over',
      'lets a late owner neither extend nor commit nor release, whether somebody took it since or not',
    ],
  },
  {
    fault: 'says that it extended, and did not',
    wrong: (lru) => ({
      extend: (key, token) => lru.extend(key, token, { leaseMs: 100 }),
    }),
    failsAt: ['makes a lease last when its owner extends it, and nobody else can'],
  },
  {
    fault: 'extends for whoever asks',
    wrong(lru) {
      const tokens = new Map<string, string>()
      return {
        claim(key, options) {
          const claim = lru.claim(key, options)
          if (claim.status === 'claimed') tokens.set(key, claim.token)
          return claim
        },
        extend: (key, token, options) => lru.extend(key, tokens.get(key) ?? token, options),
      }
    },
    failsAt: [
      'lets a late owner neither extend nor commit nor release, whether somebody took it since or not',
      'makes a lease last when its owner extends it, and nobody else can',
    ],
  },
  {
    fault: 'has no bound',
    wrong: (_, clock) => lruDedupe({ clock, maxEntries: 1_000 }),
    failsAt: ['answers full at its bound, and forgets no live idempotency key to make room'],
  },
  {
    fault: 'forgets what it has to make room',
    wrong: (_, clock) => {
      let lru = lruDedupe({ clock, maxEntries })
      return {
        claim(key, options) {
          const claim = lru.claim(key, options)
          if (claim.status !== 'full') return claim
          lru = lruDedupe({ clock, maxEntries })
          return lru.claim(key, options)
        },
        extend: (...extend) => lru.extend(...extend),
        commit: (...commit) => lru.commit(...commit),
        release: (...release) => lru.release(...release),
      }
    },
    failsAt: [
      'answers full at its bound, and forgets no live idempotency key to make room',
      'lets an owner commit, extend and release when it is full',
    ],
  },
  {
    fault: 'refuses its owners when it is full',
    wrong: (lru) => {
      const isFull = () => lru.usage().entries >= maxEntries
      return {
        extend: (...extend) => !isFull() && lru.extend(...extend),
        commit: (...commit) => !isFull() && lru.commit(...commit),
      }
    },
    failsAt: ['lets an owner commit, extend and release when it is full'],
  },
  {
    fault: 'takes keys that look alike for one',
    wrong: (lru) => renamed(lru, (key) => key.replaceAll(/[{}]/g, '')),
    failsAt: ['takes keys of any characters, and keeps those apart that look alike'],
  },
]

/** The store with other keys than it is asked for. */
function renamed(lru: LruDedupe, rename: (key: string) => string): DedupeStore {
  return {
    claim: (key, options) => lru.claim(rename(key), options),
    extend: (key, ...rest) => lru.extend(rename(key), ...rest),
    commit: (key, ...rest) => lru.commit(rename(key), ...rest),
    release: (key, ...rest) => lru.release(rename(key), ...rest),
  }
}

/** A key that is forgotten goes on under another name. */
function generations(): { rename(key: string): string; forget(key: string): void } {
  const forgotten = new Map<string, number>()
  return {
    rename: (key) => `${key}#${forgotten.get(key) ?? 0}`,
    forget: (key) => void forgotten.set(key, (forgotten.get(key) ?? 0) + 1),
  }
}
