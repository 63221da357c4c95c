/** Keys of one part. */
interface Part<Value> {
  readonly entries: Map<string, Value>
  /** The one that came first, where it was looked for: a kept iterator would keep the tables that the map grew out of. */
  oldest: string | undefined
}

/** A large `Map` stands still while it grows: parts of this size take well under a millisecond. */
const partEntries = 4_096
const maxParts = 1_024
/** 2^32 by the golden ratio: neighbours come far apart. */
const spread = 0x9e3779b1

/**
 * Values by key, until each is over. Those that are over leave a few at a time, as calls come: no call takes longer because
 * more is remembered, and there is no timer.
 */
export class ExpiringMap<Value> {
  readonly #parts: readonly Part<Value>[]
  readonly #endOf: (value: Value) => number
  #size = 0
  #sweeping = 0
  #swept: IterableIterator<string> | undefined

  /** `endOf` is the last moment at which a value counts. */
  constructor(maxEntries: number, endOf: (value: Value) => number) {
    const count = 2 ** Math.max(0, Math.ceil(Math.log2(Math.min(maxEntries / partEntries, maxParts))))
    this.#parts = Array.from({ length: count }, () => ({
      entries: new Map<string, Value>(),
      oldest: undefined,
    }))
    this.#endOf = endOf
  }

  /** How many there are; some may be over. */
  get size(): number {
    return this.#size
  }

  /** The value of a key, unless it is over. */
  get(key: string, now: number): Value | undefined {
    const value = this.#partOf(key).entries.get(key)
    return value !== undefined && this.#endOf(value) >= now ? value : undefined
  }

  set(key: string, value: Value): void {
    const { entries } = this.#partOf(key)
    const before = entries.size
    entries.set(key, value)
    this.#size += entries.size - before
  }

  delete(key: string): void {
    this.#remove(this.#partOf(key), key)
  }

  /** Forgets the oldest of the part that a key belongs to, if they are over: two for each that may come. */
  makeRoomFor(key: string, now: number): void {
    const part = this.#partOf(key)
    for (let looks = 0; looks < 2; looks++) {
      part.oldest ??= part.entries.keys().next().value
      if (part.oldest === undefined || !this.#forget(part, part.oldest, now)) return
    }
  }

  /** Looks at the next `looks` entries, whatever their age, and forgets those that are over. */
  sweep(looks: number, now: number): void {
    for (let left = looks; left > 0; left--) {
      const part = this.#parts[this.#sweeping] as Part<Value>
      this.#swept ??= part.entries.keys()
      const { value: key, done } = this.#swept.next()
      if (!done) this.#forget(part, key, now)
      else {
        this.#swept = undefined
        this.#sweeping = (this.#sweeping + 1) % this.#parts.length
      }
    }
  }

  /** Whether it is gone. */
  #forget(part: Part<Value>, key: string, now: number): boolean {
    const value = part.entries.get(key)
    if (value !== undefined && this.#endOf(value) >= now) return false
    this.#remove(part, key)
    return true
  }

  #remove(part: Part<Value>, key: string): void {
    if (part.oldest === key) part.oldest = undefined
    if (part.entries.delete(key)) this.#size--
  }

  /** By three characters before the last one, which in base64 holds few bits. */
  #partOf(key: string): Part<Value> {
    const end = key.length
    const mixed = Math.imul(
      (key.charCodeAt(end - 2) * 67 + key.charCodeAt(end - 3)) * 67 + key.charCodeAt(end - 4),
      spread,
    )
    return this.#parts[(mixed >>> 16) & (this.#parts.length - 1)] as Part<Value>
  }
}
