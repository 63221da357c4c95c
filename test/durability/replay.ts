import { capture, inParallel, startFleet } from '../processes/fleet.ts'
import { sharedRedis } from '../support/redis.ts'
import type { Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'

const forms = { short: { captured: 1_000 }, long: { captured: 10_000 } }
const processes = 4
const callers = 64

/** Requests that were captured are sent again to other processes, and to all of them after a restart. */
export const replay: Campaign = {
  name: 'replay',
  what: `captured requests, replayed over ${processes} processes on one Redis, and again after a restart of all`,
  run: (form) => run(forms[form].captured),
}

async function run(count: number): Promise<readonly Row[]> {
  const redis = await sharedRedis()
  const fleet = await startFleet(processes, { REDIS: redis.url, LEVEL: 'handled' })
  try {
    const captured = Array.from({ length: count }, (_, n) => capture(n + 1))
    let wrong = 0
    const sendAll = (shift: number) =>
      inParallel(count, callers, async (n) => {
        for (;;) {
          const { status } = await fleet.send(captured[n] as (typeof captured)[0], n + shift)
          if (status === 200) return
          if (status !== 503) wrong++
        }
      })
    await sendAll(0)
    await sendAll(1)
    await fleet.restart()
    await sendAll(2)
    const ids = fleet.runs().map(([id]) => id)
    return [
      told('captured', count),
      told('sent', 3 * count),
      none('answers other than 200 and 503', wrong),
      none('lost', count - new Set(ids).size),
      none('extra runs', ids.length - new Set(ids).size),
    ]
  } finally {
    await fleet.stop()
    await redis.stop()
  }
}
