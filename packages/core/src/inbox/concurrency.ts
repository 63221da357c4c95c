import { wholeNumber } from '../lib/options.ts'

/**
 * How many deliveries are handed out at once, 1 to 10 000.
 * @throws TypeError when it is none of these
 */
export function checkConcurrency(given: unknown): number {
  return wholeNumber('concurrency', given, 1, 10_000)
}
