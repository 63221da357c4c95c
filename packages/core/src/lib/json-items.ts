/** Where a value begins, and the byte after its end. */
type Range = readonly [start: number, end: number]

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const listStart = 0x5b
const objectStart = 0x7b
const listEnd = 0x5d
const objectEnd = 0x7d
const closers: ReadonlySet<number> = new Set([comma, listEnd, objectEnd])
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * The bytes of each value at a path of a JSON text, as `valuesAt` finds them: of fields that stand twice the last, as
 * `JSON.parse` does. The text must be JSON.
 * @throws SyntaxError, or finds anything, where it is not: every step goes on by a byte at least, so that it ends
 */
export function slicesAt(bytes: Uint8Array, path: string): readonly Uint8Array[] {
  const text = new Scanner(bytes)
  let found: readonly Range[] = [text.valueAt(0)]
  for (const key of path.split('.')) found = found.flatMap((range) => text.partsOf(range, key))
  return found.map(([start, end]) => bytes.subarray(start, end))
}

class Scanner {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The value that begins at a place, or after blanks there. */
  valueAt(from: number): Range {
    const start = this.#afterBlanks(from)
    const first = this.#bytes[start]
    if (first === quote) return [start, this.#afterText(start)]
    const isContainer = first === objectStart || first === listStart
    return [start, isContainer ? this.#afterContainer(start) : this.#afterPlain(start)]
  }

  /** What a key names of a value: `*` each element of a list, a number one of them, else a field of an object. */
  partsOf([start]: Range, key: string): readonly Range[] {
    const first = this.#bytes[start]
    if (first === objectStart) return key === '*' ? [] : this.#fieldOf(start, key)
    if (first !== listStart) return []
    const elements = this.#elementsOf(start)
    const element = elements[Number(key)]
    if (key === '*') return elements
    return element && String(Number(key)) === key ? [element] : []
  }

  #elementsOf(start: number): readonly Range[] {
    const found: Range[] = []
    for (let at = this.#afterBlanks(start + 1); this.#goesOn(at, listEnd); ) {
      const element = this.valueAt(at)
      found.push(element)
      at = Math.max(at + 1, this.#afterComma(element[1]))
    }
    return found
  }

  #fieldOf(start: number, name: string): readonly Range[] {
    let found: readonly Range[] = []
    for (let at = this.#afterBlanks(start + 1); this.#goesOn(at, objectEnd); ) {
      const end = this.#afterText(at)
      const value = this.valueAt(this.#bytes.indexOf(colon, end) + 1)
      if (JSON.parse(Buffer.from(this.#bytes.subarray(at, end)).toString()) === name) found = [value]
      at = Math.max(end, this.#afterComma(value[1]))
    }
    return found
  }

  #goesOn(at: number, end: number): boolean {
    return at < this.#bytes.length && this.#bytes[at] !== end
  }

  #afterComma(from: number): number {
    const at = this.#afterBlanks(from)
    return this.#bytes[at] === comma ? this.#afterBlanks(at + 1) : at
  }

  #afterBlanks(from: number): number {
    let at = from
    while (blanks.has(this.#bytes[at] as number)) at++
    return at
  }

  #afterText(start: number): number {
    let at = start + 1
    for (; this.#goesOn(at, quote); at++) if (this.#bytes[at] === backslash) at++
    return at + 1
  }

  #afterContainer(start: number): number {
    let depth = 1
    let at = start + 1
    while (depth > 0 && at < this.#bytes.length) {
      const byte = this.#bytes[at]
      if (byte === objectStart || byte === listStart) depth++
      if (byte === objectEnd || byte === listEnd) depth--
      at = byte === quote ? this.#afterText(at) : at + 1
    }
    return at
  }

  #afterPlain(start: number): number {
    let at = start
    while (
      at < this.#bytes.length &&
      !closers.has(this.#bytes[at] as number) &&
      !blanks.has(this.#bytes[at] as number)
    )
      at++
    return at
  }
}
