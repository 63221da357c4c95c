import type { Provider } from '@acuse/core'
import { type Fault, toFault } from './fault.ts'

const hourMs = 3_600_000

/** Signed with another secret of the same kind. */
export const wrongSecret: Fault = toFault('wrongSecret', { wrongSecret: true })

/** Signed 8 days ago: longer than any default tolerance. */
export const staleTimestamp: Fault = toFault('staleTimestamp', { at: shifted(-8 * 24 * hourMs) })

/** Signed for the time in an hour. */
export const futureTimestamp: Fault = toFault('futureTimestamp', { at: shifted(hourMs) })

/** One byte larger, at least, than the provider's largest body, which is 1 MiB where it documents none; rightly signed. */
export const oversizedBody: Fault = toFault('oversizedBody', {
  payload: ({ limits }) => ({ padding: 'x'.repeat((limits?.maxBodyBytes ?? 2 ** 20) + 1) }),
})

const times: readonly unknown[] = ['unix', 'unix-seconds', 'unix-ms', 'rfc3339']

function shifted(ms: number): (at: Date, provider: Provider<object>) => Date {
  return (at, { name, time, scheme }) => {
    const signsTime = scheme.signs.some((part) => 'as' in part && times.includes(part.as))
    if (signsTime || time?.required) return new Date(at.getTime() + ms)
    throw new TypeError(`${name} need not state a time: nothing that it sends must be stale or early`)
  }
}
