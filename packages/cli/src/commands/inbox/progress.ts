import type { Context } from '../../command/context.ts'

const everyMs = 100
const cells = 30

/** A bar that shows how far something is. */
export interface Progress {
  /** So many are done. */
  to(count: number): void
  /** Takes it away. */
  end(): void
}

/**
 * A bar on the terminal of stderr, or the number alone where nobody knows the total; elsewhere nothing. It reads no key, unlike those of terminal libraries: an interruption
 * comes to the command as a signal, so that what is under way is brought to its end.
 */
export function showProgress({ stderr, isTerminal }: Context, total?: number): Progress {
  if (!isTerminal.stderr) return { to() {}, end() {} }
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    to(count) {
      const now = performance.now()
      if (now - drawnAt < everyMs && count !== total) return
      drawnAt = now
      if (total === undefined) {
        stderr.write(`\r\x1b[K${count} …`)
        return
      }
      const share = total === 0 ? 1 : Math.min(1, count / total)
      const full = Math.round(share * cells)
      const bar = '█'.repeat(full) + '░'.repeat(cells - full)
      stderr.write(`\r\x1b[K${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${count} / ${total}`)
    },
    end() {
      stderr.write('\r\x1b[K')
    },
  }
}
