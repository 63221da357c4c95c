import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { scheduleBodyDeadline } from '../../src/http/body-deadline.ts'
import { manualClock } from '../support/clock.ts'

describe('scheduleBodyDeadline', () => {
  const start = (bytes: () => number) => {
    const clock = manualClock()
    const seen = { over: false, clock, cancel: () => {} }
    seen.cancel = scheduleBodyDeadline({ clock, timeoutMs: 100 }, bytes, () => {
      seen.over = true
    })
    return seen
  }

  it('ends the wait when nothing more is there', async () => {
    const wait = start(() => 7)
    await wait.clock.advance(100)
    while (!wait.over) await turn()
  })

  it('goes on while bytes come that had arrived before', async () => {
    let left = 16
    const wait = start(() => (left > 0 ? left-- : 0))
    await wait.clock.advance(100)
    while (!wait.over) await turn()
    expect(left).toBe(0)
  })

  it('ends the wait for one that sends a byte for each turn of the loop', async () => {
    let bytes = 0
    const wait = start(() => bytes++)
    await wait.clock.advance(100)
    while (!wait.over) await turn()
    expect(bytes).toBeLessThan(100)
  })

  it('ends nothing when the body was whole meanwhile', async () => {
    let asked = 0
    const wait = start(() => {
      if (++asked === 2) wait.cancel()
      return 7
    })
    await wait.clock.advance(100)
    for (let n = 0; n < 10; n++) await turn()
    expect({ asked, over: wait.over }).toEqual({ asked: 2, over: false })
  })
})
