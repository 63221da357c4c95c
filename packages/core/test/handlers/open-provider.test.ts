import { describe, expect, it } from 'vitest'
import { createRouter } from '../../src/handlers/router.ts'
import { settled } from '../support/clock.ts'
import { type AnyEvents, request, ruledBench, verdictOf } from '../support/ruled.ts'

const open = () => createRouter<AnyEvents>({ name: 'open' })
const namesOf = (router: ReturnType<typeof open>, type: string): string[] =>
  router.handlersOf(type).handlers.map(({ name }) => name)
const run = () => {}

describe('a provider that lists no events', () => {
  it('takes a handler for any name', async () => {
    const { receiver } = ruledBench()
    const seen: string[] = []
    receiver.on('order.paid', ({ type }) => seen.push(type))
    receiver.on('constructor', ({ type }) => seen.push(type))
    for (const type of ['order.paid', 'constructor', 'another'])
      expect(verdictOf(await receiver.receive(request({ type, id: type })))).toBe('accepted')
    await settled()
    expect(seen).toEqual(['order.paid', 'constructor'])
  })

  it('has the handlers of * for every name, those that come later included, in their order', () => {
    const router = open()
    router.on('a', run, { name: 'a1' })
    router.on('*', run, { name: 'every' })
    router.on('a', run, { name: 'a2' })
    router.on('b', run, { name: 'b1' })
    router.onUnknown(run, { name: 'unknown' })
    expect(namesOf(router, 'a')).toEqual(['a1', 'every', 'a2'])
    expect(namesOf(router, 'b')).toEqual(['every', 'b1'])
    expect(namesOf(router, 'c')).toEqual(['every', 'unknown'])
    expect(router.handles()).toEqual({ except: [] })
  })

  it('handles what is named, or all where * is', () => {
    const router = open()
    expect(router.handles()).toEqual({ only: [] })
    router.on('a', run)
    expect(router.handles()).toEqual({ only: ['a'] })
    router.on('*', run)
    expect(router.handles()).toEqual({ except: [] })
  })

  it('has one name for one handler of an event, that of * included', () => {
    const router = open()
    router.on('*', run, { name: 'same' })
    expect(() => router.on('a', run, { name: 'same' })).toThrow("Two handlers of one event are named 'same'")
    router.on('a', run, { name: 'other' })
    expect(() => router.on('*', run, { name: 'other' })).toThrow(
      "Two handlers of one event are named 'other'",
    )
  })

  it('refuses a prefix, which needs a list, with the remedy', () => {
    const message =
      "open lists no events, and 'order.*' needs a list: give it the names, or register each name or '*'"
    expect(() => open().on('order.*', run)).toThrow(new TypeError(message))
    expect(() => open().respond('order.*', run as never)).toThrow(TypeError)
  })

  it('has one responder of an event, that of * included', () => {
    const router = open()
    router.respond('a', () => 'a')
    expect(router.handlersOf('a').responder?.name).toBe('a (responder)')
    expect(router.handlersOf('b').responder).toBeUndefined()
    expect(() => router.respond('*', () => 'x')).toThrow('has a responder already')
    const all = open()
    all.respond('*', () => 'x')
    expect(all.handlersOf('b').responder?.name).toBe('* (responder)')
    all.on('b', run)
    expect(all.handlersOf('b').responder?.name).toBe('* (responder)')
    expect(() => all.respond('c', () => 'x')).toThrow('has a responder already')
  })
})

describe('a provider that lists names', () => {
  it('takes them, patterns of them, and no other, and hands payloads on as they are', async () => {
    const { receiver } = ruledBench({ events: ['order.paid', 'order.shipped'] })
    const seen: unknown[] = []
    receiver.on('order.*', ({ type, payload }) => seen.push(type, payload))
    receiver.onUnknown(({ type }) => seen.push(type))
    expect(() => receiver.on('order.payd', run)).toThrow(
      "documents no event 'order.payd'. Did you mean 'order.paid'?",
    )
    const payload = { type: 'order.paid', id: 'a', anything: [1] }
    await receiver.receive(request(payload))
    await receiver.receive(request({ ...payload, type: 'user.created' }))
    await settled()
    expect(seen).toEqual(['order.paid', payload, 'user.created'])
  })
})
