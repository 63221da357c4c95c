import { expect, it } from 'vitest'
import { type Alert, alerts } from '../../src/alerts.ts'
import { type InboxStats, memoryInbox } from '../../src/index.ts'
import { manualClock, settled } from '../support/clock.ts'
import { deferred } from '../support/deferred.ts'

const none = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0, types: [] }

/** An inbox that says of itself what it is told to say. */
function inboxThat(stats: () => Promise<InboxStats>) {
  return Object.assign(memoryInbox(), { stats })
}

function watching() {
  const clock = manualClock()
  const told: Alert[] = []
  return { clock, told, monitor: alerts({ clock, notify: (alert) => told.push(alert) }) }
}

it('an inbox whose oldest delivery waits too long fires, and is resolved at half of that', async () => {
  const { clock, told, monitor } = watching()
  let oldestAgeMs = 3_600_000
  const end = monitor.watch(
    inboxThat(async () => ({ ...none, oldestAgeMs })),
    { name: 'orders', everyMs: 10_000 },
  )
  await settled()
  expect(told).toEqual([])
  oldestAgeMs = 3_600_001
  await clock.advance(20_000)
  expect(told.map(({ name, state, inbox, value }) => ({ name, state, inbox, value }))).toEqual([
    { name: 'oldest-waiting', state: 'firing', inbox: 'orders', value: 3_600_001 },
  ])
  expect(told[0]?.summary).toBe(
    'orders: age of the oldest delivery that is not handled is 3600 s, above 3600 s',
  )
  oldestAgeMs = 1_800_001
  await clock.advance(10_000)
  expect(told).toHaveLength(1)
  oldestAgeMs = 1_800_000
  await clock.advance(10_000)
  expect(told[1]).toMatchObject({ state: 'resolved', id: told[0]?.id })
  end()
  oldestAgeMs = 9_000_000
  await clock.advance(100_000)
  expect(told).toHaveLength(2)
  expect(clock.scheduled).toBe(0)
})

it('an inbox that throws or hangs fires after three looks in a row, and is resolved at the first that it answers', async () => {
  const { clock, told, monitor } = watching()
  let looks = 0
  let isBack = false
  const stats = async (): Promise<InboxStats> => {
    looks++
    if (isBack) return none
    if (looks === 1) throw new Error('away')
    return new Promise(() => {})
  }
  monitor.watch(inboxThat(stats))
  // Looks at 0, 30 and 65 s; the last two take their 5 s.
  await clock.advance(69_000)
  expect(told).toEqual([])
  await clock.advance(1_000)
  expect(told).toMatchObject([{ name: 'inbox-unreachable', state: 'firing', inbox: 'inbox', value: 3 }])
  isBack = true
  await clock.advance(30_000)
  expect(told[1]).toMatchObject({ name: 'inbox-unreachable', state: 'resolved' })
  await monitor.close()
  expect(clock.scheduled).toBe(0)
})

it('a look that ends after its watch says nothing', async () => {
  const { clock, told, monitor } = watching()
  const answer = deferred<InboxStats>()
  monitor.watch(inboxThat(() => answer.promise))()
  answer.resolve({ ...none, oldestAgeMs: 9_000_000 })
  await settled()
  expect(told).toEqual([])
  expect(clock.scheduled).toBeLessThanOrEqual(1)
})

it.each([
  [undefined, {}, /inbox must be an Inbox/],
  [memoryInbox(), { name: '' }, /name must be text that is not empty/],
  [memoryInbox(), { everyMs: 1 }, /everyMs/],
  [memoryInbox(), { timeoutMs: 0 }, /timeoutMs/],
  [memoryInbox(), { every: 1 }, /no option 'every'/],
])('a watch that cannot be throws a TypeError', (inbox, options, words) => {
  const { monitor } = watching()
  expect(() => monitor.watch(inbox as never, options as never)).toThrow(words)
})
