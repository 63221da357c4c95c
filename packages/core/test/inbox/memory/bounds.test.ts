import { describe, expect, it } from 'vitest'
import type { HandleResult } from '../../../src/inbox/inbox.ts'
import { settled } from '../../support/clock.ts'
import { lettersOf } from '../../support/letters.ts'
import { bench, delivery, done } from '../../support/memory-inbox.ts'

describe('memoryInbox', () => {
  it('is full at its bound of deliveries, takes nothing then, and takes the retry when there is room', async () => {
    const { accept, consume } = bench({ maxDeliveries: 2 })
    await accept(delivery('a'))
    await accept(delivery('b'))
    expect(accept(delivery('c'))).toBe('full')
    expect(accept(delivery('a'))).toBe('duplicate')
    consume(async () => done)
    await settled()
    expect(accept(delivery('c'))).toBe('accepted')
  })

  it('is full at its bound of bytes, and at its bound of idempotency keys', () => {
    const bytes = bench({ maxBytes: 10 })
    expect(bytes.accept(delivery('a', '0123456789'))).toBe('accepted')
    expect(bytes.accept(delivery('b', '0'))).toBe('full')
    const idempotencyKeys = bench({ maxIdempotencyKeys: 1 })
    expect(idempotencyKeys.accept(delivery('a'))).toBe('accepted')
    expect(idempotencyKeys.accept(delivery('b'))).toBe('full')
  })

  it.each<[string, HandleResult]>([
    ['handled', done],
    ['dead', { status: 'dead', reason: 'unrecoverable', error: new Error('no'), completed: [] }],
  ])(
    'has its bytes back when a delivery is %s: a thousand times its bound passes through',
    async (_, result) => {
      const { accept, consume, inbox } = bench({ maxBytes: 10, maxDeadLetters: 1 })
      consume(async () => result)
      for (let n = 0; n < 1_000; n++) {
        expect(accept(delivery(`d${n}`, '0123456789'))).toBe('accepted')
        await Promise.resolve()
        await settled()
      }
      expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0 })
    },
  )

  it('tells once when it passes 80 % of a bound, and again after it was below', async () => {
    const { accept, consume, observations, types } = bench({ maxDeliveries: 5 })
    let finish: (() => void)[] = []
    consume(async () => {
      await new Promise<void>((resolve) => finish.push(resolve))
      return done
    })
    for (const name of ['a', 'b', 'c', 'd', 'e']) await accept(delivery(name))
    expect(observations).toEqual([
      { type: 'high-water-mark', provider: 'acme', resource: 'deliveries', used: 0.8 },
    ])
    await settled()
    for (const each of finish) each()
    finish = []
    await settled()
    for (const name of ['f', 'g', 'h', 'i']) await accept(delivery(name))
    expect(types().filter((type) => type === 'high-water-mark')).toHaveLength(2)
  })

  it('lets dead letters make room for live deliveries and newer dead ones, and tells of each', async () => {
    const { accept, consume, clock, observations, inbox } = bench({ maxDeadLetters: 2, maxBytes: 10 })
    consume(async () => ({ status: 'dead', reason: 'schema-mismatch', error: new Error('x') }))
    for (const name of ['a', 'b', 'c']) await accept(delivery(name, `${name}00`))
    await clock.advance(0)
    const left = async () =>
      (await lettersOf(inbox)).map(({ delivery: { body } }) => Buffer.from(body).toString())
    expect(await left()).toEqual(['b00', 'c00'])
    expect(accept(delivery('d', '0123456'))).toBe('accepted')
    expect(await left()).toEqual(['c00'])
    expect(observations.filter(({ type }) => type === 'dropped')).toHaveLength(2)
    await clock.advance(0)
    expect(await left()).toEqual(['c00', '0123456'])
  })

  it('lists, gets, redrives and discards dead letters', async () => {
    const { accept, consume, inbox } = bench()
    let result: HandleResult = { status: 'dead', reason: 'schema-mismatch', error: new Error('x') }
    const handled: number[] = []
    consume(async (_, { attempt }) => (handled.push(attempt), result))
    await accept(delivery('a'))
    await accept(delivery('b'))
    await settled()
    const { deadLetters } = inbox
    const [a, b] = await lettersOf(inbox, { provider: 'acme', type: 'order.paid', reason: 'schema-mismatch' })
    expect(await lettersOf(inbox, { provider: 'other' })).toEqual([])
    expect(await lettersOf(inbox, { type: 'other' })).toEqual([])
    expect(await lettersOf(inbox, { reason: 'conflict' })).toEqual([])
    expect(await deadLetters.get(a?.id as string)).toBe(a)
    expect(await deadLetters.get('nobody')).toBeUndefined()

    result = done
    expect(await deadLetters.redrive(a?.id as string)).toBe(1)
    expect(await deadLetters.redrive(a?.id as string)).toBe(0)
    await settled()
    expect(handled).toEqual([1, 1, 1])
    expect(await deadLetters.discard(b?.id as string)).toBe(1)
    expect(await deadLetters.discard(b?.id as string)).toBe(0)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
  })

  it('stays within its bounds when a redriven letter finds the inbox filled', async () => {
    const { accept, consume, inbox, observations } = bench({ maxBytes: 4 })
    const result: HandleResult = { status: 'dead', reason: 'schema-mismatch', error: new Error('x') }
    let finish: () => void = () => {}
    let hold = false
    consume(async () => {
      if (hold)
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      return result
    })
    await accept(delivery('a', '123'))
    await settled()
    const [letter] = await lettersOf(inbox)
    hold = true
    await inbox.deadLetters.redrive(letter?.id as string)
    await settled()
    expect(accept(delivery('b', '12'))).toBe('full')
    finish()
    await settled()
    expect(await lettersOf(inbox)).toHaveLength(1)
    expect(accept(delivery('a', 'conflict: longer than the inbox'))).toBe('conflict')
    expect(await lettersOf(inbox)).toEqual([])
    expect(observations.filter(({ type }) => type === 'dropped')).toHaveLength(2)
  })
})
