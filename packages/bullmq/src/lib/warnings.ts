import type { Clock, Delivery } from '@acuse/core'
import { warn } from '@acuse/core/inbox-kit'

const everyMs = 60_000

/** Warnings about an inbox's server, for its operator. */
export interface ServerWarnings {
  /** Once a minute. */
  refused(missing: readonly string[]): void
  /** Each sentence once. */
  mayLose(sentences: readonly string[]): void
  /** Of a copy for which there was no room, once a minute. */
  notKept(copy: Delivery, maxDead: number): void
}

export function createWarnings(clock: Clock, onError: (error: Error) => void): ServerWarnings {
  const said = new Set<string>()
  const mayRefuse = onceAMinute(clock)
  const mayNotKeep = onceAMinute(clock)
  return {
    refused(missing) {
      if (mayRefuse()) warn('ACUSE_REDIS_REFUSED', `Nothing is accepted: ${missing.join('. ')}`)
    },
    notKept({ id, endpoint, type }, maxDead) {
      if (!mayNotKeep()) return
      onError(
        new Error(
          `A copy of ${id} (${type}) was not kept: '${endpoint}' has ${maxDead} dead letters already. ` +
            'Redrive or discard them, or raise maxDeliveries',
        ),
      )
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

function onceAMinute(clock: Clock): () => boolean {
  let silentUntil = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.monotonic()
    if (now < silentUntil) return false
    silentUntil = now + everyMs
    return true
  }
}
