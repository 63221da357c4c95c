import { describe, expect, it } from 'vitest'
import type { HandleResult } from '../../../src/inbox/inbox.ts'
import { memoryInbox } from '../../../src/index.ts'
import { settled } from '../../support/clock.ts'
import { bench, delivery, done } from '../../support/memory-inbox.ts'

describe('memoryInbox', () => {
  it('drains on close: what waits and what is delayed gets its attempt now', async () => {
    const { accept, consume, clock, observations, inbox } = bench()
    let fail = true
    consume(async ({ body }) =>
      fail || Buffer.from(body).toString() === 'b' ? { status: 'failed', error: 1, completed: [] } : done,
    )
    await accept(delivery('a'))
    await accept(delivery('b'))
    await clock.advance(0)
    fail = false
    await accept(delivery('c'))
    await inbox.close()
    expect(observations).toMatchObject([
      { type: 'retried' },
      { type: 'retried' },
      { type: 'handled', attempt: 1 },
      { type: 'handled', attempt: 2 },
      { type: 'dead', reason: 'closed', attempt: 2 },
    ])
    expect(() => accept(delivery('d'))).toThrow('closed')
    expect(clock.scheduled).toBe(0)
  })

  it('gives up on what does not finish in time, says so, and takes no late result', async () => {
    const { accept, consume, clock, observations, inbox } = bench()
    let finish: () => void = () => {}
    const consumer = consume(
      async () => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        return done
      },
      { concurrency: 1 },
    )
    await accept(delivery('a'))
    await accept(delivery('b'))
    await settled()
    const closed = consumer.close({ timeoutMs: 500 })
    await clock.advance(500)
    await closed
    finish()
    await settled()
    expect(observations).toMatchObject([
      { type: 'dead', reason: 'closed' },
      { type: 'dead', reason: 'closed' },
    ])
    expect(await inbox.stats()).toMatchObject({ leased: 0, waiting: 0, dead: 2 })
  })

  it.each<[string, HandleResult]>([
    ['done', done],
    ['failed', { status: 'failed', error: new Error('late'), completed: [] }],
    ['dead', { status: 'dead', reason: 'unrecoverable', error: new Error('late'), completed: [] }],
  ])(
    'takes no late %s for what it gave up on: it is dead once, and its bytes are free once',
    async (_, late) => {
      const { accept, consume, clock, types, inbox } = bench({ maxBytes: 10, maxDeadLetters: 1 })
      let finish: (result: HandleResult) => void = () => {}
      const consumer = consume(() => new Promise<HandleResult>((resolve) => (finish = resolve)))
      await accept(delivery('a', '01234567'))
      await settled()
      const closed = consumer.close({ timeoutMs: 500 })
      await clock.advance(500)
      await closed
      finish(late)
      await clock.advance(10_000)
      expect(types().filter((type) => type !== 'high-water-mark')).toEqual(['dead'])
      // Were its bytes free twice, two of these would find room.
      expect(accept(delivery('b', '01234567'))).toBe('accepted')
      expect(accept(delivery('c', '01234567'))).toBe('full')
      expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 0 })
    },
  )

  it('makes dead letters of what waits behind one of its ordering key that takes too long', async () => {
    const { accept, consume, clock, observations, inbox } = bench()
    const consumer = consume(() => new Promise(() => {}))
    for (const name of ['a', 'b', 'c']) await accept({ ...delivery(name), orderingKey: 'k' })
    await settled()
    expect(await inbox.stats()).toMatchObject({ waiting: 2, leased: 1 })
    const closing = Promise.all([consumer.close({ timeoutMs: 100 }), inbox.close({ timeoutMs: 200 })])
    await clock.advance(200)
    await closing
    expect(observations).toMatchObject(
      [1, 0, 0].map((attempt) => ({ type: 'dead', reason: 'closed', attempt })),
    )
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 3 })
    expect(clock.scheduled).toBe(0)
  })

  it('closes at once when there is nothing to do', async () => {
    const { inbox, accept } = bench()
    await accept(delivery('a'))
    await inbox.close()
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 1 })
  })

  it('does not construct with options that cannot be used', () => {
    expect(() => memoryInbox({ maxDeliveries: 0 })).toThrow('maxDeliveries')
    expect(() => memoryInbox({ maxBytes: -1 })).toThrow('maxBytes')
    expect(() => memoryInbox({ maxDeadLetters: Number.NaN })).toThrow('maxDeadLetters')
    expect(() => memoryInbox({ maxIdempotencyKeys: 2 ** 40 })).toThrow('maxIdempotencyKeys')
    expect(() => memoryInbox({ maxItems: 1 } as never)).toThrow("no option 'maxItems'")
    expect(memoryInbox()).toMatchObject({ durability: 'volatile', retentionMs: undefined })
  })
})
