import { describe, expect, it } from 'vitest'
import type { Provider, ReceiverOptions } from '../../src/index.ts'
import { toCanonicalJson, toOmitted } from '../../src/lib/canonical-json.ts'
import { toBodyHash, toContentHash } from '../../src/receiver/body-hash.ts'
import { type AcmeEvents, bench, paid, signed, startAt } from '../support/acme.ts'
import { lettersOf } from '../support/letters.ts'

const without = (value: unknown, ...paths: string[]): string =>
  toCanonicalJson(value, toOmitted('paths', paths))

describe('a body hash', () => {
  it('is the whole of SHA-256: no two of 2 000 bodies have one, nor share half of it', () => {
    for (const print of [
      (n: number) => toBodyHash(Buffer.from(`{"n":${n}}`)),
      (n: number) => toContentHash({ n }, toOmitted('paths', [])),
    ]) {
      const prints = Array.from({ length: 2_000 }, (_, n) => print(n))
      expect(new Set(prints.map((each) => each.length))).toEqual(new Set([43]))
      for (const half of [(each: string) => each.slice(0, 21), (each: string) => each.slice(21)])
        expect(new Set(prints.map(half)).size).toBe(2_000)
    }
  })
})

describe('canonical JSON', () => {
  it('is one text for each value, whatever the order of its fields and its blanks', () => {
    const text = '{ "b": [1, "x\\u0041", null, true], "a": { "d": -0, "c": 1.50 }, "10": 0, "9": 0 }'
    expect(toCanonicalJson(JSON.parse(text))).toBe(
      '{"10":0,"9":0,"a":{"c":1.5,"d":0},"b":[1,"xA",null,true]}',
    )
    for (const value of ['text', 7, null, false, [], {}, { a: [{ b: {} }] }])
      expect(JSON.parse(toCanonicalJson(value))).toEqual(value)
  })

  it('tells values apart: text from numbers, 1e999 from null, nothing from null, a list from its one element', () => {
    const values = [
      '1',
      1,
      '1e999',
      'null',
      '{}',
      '{"a":null}',
      '[1]',
      '["1"]',
      '[[1]]',
      '{"a":1}',
      '{"a":"1"}',
    ]
    const texts = [...values.map((text) => (typeof text === 'string' ? JSON.parse(text) : text)), '1'].map(
      (value) => toCanonicalJson(value),
    )
    expect(new Set(texts).size).toBe(texts.length - 1)
  })

  it('leaves out fields by their path, and the elements of lists by a star', () => {
    const value = { id: 1, try: { n: 1, at: 2 }, items: [{ n: 1, id: 2 }, 7], try2: { n: 1 } }
    expect(without(value, 'try.n', 'items.*.n')).toBe(
      '{"id":1,"items":[{"id":2},7],"try":{"at":2},"try2":{"n":1}}',
    )
    expect(without(value, 'try', 'try.n', 'try2.n.deep')).toBe(
      '{"id":1,"items":[{"id":2,"n":1},7],"try2":{"n":1}}',
    )
    expect(without(value, 'try.n', 'try', 'items.*', 'absent.x')).toBe('{"id":1,"items":[],"try2":{"n":1}}')
  })

  it('is not led astray by fields that are named as those of every object', () => {
    expect(without({ constructor: 1, a: 2 }, 'toString.x')).toBe('{"a":2,"constructor":1}')
    expect(toContentHash({ a: 1 }, toOmitted('paths', []))).toMatch(/^[\w-]{43}$/)
  })
})

describe('fields that may differ between copies', () => {
  const volatile = ['delivery.attempt', 'delivery.sentAt']
  const copy = (attempt: number, changes: object = {}) =>
    signed({ ...paid, delivery: { attempt, sentAt: attempt * 7, region: 'eu' }, ...changes })

  async function kindsOf(
    requests: readonly ReturnType<typeof copy>[],
    changes: Partial<Provider<AcmeEvents>>,
    options: ReceiverOptions<AcmeEvents> = {},
  ) {
    const { receiver } = bench(options, changes)
    let runs = 0
    receiver.on('order.paid', () => {
      runs++
    })
    const kinds: string[] = []
    for (const request of requests) {
      const outcome = await receiver.receive(request)
      kinds.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind)
      await receiver.onIdle()
    }
    return {
      kinds,
      runs,
      conflicts: receiver.inbox ? await lettersOf(receiver.inbox, { reason: 'conflict' }) : [],
    }
  }

  it.each(['accepted', 'handled'] as const)(
    'are not compared: a retry that counts its attempts is a duplicate, a change elsewhere a conflict (ack: %s)',
    async (ack) => {
      const requests = [copy(1), copy(2), copy(3), copy(4, { amount: 13 }), copy(5)]
      const options = ack === 'handled' ? { ack, inbox: undefined as never } : {}
      const { kinds, runs, conflicts } = await kindsOf(requests, { volatile }, options)
      expect(kinds).toEqual(['accepted', 'duplicate', 'duplicate', 'conflict', 'duplicate'])
      expect(runs).toBe(1)
      expect(conflicts).toHaveLength(ack === 'handled' ? 0 : 1)
    },
  )

  it('keep a conflict once, however often its copies count', async () => {
    const requests = [copy(1), copy(2, { amount: 13 }), copy(3, { amount: 13 }), copy(4, { amount: 14 })]
    const { conflicts } = await kindsOf(requests, { volatile })
    expect(conflicts).toHaveLength(2)
  })

  it('are compared where none are declared: the body hash is the SHA-256 of the bytes', async () => {
    for (const changes of [{}, { volatile: [] }])
      expect((await kindsOf([copy(1), copy(1), copy(2)], changes)).kinds).toEqual([
        'accepted',
        'duplicate',
        'conflict',
      ])
  })

  it('are left out of the idempotency key too where there is no other', async () => {
    const anonymous = { id: undefined }
    const requests = [copy(1, anonymous), copy(2, anonymous), copy(3, { ...anonymous, amount: 13 })]
    const { kinds, runs } = await kindsOf(requests, { volatile })
    expect(kinds).toEqual(['accepted', 'duplicate', 'accepted'])
    expect(runs).toBe(2)
  })
})

describe('an idempotency key that is none', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['an empty list', []],
    ['a list of undefined', [undefined]],
    ['a list with a hole', Array(1)],
    ['an empty text', ['']],
    ['blanks', [' \t']],
    ['a number', [7]],
    ['an object', [{}]],
    ['a text instead of a list', 'o-1'],
    ['an object instead of a list', { 0: 'o-1', length: 1 }],
    ['one part of two', ['o-1', undefined]],
    ['one empty part of two', ['', 'o-1']],
    ['what undefined is as text', [String(undefined)]],
    ['what null is as text', ['o-1', String(null)]],
    ['what an object is as text', [String({})]],
  ])(
    'is the body hash instead: three events with %s are three runs, and a copy is a duplicate',
    async (_, idempotencyKey) => {
      const { receiver } = bench(
        {},
        { envelope: ({ type, at }) => ({ type, time: at, idempotencyKey }) as never },
      )
      const amounts: number[] = []
      receiver.on('order.paid', ({ payload }) => amounts.push(payload.amount))
      const kinds: string[] = []
      for (const amount of [1, 2, 3, 2])
        kinds.push((await receiver.receive(signed({ type: 'order.paid', amount, at: startAt }))).kind)
      await receiver.onIdle()
      expect(kinds).toEqual(['accepted', 'accepted', 'accepted', 'duplicate'])
      expect(amounts).toEqual([1, 2, 3])
    },
  )
})
