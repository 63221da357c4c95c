import type { Clock, RedriveOptions } from '@acuse/core'
import { createPace, tellProgress } from '@acuse/core/inbox-kit'
import type { Changed } from './scripts.ts'

const mostAtOnce = 100

/** Changes each, until there is no room or the options end it; how many were changed. Throws what went wrong when none was. */
export async function changeAll<T>(
  all: AsyncIterator<T>,
  change: (one: T) => Promise<Changed>,
  clock: Clock,
  options: RedriveOptions,
): Promise<number> {
  const { perSecond, signal } = options
  const pace = createPace(perSecond, clock)
  const size = pace.batchOf(mostAtOnce)
  let count = 0
  try {
    while (!signal?.aborted) {
      const batch = await take(all, size)
      await pace.next(batch.length)
      const changes = await Promise.allSettled(batch.map(change))
      const of = (which: Changed) =>
        changes.filter((one) => one.status === 'fulfilled' && one.value === which).length
      count += of('changed')
      tellProgress(options, count)
      const failed = changes.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
      if (batch.length < size || of('full') > 0) break
    }
  } catch (error) {
    if (count === 0) throw error
  }
  return count
}

async function take<T>(all: AsyncIterator<T>, most: number): Promise<T[]> {
  const taken: T[] = []
  while (taken.length < most) {
    const next = await all.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}
