import { beforeEach, describe, expect, it } from 'vitest'
import { Allotment } from '../../../src/inbox/worker/allotment.ts'
import type { LeasedDelivery, LeaseRoom, Look } from '../../../src/inbox/worker/lease-source.ts'
import { type ManualClock, manualClock } from '../../support/clock.ts'
import { delivery } from '../../support/memory-inbox.ts'

const leaseMs = 3_000
const handles = { except: [] }
const limit = 10
const none = { count: 0, atOnce: 0 }

const look = (changes: Partial<Look> = {}): Look => ({
  isDue: false,
  leastAtOnce: undefined,
  hasAlone: () => false,
  has: () => true,
  ...changes,
})
const alone = look({ leastAtOnce: 0, hasAlone: () => true })
const leased = (atOnce?: number): LeasedDelivery => ({
  delivery: delivery('a'),
  attempt: 1,
  completed: [],
  atOnce,
})

let clock: ManualClock
let allotment: Allotment
const roomFor = (seen: Look, isIdle = false): LeaseRoom | undefined =>
  allotment.roomFor(seen, handles, limit, isIdle)
/** The room for what is seen, which is being leased. */
function leasing(seen: Look): LeaseRoom {
  const room = roomFor(seen, true)
  if (!room) throw new Error('There is no room')
  allotment.leasing(room)
  return room
}
/** The same, from its beginning to its end. */
function lease(seen: Look): LeaseRoom {
  const room = leasing(seen)
  allotment.leased(room)
  return room
}

beforeEach(() => {
  clock = manualClock()
  allotment = new Allotment(clock, leaseMs)
})

describe('an allotment', () => {
  it('has all the room that is asked for where no possible poison message waits, and no room for one', () => {
    const room = { handles, limit, possiblePoison: none, isForAlone: false, isDue: false }
    expect(roomFor(look())).toEqual(room)
    expect(roomFor(look({ has: () => false }))).toBeUndefined()
  })

  it('has room for what is due, whatever else is seen', () => {
    const room = { handles, limit, possiblePoison: none, isForAlone: false, isDue: true }
    expect(roomFor(look({ isDue: true, has: () => false }))).toEqual(room)
  })

  it('has no room for a second lease of possible poison messages while the first is on its way', () => {
    const seen = look({ leastAtOnce: 2 })
    const first = leasing(seen)
    expect(first.possiblePoison).toMatchObject({ count: 0, atOnce: Number.POSITIVE_INFINITY })
    expect(lease(seen).possiblePoison).toEqual(none)
    expect(roomFor(seen)?.possiblePoison).toEqual(none)
    allotment.leased(first)
    expect(roomFor(seen)?.possiblePoison).toMatchObject({ count: 0, atOnce: Number.POSITIVE_INFINITY })
  })

  it('has no room for possible poison messages while one that runs alone is being leased', () => {
    const room = leasing(alone)
    expect(roomFor(look({ leastAtOnce: 2 }))?.possiblePoison).toEqual(none)
    allotment.leased(room)
    expect(roomFor(look({ leastAtOnce: 2 }))?.possiblePoison).toMatchObject({ count: 0 })
  })

  it('has room for possible poison messages while others are being leased', () => {
    leasing(look())
    expect(roomFor(look({ leastAtOnce: 2 }))?.possiblePoison).toMatchObject({
      count: 0,
      atOnce: Number.POSITIVE_INFINITY,
    })
  })

  it('counts the possible poison messages that run, and how many may at once', () => {
    const seen = look({ leastAtOnce: 2 })
    for (const each of [leased(4), leased(2), leased()]) allotment.begins(each)
    expect(roomFor(seen)?.possiblePoison).toMatchObject({ count: 2, atOnce: 2 })
    allotment.ends(leased(2))
    expect(roomFor(seen)?.possiblePoison).toMatchObject({ count: 1, atOnce: 4 })
  })
})

describe('one that runs alone', () => {
  const room = { handles, limit: 1, possiblePoison: none, isForAlone: true, isDue: false }

  it('is leased at once where nothing runs', () => {
    expect(roomFor(alone, true)).toEqual(room)
  })

  it('waits for what runs, for the length of a lease at most', async () => {
    expect(roomFor(alone)).toBeUndefined()
    await clock.advance(leaseMs - 1)
    expect(roomFor(alone)).toBeUndefined()
    await clock.advance(1)
    expect(roomFor(alone)).toEqual(room)
  })

  it('waits anew where it was gone meanwhile', async () => {
    expect(roomFor(alone)).toBeUndefined()
    await clock.advance(leaseMs)
    expect(roomFor(look())).toMatchObject({ isForAlone: false })
    expect(roomFor(alone)).toBeUndefined()
  })

  it('waits anew once another of its kind has run', async () => {
    expect(roomFor(alone)).toBeUndefined()
    await clock.advance(leaseMs)
    const ran = leased(0)
    allotment.begins(ran)
    allotment.ends(ran)
    expect(roomFor(alone)).toBeUndefined()
  })

  it('is not looked for where none is handled here', () => {
    expect(roomFor(look({ leastAtOnce: 0 }))).toMatchObject({ isForAlone: false, limit })
    expect(roomFor(look({ leastAtOnce: 2, hasAlone: () => true }), true)).toMatchObject({ isForAlone: false })
  })

  it('takes turns with the others, and has the next turn too where there are none', () => {
    expect(lease(alone)).toMatchObject({ isForAlone: true })
    expect(lease(alone)).toMatchObject({ isForAlone: false, limit })
    expect(lease(alone)).toMatchObject({ isForAlone: true })
    expect(lease({ ...alone, has: () => false })).toMatchObject({ isForAlone: true })
    expect(roomFor(look({ leastAtOnce: 2, has: () => false }), true)).toBeUndefined()
  })

  it('has nothing beside it for the length of a lease at most, or until it ends', async () => {
    expect(allotment.isHeld).toBe(false)
    allotment.begins(leased(2))
    expect(allotment.isHeld).toBe(false)
    allotment.begins(leased(0))
    allotment.ends(leased(2))
    expect(allotment.isHeld).toBe(true)
    await clock.advance(leaseMs - 1)
    expect(allotment.isHeld).toBe(true)
    await clock.advance(1)
    expect(allotment.isHeld).toBe(false)
    allotment.begins(leased(0))
    allotment.ends(leased(0))
    expect(allotment.isHeld).toBe(false)
  })
})
