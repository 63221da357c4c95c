import type { Clock } from '@acuse/core'

const mostTries = 6
const shortestMs = 100
const longestMs = 2_000

/** Tries again where no answer came, a few times; `failed` is told of each. An answer that refuses is final. */
export async function patiently<T>(
  clock: Clock,
  call: () => Promise<T>,
  failed: () => void = () => {},
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call()
    } catch (error) {
      if (tries === mostTries || (error instanceof Error && error.name === 'ReplyError')) throw error
      failed()
      const delayMs = Math.min(shortestMs * 2 ** tries, longestMs)
      await new Promise<void>((resolve) => clock.schedule(delayMs, resolve))
    }
  }
}
