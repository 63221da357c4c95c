/** Numbers that a seed repeats. */
export interface Random {
  /** From 0 up to, and without, 1. */
  float(): number
  /** A whole number from 0 up to, and without, `bound`. */
  below(bound: number): number
  pick<T>(list: readonly T[]): T
  chance(probability: number): boolean
  bytes(length: number): Buffer
}

/** mulberry32: small, fast, and good enough to choose mutations and orders; not for keys of anybody. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function float(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(float() * bound)
  return {
    float,
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    chance: (probability) => float() < probability,
    bytes(length) {
      const bytes = Buffer.alloc(length)
      for (let at = 0; at < length; at++) bytes[at] = below(256)
      return bytes
    },
  }
}

/** A seed for each case of a run, so that what one case draws does not shift the next. */
export function seedOf(seed: number, index: number): number {
  return (seed + Math.imul(index, 0x9e3779b1)) >>> 0
}
