/** A budget of bytes that many share. */
export interface ByteBudget {
  /** A share, empty at first. */
  share(): ByteShare
}

/** The share of one holder. */
interface ByteShare {
  /** Takes more; `false`, and nothing is taken, when the budget does not hold it. */
  readonly take: (bytes: number) => boolean
  /** Gives back all that was taken. */
  readonly giveBack: () => void
}

/** A budget of `maxBytes`. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let used = 0
  return {
    share() {
      let taken = 0
      return {
        take(bytes) {
          if (used + bytes > maxBytes) return false
          used += bytes
          taken += bytes
          return true
        },
        giveBack() {
          used -= taken
          taken = 0
        },
      }
    },
  }
}
