import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { lruDedupe } from '../../src/index.ts'
import { manualClock } from '../support/clock.ts'

const print = (text: string): string => createHash('sha256').update(text).digest('base64url')
const lease = { bodyHash: print('a'), leaseMs: 100 }
const other = { bodyHash: print('b'), leaseMs: 100 }

function store(maxEntries = 10) {
  const clock = manualClock()
  return { clock, dedupe: lruDedupe({ maxEntries, clock }) }
}

function claimed(dedupe: ReturnType<typeof lruDedupe>, key: string, options = lease): string {
  const claim = dedupe.claim(key, options)
  if (claim.status !== 'claimed') throw new Error(claim.status)
  return claim.token
}

describe('lruDedupe', () => {
  it('gives an idempotency key to one: in flight while it is claimed, committed after', () => {
    const { dedupe } = store()
    const token = claimed(dedupe, 'k')
    expect(dedupe.claim('k', lease)).toEqual({ status: 'in-flight' })
    expect(dedupe.commit('k', token, { retentionMs: 1_000 })).toBe(true)
    expect(dedupe.claim('k', lease)).toEqual({ status: 'committed' })
  })

  it('answers conflict to another body hash, before and after the commit', () => {
    const { dedupe } = store()
    const token = claimed(dedupe, 'k')
    expect(dedupe.claim('k', other)).toEqual({ status: 'conflict' })
    dedupe.commit('k', token, { retentionMs: 1_000 })
    expect(dedupe.claim('k', other)).toEqual({ status: 'conflict' })
  })

  it('frees an idempotency key when its owner releases it, and only then', () => {
    const { dedupe } = store()
    const token = claimed(dedupe, 'k')
    dedupe.release('k', 'not the owner')
    expect(dedupe.claim('k', lease)).toEqual({ status: 'in-flight' })
    dedupe.release('k', token)
    expect(dedupe.claim('k', other).status).toBe('claimed')
  })

  it('lets a late owner neither commit nor release', async () => {
    const { dedupe, clock } = store()
    const late = claimed(dedupe, 'k')
    await clock.advance(101)
    const token = claimed(dedupe, 'k')
    expect(dedupe.commit('k', late, { retentionMs: 1_000 })).toBe(false)
    dedupe.release('k', late)
    expect(dedupe.claim('k', lease)).toEqual({ status: 'in-flight' })
    expect(dedupe.commit('k', token, { retentionMs: 1_000 })).toBe(true)
    dedupe.release('k', token)
    expect(dedupe.claim('k', lease)).toEqual({ status: 'committed' })
  })

  it('forgets a committed idempotency key after its retention, not before, whatever the wall clock does', async () => {
    const { dedupe, clock } = store()
    dedupe.commit('k', claimed(dedupe, 'k'), { retentionMs: 1_000 })
    clock.stepWall(3_600_000)
    await clock.advance(999)
    clock.stepWall(-7_200_000)
    expect(dedupe.claim('k', lease)).toEqual({ status: 'committed' })
    await clock.advance(2)
    expect(dedupe.claim('k', lease).status).toBe('claimed')
  })

  it('refuses when it is full, and never forgets a live idempotency key', async () => {
    const { dedupe, clock } = store(3)
    for (const key of ['a', 'b', 'c']) dedupe.commit(key, claimed(dedupe, key), { retentionMs: 1_000 })
    expect(dedupe.claim('d', lease)).toEqual({ status: 'full' })
    expect(dedupe.claim('a', lease)).toEqual({ status: 'committed' })
    expect(dedupe.usage()).toEqual({ entries: 3, maxEntries: 3 })
    await clock.advance(1_001)
    expect(dedupe.claim('d', lease).status).toBe('claimed')
    expect(dedupe.usage().entries).toBeLessThan(3)
  })

  it('finds room behind an idempotency key that lives longer', async () => {
    const { dedupe, clock } = store(3)
    dedupe.commit('long', claimed(dedupe, 'long'), { retentionMs: 1_000_000 })
    for (const key of ['a', 'b']) dedupe.commit(key, claimed(dedupe, key), { retentionMs: 500 })
    expect(dedupe.claim('c', lease)).toEqual({ status: 'full' })
    await clock.advance(501)
    expect(dedupe.claim('c', lease).status).toBe('claimed')
    expect(dedupe.claim('long', lease)).toEqual({ status: 'committed' })
  })

  it('finds the room that there is among many that live longer, a part of them at each claim', async () => {
    const maxEntries = 20_000
    const { dedupe, clock } = store(maxEntries)
    const commit = (key: string, retentionMs: number) =>
      dedupe.commit(key, claimed(dedupe, key), { retentionMs })
    for (let n = 0; n < maxEntries; n++) commit(print(`${n}`), n === 12_345 ? 500 : 1_000_000)
    expect(dedupe.claim('c', lease)).toEqual({ status: 'full' })
    await clock.advance(501)
    let claims = 1
    while (dedupe.claim('c', lease).status === 'full') claims++
    expect(claims).toBeGreaterThan(1)
    // Each looks at 64, and remembers where it stopped.
    expect(claims).toBeLessThan(2 * (maxEntries / 64))
    expect(dedupe.claim(print('1'), lease)).toEqual({ status: 'committed' })
    expect(dedupe.usage()).toEqual({ entries: maxEntries, maxEntries })
  })

  it('counts exactly what it holds, wherever it found the room: a full store takes as many as left it', async () => {
    const maxEntries = 8_192
    const { dedupe, clock } = store(maxEntries)
    // Keys that end alike are kept together; those of the first ending live longer.
    const endings = Array.from({ length: 16 }, (_, n) => print(`ending ${n}`).slice(0, 4))
    const each = maxEntries / endings.length
    for (const [at, ending] of endings.entries())
      for (let n = 0; n < each; n++) {
        const key = `${n}.${ending}`
        dedupe.commit(key, claimed(dedupe, key), { retentionMs: at === 0 ? 1_000_000 : 500 })
      }
    await clock.advance(501)
    let taken = 0
    const take = (ending: string, most: number) => {
      for (let n = 0; n < most; n++)
        if (dedupe.claim(`new ${n}.${ending}`, { ...lease, leaseMs: 1_000_000 }).status === 'claimed') taken++
    }
    take(endings[0] ?? '', 400)
    for (const ending of endings) take(ending, maxEntries / 8)
    expect(taken).toBe(maxEntries - each)
    expect(dedupe.usage()).toEqual({ entries: maxEntries, maxEntries })
  })

  it('forgets what is over while claims come, so that what it holds is what is live', async () => {
    const { dedupe, clock } = store(100_000)
    for (let second = 0; second < 60; second++) {
      for (let n = 0; n < 200; n++) {
        const key = print(`${second}.${n}`)
        const token = claimed(dedupe, key)
        // Some are given back, and some are of another length.
        if (n % 10 === 0) dedupe.release(key, token)
        else dedupe.commit(key, token, { retentionMs: n % 10 === 1 ? 9_000 : 10_000 })
      }
      await clock.advance(1_000)
    }
    // Eleven seconds of 180 are live at most, and some more were not looked at yet.
    expect(dedupe.usage().entries).toBeLessThan(2 * 11 * 180)
  })

  it.each([-1_000_000, 0, 1_800_000_000_000])(
    'remembers for as long as is asked, however long, where its clock begins at %d',
    async (from) => {
      const clock = manualClock()
      const dedupe = lruDedupe({ clock: { ...clock, monotonic: () => from + clock.monotonic() } })
      dedupe.commit('short', claimed(dedupe, 'short'), { retentionMs: 1_000 })
      dedupe.commit('long', claimed(dedupe, 'long'), { retentionMs: Number.POSITIVE_INFINITY })
      expect(dedupe.claim('short', lease)).toEqual({ status: 'committed' })
      await clock.advance(86_400_000)
      expect(dedupe.claim('long', lease)).toEqual({ status: 'committed' })
      expect(dedupe.claim('short', lease).status).toBe('claimed')
    },
  )

  it('tells a commit that is repeated by its owner from another owner’s, with a result and without', () => {
    const { dedupe } = store()
    for (const options of [{ retentionMs: 1_000 }, { retentionMs: 1_000, result: '{}' }]) {
      const key = JSON.stringify(options)
      const token = claimed(dedupe, key)
      expect(dedupe.commit(key, token, options)).toBe(true)
      expect(dedupe.commit(key, token, options)).toBe(true)
      expect(dedupe.commit(key, 'other', options)).toBe(false)
      expect(dedupe.extend(key, token, lease)).toBe(false)
    }
    expect(dedupe.commit('never claimed', 'other', { retentionMs: 1_000 })).toBe(false)
  })

  it('does not construct with options that cannot be used', () => {
    expect(() => lruDedupe({ maxEntries: 0 })).toThrow(/maxEntries must be a whole number from 1/)
    expect(() => lruDedupe({ maxEntries: 1.5 })).toThrow(TypeError)
    expect(() => lruDedupe({ maxEntries: '5' as never })).toThrow(
      'maxEntries must be a whole number within its bounds, not string',
    )
    expect(() => lruDedupe({ clock: {} as never })).toThrow('clock must be a Clock')
    expect(() => lruDedupe({ max: 5 } as never)).toThrow("lruDedupe options has no option 'max'")
    expect(lruDedupe().usage()).toEqual({ entries: 0, maxEntries: 200_000 })
  })
})

describe('the bodyHash that lruDedupe keeps', () => {
  it('tells every one of 2 000 other bodies from the first, before the commit and after it', () => {
    const { dedupe } = store()
    const token = claimed(dedupe, 'k')
    const others = () =>
      Array.from(
        { length: 2_000 },
        (_, n) => dedupe.claim('k', { bodyHash: print(`b${n}`), leaseMs: 100 }).status,
      )
    expect(new Set(others())).toEqual(new Set(['conflict']))
    expect(dedupe.commit('k', token, { retentionMs: 1_000 })).toBe(true)
    expect(new Set(others())).toEqual(new Set(['conflict']))
  })
})
