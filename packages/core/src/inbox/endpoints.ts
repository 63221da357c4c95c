import { processWide } from '../lib/process-wide.ts'
import type { Inbox } from './inbox.ts'

const taken = processWide('endpoints/1', () => new Set<string>())

/**
 * Takes an endpoint of a storage for one receiver of this process: two would get each other's events.
 * @returns a function that gives it back
 * @throws TypeError when another receiver has it
 */
export function takeEndpoint({ location }: Inbox, endpoint: string, part: 'accept' | 'work'): () => void {
  if (location === undefined) return () => {}
  const key = JSON.stringify([location, endpoint, part])
  if (taken.has(key)) {
    throw new TypeError(
      `Another receiver of this process has the endpoint '${endpoint}' of ${location}: give each receiver the option endpoint with a name of its own, or close the other one first`,
    )
  }
  taken.add(key)
  let isOurs = true
  return () => {
    if (isOurs) taken.delete(key)
    isOurs = false
  }
}
