import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/index.ts'
import { settled } from '../../support/clock.ts'
import { lettersOf } from '../../support/letters.ts'
import { bench, delivery, done } from '../../support/memory-inbox.ts'

describe('memoryInbox', () => {
  it('accepts a delivery once, and hands it out once', async () => {
    const { accept, consume, types, inbox } = bench()
    const handled: string[] = []
    expect(accept(delivery('a'))).toBe('accepted')
    expect(accept(delivery('a'))).toBe('duplicate')
    expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 0, delayed: 0, dead: 0 })
    consume(async ({ body }) => {
      handled.push(Buffer.from(body).toString())
      return done
    })
    await settled()
    expect(accept(delivery('a'))).toBe('duplicate')
    expect(handled).toEqual(['a'])
    expect(types()).toEqual(['handled'])
    expect(await inbox.stats()).toEqual({
      waiting: 0,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 0,
      types: [],
    })
  })

  it('keeps a conflicting copy as a dead letter, once, in both orders', async () => {
    for (const [first, second] of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const { accept, consume, inbox, types } = bench()
      consume(async () => done)
      expect(accept(delivery('a', first))).toBe('accepted')
      expect(accept(delivery('a', second))).toBe('conflict')
      expect(accept(delivery('a', second))).toBe('conflict')
      const [letter, ...more] = await lettersOf(inbox, { reason: 'conflict' })
      expect(more).toEqual([])
      expect(Buffer.from(letter?.delivery.body ?? []).toString()).toBe(second)
      expect(types()).toEqual(['dead'])
    }
  })

  it('tries a failed delivery again with growing waits, and dead-letters it when its attempts are used up', async () => {
    const { accept, consume, clock, observations, inbox } = bench()
    const error = new Error('the accountant is out')
    const attempts: number[] = []
    consume(
      async (_, { attempt }) => {
        attempts.push(attempt)
        return { status: 'failed', error, completed: [] }
      },
      { retry: { attempts: 4, minDelayMs: 1_000, maxDelayMs: 3_000 } },
    )
    await accept(delivery('a'))
    await clock.advance(0)
    expect(await inbox.stats()).toMatchObject({ delayed: 1 })
    await clock.advance(10_000)
    expect(attempts).toEqual([1, 2, 3, 4])
    expect(observations).toMatchObject([
      { type: 'retried', attempt: 1, delayMs: 1_000, error },
      { type: 'retried', attempt: 2, delayMs: 2_000 },
      { type: 'retried', attempt: 3, delayMs: 3_000 },
      { type: 'dead', attempt: 4, reason: 'attempts-used-up', error },
    ])
    expect(accept(delivery('a'))).toBe('duplicate')
  })

  it('takes a throw of the handle for a failure', async () => {
    const { accept, consume, types } = bench()
    consume(async () => {
      throw new Error('no')
    })
    await accept(delivery('a'))
    await settled()
    expect(types()).toEqual(['retried'])
  })

  it('hands out no more at once than its concurrency, in order of arrival', async () => {
    const { accept, consume, inbox } = bench()
    const running: string[] = []
    const release: (() => void)[] = []
    consume(
      async ({ body }) => {
        running.push(Buffer.from(body).toString())
        await new Promise<void>((resolve) => release.push(resolve))
        return done
      },
      { concurrency: 2 },
    )
    for (const name of ['a', 'b', 'c']) await accept(delivery(name))
    await settled()
    expect(running).toEqual(['a', 'b'])
    expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 2 })
    release[0]?.()
    await settled()
    expect(running).toEqual(['a', 'b', 'c'])
  })

  it('keeps up with a burst when handlers return at once, however small the concurrency', async () => {
    const { accept, consume, inbox } = bench()
    consume(async () => done)
    for (let n = 0; n < 1_000; n++) await accept(delivery(`burst-${n}`))
    await settled()
    expect((await inbox.stats()).waiting).toBe(0)
  })

  it('lets the loop turn between handlers that take the thread', async () => {
    const { accept, consume, inbox } = bench({ clock: systemClock })
    consume(async () => {
      for (const until = performance.now() + 2; performance.now() < until; );
      return done
    })
    for (let n = 0; n < 200; n++) await accept(delivery(`slow-${n}`))
    await settled()
    expect((await inbox.stats()).waiting).toBeGreaterThan(50)
  })

  it('hands each endpoint its own deliveries, and refuses a second consumer of one', async () => {
    const { accept, consume, inbox } = bench()
    const handled: string[] = []
    consume(async ({ provider }) => (handled.push(provider), done))
    consume(async ({ provider }) => (handled.push(provider), done), { endpoint: 'other' })
    await accept(delivery('a'))
    await accept(delivery('a', 'a', 'other'))
    await settled()
    expect(handled.sort()).toEqual(['acme', 'other'])
    expect(() => consume(async () => done)).toThrow("'acme' is consumed already")
    expect((await inbox.stats()).oldestAgeMs).toBe(0)
  })

  it('tells the age of the oldest delivery that is not handled', async () => {
    const { accept, consume, clock, inbox } = bench()
    consume(async () => ({ status: 'failed', error: 1, completed: [] }), { retry: { minDelayMs: 60_000 } })
    await accept(delivery('a'))
    await clock.advance(5_000)
    await accept(delivery('b'))
    expect((await inbox.stats()).oldestAgeMs).toBe(5_000)
  })
  it('tells its figures while 150 000 deliveries are delayed', async () => {
    const many = 150_000
    const { accept, consume, inbox } = bench({ maxDeliveries: many, maxIdempotencyKeys: many })
    const error = new Error('later')
    let runs = 0
    consume(async () => {
      runs++
      return { status: 'failed', error, completed: [] }
    })
    const one = delivery('a')
    for (let n = 0; n < many; n++) void accept({ ...one, id: `d${n}` })
    while (runs < many) await settled()
    await settled()
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: many, dead: 0 })
  })
})
