const maxLength = 100
/** The value of a label for what has no place of its own. */
const other = 'other'

/** Bounds the values of a label: so many for each group, of so many characters; what is more is `other`. */
export class LabelNames {
  readonly #most: number
  readonly #groups = new Map<string, Set<string>>()

  constructor(most: number) {
    this.#most = most
  }

  /** The value itself where it has a place. */
  of(group: string, value: string): string {
    if (value.length > maxLength) return other
    let known = this.#groups.get(group)
    if (known === undefined) {
      known = new Set()
      this.#groups.set(group, known)
    }
    if (known.has(value)) return value
    if (known.size >= this.#most) return other
    known.add(value)
    return value
  }
}
