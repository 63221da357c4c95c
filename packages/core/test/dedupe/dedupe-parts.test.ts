import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkDedupe } from '../../src/dedupe/dedupe-store.ts'
import { ExpiringMap } from '../../src/dedupe/expiring-map.ts'
import { isAccepted } from '../../src/dedupe/is-accepted.ts'
import { compact, endOf, isCommitted, isOf, ownerOf, remember, toToken } from '../../src/dedupe/remembered.ts'
import { type DedupeStore, lruDedupe } from '../../src/index.ts'
import { manualClock } from '../support/clock.ts'
import { delivery } from '../support/memory-inbox.ts'

const print = (text: string): string => createHash('sha256').update(text).digest('base64url')

describe('a dedupe store', () => {
  it('is refused where it lacks a call, with the name of the first', () => {
    const whole = lruDedupe()
    expect(checkDedupe(whole)).toBe(whole)
    for (const call of ['claim', 'extend', 'commit', 'release'])
      expect(() => checkDedupe({ ...whole, [call]: 7 } as never)).toThrow(
        new TypeError(`dedupe must be a DedupeStore, such as lruDedupe(): it lacks ${call}()`),
      )
    for (const none of [undefined, null, {}])
      expect(() => checkDedupe(none as never)).toThrow('it lacks claim()')
  })
})

describe('whether a delivery is accepted', () => {
  const { id, bodyHash } = delivery('a')
  const other = { bodyHash: print('other'), leaseMs: 1_000 }
  const own = { bodyHash, leaseMs: 1_000 }
  const tokenOf = (store: ReturnType<typeof lruDedupe>, given = own) => {
    const claim = store.claim(id, given)
    return claim.status === 'claimed' ? claim.token : ''
  }
  const stores: [string, (store: DedupeStore) => DedupeStore][] = [
    ['at once', (store) => store],
    [
      'later',
      (store) => ({
        ...store,
        claim: async (...given) => store.claim(...given),
        release: async (...given) => store.release(...given),
      }),
    ],
  ]

  it.each(stores)(
    'is told by its idempotency key, which nobody holds after, by a store that answers %s',
    async (_, of) => {
      const clock = manualClock()
      const ask = async (store: DedupeStore) => isAccepted(of(store), delivery('a'), 1_000)
      const empty = lruDedupe({ clock })
      expect(await ask(empty)).toBe(false)
      expect(empty.claim(id, other).status).toBe('claimed')
      expect(await ask(empty)).toBe(false)
      const claimed = lruDedupe({ clock })
      const token = tokenOf(claimed)
      expect(await ask(claimed)).toBe(true)
      expect(claimed.commit(id, token, { retentionMs: 1_000 })).toBe(true)
      expect(await ask(claimed)).toBe(true)
    },
  )

  it('is told at once by a store that answers at once, for a lease of the given length', async () => {
    const clock = manualClock()
    const store = lruDedupe({ clock })
    expect(isAccepted(store, delivery('a'), 1_000)).toBe(false)
    const kept = { ...store, release: () => {} }
    expect(isAccepted(kept, delivery('a'), 1_000)).toBe(false)
    await clock.advance(1_000)
    expect(store.claim(id, own)).toEqual({ status: 'in-flight' })
    await clock.advance(1)
    expect(store.claim(id, own).status).toBe('claimed')
  })
})

describe('what is kept of an idempotency key', () => {
  const held = { bodyHash: compact(print('a')), token: toToken(7), end: 1_000 }

  it('is 120 bits of the body hash, the token and the end, in 24 characters', () => {
    const known = remember(held, undefined)
    expect(known).toHaveLength(24)
    expect([endOf(known), ownerOf(known), isCommitted(known)]).toEqual([1_000, toToken(7), true])
    expect(isOf(known, held.bodyHash)).toBe(true)
    expect(isOf(known, compact(print('b')))).toBe(false)
    expect(compact(print('a'))).toBe(print('a').slice(0, 20))
  })

  it('is all of it where there is a result, or it is only claimed', () => {
    expect(remember(held, '{}')).toEqual({ ...held, result: '{}' })
    expect([isCommitted(held), isCommitted(remember(held, ''))]).toEqual([false, true])
    expect([endOf(held), ownerOf(held), isOf(held, held.bodyHash), isOf(held, 'x')]).toEqual([
      1_000,
      toToken(7),
      true,
      false,
    ])
  })

  it('lasts no less than is asked, up to 34 years', () => {
    const endFor = (end: number) => endOf(remember({ ...held, end }, undefined))
    expect([0.1, 1, 255, 256, 2 ** 32, 2 ** 40 - 1].map(endFor)).toEqual([
      1,
      1,
      255,
      256,
      2 ** 32,
      2 ** 40 - 1,
    ])
    expect([2 ** 40, Number.POSITIVE_INFINITY].map(endFor)).toEqual([2 ** 40 - 1, 2 ** 40 - 1])
  })

  it('has a token of its own among 2^32, and nothing of what was kept before it', () => {
    const ownerFor = (claim: number) => ownerOf(remember({ ...held, token: toToken(claim) }, undefined))
    for (const claim of [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1]) expect(ownerFor(claim)).toBe(toToken(claim))
    expect(toToken(2 ** 32 + 7)).toBe(toToken(7))
    const short = { ...held, bodyHash: 'AAAA' }
    remember(held, undefined)
    expect(isOf(remember(short, undefined), 'AAAA')).toBe(true)
    isOf(remember(held, undefined), held.bodyHash)
    expect(isOf(remember({ ...held, bodyHash: '' }, undefined), '')).toBe(true)
  })
})

describe('a map of what expires', () => {
  const mapOf = (values: Record<string, number>) => {
    const map = new ExpiringMap<number>(100, (end) => end)
    for (const [key, end] of Object.entries(values)) map.set(key, end)
    return map
  }

  it('has a value until its last moment is over', () => {
    const map = mapOf({ a: 10 })
    expect([map.get('a', 9), map.get('a', 10), map.get('a', 11), map.get('b', 0)]).toEqual([
      10,
      10,
      undefined,
      undefined,
    ])
  })

  it('counts each key once, and what is over until it is forgotten', () => {
    const map = mapOf({ a: 1, b: 2 })
    map.set('a', 3)
    expect(map.size).toBe(2)
    map.delete('a')
    map.delete('a')
    expect(map.size).toBe(1)
    expect(map.get('a', 0)).toBeUndefined()
  })

  it('makes room of the two oldest, as far as they are over', () => {
    const room = (values: Record<string, number>, now: number) => {
      const map = mapOf(values)
      map.makeRoomFor('x', now)
      return map.size
    }
    expect(room({ a: 1, b: 1, c: 1 }, 2)).toBe(1)
    expect(room({ a: 1, b: 5, c: 1 }, 2)).toBe(2)
    expect(room({ a: 5, b: 1, c: 1 }, 2)).toBe(3)
    expect(room({ a: 1 }, 2)).toBe(0)
    expect(room({ a: 1, b: 1 }, 1)).toBe(2)
  })

  it('makes room of what is the oldest by then', () => {
    const map = mapOf({ a: 5, b: 1, c: 1, d: 1 })
    map.makeRoomFor('x', 2)
    expect(map.size).toBe(4)
    map.delete('a')
    map.makeRoomFor('x', 2)
    expect(map.size).toBe(1)
    expect(map.get('d', 0)).toBe(1)
  })

  it('sweeps as many as it is told, and goes on where it stopped, round and round', () => {
    const map = mapOf({ a: 9, b: 1, c: 9, d: 1, e: 1 })
    map.sweep(2, 2)
    expect(map.size).toBe(4)
    map.sweep(1, 2)
    expect(map.size).toBe(4)
    map.sweep(2, 2)
    expect(map.size).toBe(2)
    // One look finds the end, and the next ones begin again.
    map.sweep(3, 9)
    expect(map.size).toBe(2)
    map.sweep(3, 10)
    expect(map.size).toBe(0)
  })
})
