import type { Clock } from '@acuse/core'
import { warn } from '@acuse/core/stores'

const refusedEveryMs = 60_000

/** What an inbox says of its server to whoever operates it. */
export interface ServerWarnings {
  /** Once a minute. */
  refused(missing: readonly string[]): void
  /** Each sentence once. */
  mayLose(sentences: readonly string[]): void
}

export function createWarnings(clock: Clock): ServerWarnings {
  const said = new Set<string>()
  let silentUntil = Number.NEGATIVE_INFINITY
  return {
    refused(missing) {
      const now = clock.monotonic()
      if (now < silentUntil) return
      silentUntil = now + refusedEveryMs
      warn('ACUSE_REDIS_REFUSED', `Nothing is accepted: ${missing.join('. ')}`)
    },
    mayLose(sentences) {
      for (const sentence of sentences) {
        if (said.has(sentence)) continue
        said.add(sentence)
        warn('ACUSE_REDIS_DURABILITY', sentence)
      }
    },
  }
}
