import { describe, expect, it } from 'vitest'
import type { AcceptResult } from '../../../src/inbox/inbox.ts'
import { type Awaitable, memoryInbox } from '../../../src/index.ts'
import { pollMs } from '../../../src/receiver/ack/poll.ts'
import { bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { inboxThat } from '../../support/receiving.ts'

describe('an inbox in which another copy is in flight', () => {
  /** A receiver on an inbox that gives these answers in turn, the last one for ever. */
  function inFlight(answers: readonly (() => Awaitable<AcceptResult>)[], ackTimeoutMs = 4_500) {
    const clock = manualClock()
    const asked: number[] = []
    const retentions: number[] = []
    const inbox = inboxThat((_, { minRetentionMs }) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)]
      asked.push(clock.monotonic())
      retentions.push(minRetentionMs)
      return answer?.() ?? 'full'
    })
    return { ...bench({ clock, inbox, ackTimeoutMs }), clock, asked, retentions }
  }
  const now = (): AcceptResult => 'in-flight'
  const later = async (): Promise<AcceptResult> => 'in-flight'

  it('is asked again after 25 ms, and then half as often each time, down to every 200 ms', async () => {
    expect([0, 1, 2, 3, 4, 100].map(pollMs)).toEqual([25, 50, 100, 200, 200, 200])
    const { receiver, clock, asked, retentions } = inFlight([
      now,
      later,
      now,
      later,
      now,
      async () => 'duplicate' as const,
    ])
    const outcome = Promise.resolve(receiver.receive(signed(paid)))
    await clock.advance(1_000)
    expect(await outcome).toMatchObject({ status: 200, kind: 'duplicate' })
    expect(asked).toEqual([0, 25, 75, 175, 375, 575])
    expect(new Set(retentions)).toEqual(new Set([360_000]))
  })

  it.each([
    [175, [0, 25, 75]],
    [176, [0, 25, 75, 175]],
  ])(
    'is not asked again when the budget of %i ms is over by then, and the answer is 503',
    async (ackTimeoutMs, times) => {
      const { receiver, clock, asked, codes } = inFlight([later], ackTimeoutMs)
      const outcome = Promise.resolve(receiver.receive(signed(paid)))
      await clock.advance(ackTimeoutMs)
      expect((await outcome).status).toBe(503)
      expect(codes()).toEqual(['in-flight'])
      expect(asked).toEqual(times)
    },
  )

  it('that fails when it is asked again is 503', async () => {
    const { receiver, clock, codes } = inFlight([now, () => Promise.reject(new Error('away'))])
    const outcome = Promise.resolve(receiver.receive(signed(paid)))
    await clock.advance(25)
    expect((await outcome).status).toBe(503)
    expect(codes()).toEqual(['inbox-failed'])
  })
})

describe('an inbox that answers no result', () => {
  it('is told of in the observation', async () => {
    const { receiver, observations } = bench({ inbox: inboxThat(() => 'maybe' as never) })
    await receiver.receive(signed(paid))
    expect(observations).toMatchObject([
      { code: 'inbox-failed', error: new TypeError('The inbox answered no result of an accept') },
    ])
  })
})

describe('the close of a receiver', () => {
  it.each([
    ['what its handlers left of the time', 30.5, 70],
    ['no time where they took all of it', 1_000, 0],
  ])('gives the inbox %s', async (_, handlerMs, leftMs) => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const given: unknown[] = []
    const close = inbox.close.bind(inbox)
    inbox.close = (options) => (given.push(options), close(options))
    const { receiver } = bench({ clock, inbox })
    receiver.on('order.paid', () => new Promise<void>((resolve) => clock.schedule(handlerMs, resolve)))
    await receiver.receive(signed(paid))
    await settled()
    const closed = receiver.close({ timeoutMs: 100 })
    await clock.advance(1_000)
    await closed
    expect(given).toEqual([{ timeoutMs: leftMs }])
  })
})
