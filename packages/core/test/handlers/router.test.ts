import { describe, expect, it } from 'vitest'
import { createRouter } from '../../src/handlers/router.ts'
import type { Handlers, Inbox } from '../../src/index.ts'
import { type AcmeEvents, acme, bench, paid, signed, startAt } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'

describe('handlers', () => {
  it('run for their event, for its prefix, and for every event, in the order of registration', async () => {
    const { receiver } = bench()
    const ran: string[] = []
    receiver.on('*', ({ type }) => ran.push(`* ${type}`))
    receiver.on('order.*', ({ type }) => ran.push(`order.* ${type}`))
    receiver.on('order.shipped.*', ({ type }) => ran.push(`order.shipped.* ${type}`))
    receiver.on('order.paid', ({ payload }) => ran.push(`order.paid ${payload.amount}`))
    receiver.on('user-created', ({ type }) => ran.push(type))
    await receiver.receive(signed(paid))
    await settled()
    expect(ran).toEqual(['* order.paid', 'order.* order.paid', 'order.paid 12'])
    await receiver.receive(signed({ type: 'order.shipped.abroad', id: 's', at: startAt }))
    await settled()
    expect(ran.slice(3)).toEqual([
      '* order.shipped.abroad',
      'order.* order.shipped.abroad',
      'order.shipped.* order.shipped.abroad',
    ])
  })

  it('receive the event whole: id, type, payload with its unknown fields, provider and times', async () => {
    const events: unknown[] = []
    const { receiver, observations } = bench({
      on: { 'order.paid': (event, context) => events.push(event, context) },
    })
    await receiver.receive(signed({ ...paid, extra: { kept: true } }))
    await settled()
    const [accepted] = observations
    expect(events).toEqual([
      {
        id: accepted?.type === 'accepted' ? accepted.id : undefined,
        type: 'order.paid',
        payload: { ...paid, extra: { kept: true } },
        provider: 'acme',
        occurredAt: new Date(startAt),
        receivedAt: new Date(startAt),
        unsigned: {},
      },
      expect.objectContaining({ id: accepted?.type === 'accepted' ? accepted.id : '', attempt: 1 }),
    ])
  })

  it('are not found for types like constructor or __proto__: those are unknown events', async () => {
    const unknown: string[] = []
    const { receiver, observations } = bench({
      onUnknown: ({ type }) => unknown.push(type),
      on: { '*': () => unknown.push('known') },
    })
    for (const type of ['order.refunded', 'constructor', '__proto__', 'toString', 'order.*', '*']) {
      expect(await receiver.receive(signed({ type, id: type, at: startAt }))).toMatchObject({ status: 200 })
    }
    await settled()
    expect(unknown).toEqual(['order.refunded', 'constructor', '__proto__', 'toString', 'order.*', '*'])
    expect(observations.filter(({ type }) => type === 'handled')).toHaveLength(6)
  })

  it('all run, even when one throws, and the retry runs those that have not completed', async () => {
    const ran: string[] = []
    let broken = true
    const fail = (name: string) => () => {
      ran.push(name)
      if (broken) throw new Error(name)
    }
    const { receiver, clock, observations } = bench({ retry: { minDelayMs: 1_000 } })
    receiver.on('order.paid', fail('a'))
    receiver.on('order.paid', async () => fail('b')())
    receiver.on('order.paid', () => ran.push('c'))
    await receiver.receive(signed(paid))
    await clock.advance(0)
    expect(ran).toEqual(['a', 'b', 'c'])
    const retried = observations.find((observation) => observation.type === 'retried')
    expect(retried?.error).toMatchObject({
      message: expect.stringMatching(/^2 handlers failed: .*: Error: a; .*: Error: b$/),
      errors: [{ message: 'a' }, { message: 'b' }],
    })
    broken = false
    await clock.advance(1_000)
    expect(ran).toEqual(['a', 'b', 'c', 'a', 'b'])
    expect(observations.at(-1)).toMatchObject({ type: 'handled', attempt: 2, handlers: 2 })
  })

  it("need not be there with handle: 'all': an event without one is done, and says so", async () => {
    const { receiver, observations } = bench({ handle: 'all' })
    await receiver.receive(signed(paid))
    await settled()
    expect(observations.at(-1)).toMatchObject({ type: 'handled', handlers: 0 })
    expect(() => bench({ handle: 'some' as never })).toThrow("handle must be 'registered' or 'all'")
  })

  it('do not run for a payload that its schema refuses: it becomes a dead letter that names the place', async () => {
    const { receiver, observations } = bench({ on: { '*': () => expect.unreachable() } })
    const outcome = await receiver.receive(signed({ ...paid, amount: 'hunter2' }))
    expect(outcome).toMatchObject({ status: 200, kind: 'accepted' })
    await settled()
    expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'schema-mismatch', attempt: 1 })
    const [letter] = await lettersOf(receiver.inbox)
    expect(String(letter?.failures[0]?.message)).toContain('at amount')
    expect(String(letter?.failures[0]?.message)).not.toContain('hunter2')
  })

  it('do not run for bytes that an inbox gives back changed', async () => {
    const { receiver, observations } = bench({ handle: 'all' })
    const inbox = receiver.inbox as Inbox
    const accept = inbox.accept.bind(inbox)
    inbox.accept = (delivery, options) => accept({ ...delivery, body: Buffer.from('{') }, options)
    await receiver.receive(signed(paid))
    await settled()
    expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'schema-mismatch' })
  })

  it('throw at registration what a compiler would have said', () => {
    const { receiver } = bench()
    expect(() => receiver.on('order.payed' as 'order.paid', () => {})).toThrow(
      "acme documents no event 'order.payed'. Did you mean 'order.paid'? Its events: 'order.paid', 'order.shipped.abroad', 'user-created'",
    )
    expect(() => receiver.on('Order.Shiped.*' as 'order.*', () => {})).toThrow(
      "Did you mean 'order.shipped.*'?",
    )
    expect(() => receiver.on('payment.*' as 'order.*', () => {})).toThrow(TypeError)
    expect(() => receiver.on(undefined as never, () => {})).toThrow(TypeError)
    expect(() => receiver.on('order.paid', undefined as never)).toThrow(
      "on('order.paid') takes a function, not undefined",
    )
    expect(() => receiver.onUnknown('x' as never)).toThrow('onUnknown takes a function, not string')
    expect(() => createRouter(acme(), { on: { nonsense: () => {} } as Handlers<AcmeEvents> })).toThrow(
      TypeError,
    )
  })
})
