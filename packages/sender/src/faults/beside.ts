import { wholeNumber } from '@acuse/core/inbox-kit'
import { type Fault, toFault } from './fault.ts'

const most = 1_000

/**
 * Sent `times` in all, the same bytes, one after another.
 * @param times 2 to 1 000. Default 2
 * @throws TypeError when it is no such number
 */
export function duplicate(times = 2): Fault {
  return copies('duplicate', times, false)
}

/**
 * Sent `times` in all, the same bytes, all at once.
 * @param times 2 to 1 000. Default 2
 * @throws TypeError when it is no such number
 */
export function concurrentDuplicates(times = 2): Fault {
  return copies('concurrentDuplicates', times, true)
}

/** Overtaken by the next event: that is sent first. */
export const reordered: Fault = toFault('reordered', { sends: { again: 'overtaken' } })

/**
 * Sent, and then captured and replayed: the same body under the same proof, with a fresh value in every header that nobody
 * signs, `X-Session-Id` and `X-Request-Id` among them.
 */
export const replayedWithFreshSession: Fault = toFault('replayedWithFreshSession', {
  sends: { again: 'fresh-headers' },
})

/**
 * Sent, and then captured and replayed under the name of another event, where the provider states it. A receiver may run it
 * once.
 */
export const renamedEvent: Fault = toFault('renamedEvent', { sends: { again: 'renamed' } })

/**
 * Sent, and a minute later once more as its sender repeats it after an answer got lost: signed anew where the time is the
 * attempt's, with counters raised, and a new id where that is the attempt's.
 */
export const retriedByTheSender: Fault = toFault('retriedByTheSender', { sends: { again: 'new-attempt' } })

function copies(name: string, times: number, atOnce: boolean): Fault {
  wholeNumber(`${name} times`, times, 2, most)
  return toFault(`${name}(${times})`, { sends: { copies: times - 1, atOnce } })
}
