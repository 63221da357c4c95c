import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child.ts'
import type { ServerAnswers } from './server.ts'

const sampleEveryMs = 100

/** A server's memory, sampled ten times a second. */
export interface RssWatch {
  /** The median of the last so many milliseconds: a sample alone may be any point between two collections. */
  medianOf(lastMs: number): number
  /** The highest since this moment of `performance.now()`. */
  highestSince(moment: number): number
  /** Until then the server can be asked nothing else. */
  stop(): Promise<void>
}

/** Samples until it is stopped. */
export function watchRss(server: Child<ServerAnswers>): RssWatch {
  const samples: { readonly at: number; readonly rss: number }[] = []
  const over = new AbortController()
  const since = (moment: number): number[] =>
    samples.filter(({ at }) => at >= moment).map((sample) => sample.rss)
  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      samples.push({ rss: await server.ask('rss'), at: performance.now() })
      await sleep(sampleEveryMs)
    }
  }
  const watched = watch()
  // Told by `stop`; until then it is no unhandled rejection.
  watched.catch(() => {})
  return {
    medianOf(lastMs) {
      const sorted = since(performance.now() - lastMs).sort((a, b) => a - b)
      return sorted[sorted.length >> 1] ?? Number.NaN
    },
    highestSince: (moment) => Math.max(...since(moment)),
    stop() {
      over.abort()
      return watched
    },
  }
}
