import { describe, expect, it } from 'vitest'
import { fromRawHeaders } from '../../src/index.ts'
import { coveredBy } from '../../src/lib/parts.ts'
import { RequestValues } from '../../src/lib/request-values.ts'
import type { EventRule, Part } from '../../src/provider-kit.ts'
import { readByRules } from '../../src/receiver/read-rules.ts'

const wholeBody: readonly Part[] = [{ raw: 'body' }]

interface Sent {
  readonly body?: unknown
  readonly headers?: readonly string[]
  readonly url?: string
  readonly signs?: readonly Part[]
  readonly place?: string
}

function read(
  rules: readonly EventRule[],
  { body = {}, headers = [], url = '/', signs = wholeBody, place }: Sent,
) {
  const bytes = Buffer.from(JSON.stringify(body))
  const values = new RequestValues({ method: 'POST', url, headers: fromRawHeaders(headers), body: bytes })
  return readByRules(rules, values, coveredBy({ signs }), place)
}

const id = [{ body: 'id' }]

describe('the rule for an event', () => {
  const rules: EventRule[] = [
    { when: { body: 'kind', is: 'a' }, type: [{ text: 'A' }] },
    {
      when: [
        { body: 'x', exists: true },
        { body: 'y', exists: false },
      ],
      type: [{ text: 'XY' }],
    },
    { when: { body: 'items', exists: true }, type: [{ text: 'list' }] },
    { type: [{ body: 'type' }] },
  ]

  it.each<[string, object, string | undefined]>([
    ['is the first whose condition holds', { kind: 'a', x: 1 }, 'A'],
    ['needs all of its conditions', { x: null }, 'XY'],
    ['needs what must not be there to be absent', { x: 1, y: null, type: 't' }, 't'],
    ['may need what is no text', { items: [] }, 'list'],
    ['is the last where that has no condition', { type: 't' }, 't'],
    ['is none where there is no type', { kind: 'b' }, undefined],
    ['compares the whole text', { kind: 'A', type: 't' }, 't'],
  ])('%s', (_, body, type) => {
    expect(read(rules, { body })?.type).toBe(type)
  })

  it('is none where none is for the event', () => {
    expect(read(rules.slice(0, 2), { body: { kind: 'b' } })).toBeUndefined()
  })

  it('is of the place of the batch that it names, or of all', () => {
    const ofPlaces: EventRule[] = [
      { items: 'a.*', type: [{ text: 'of a' }] },
      { items: '', type: [{ text: 'of the list' }] },
      { type: [{ text: 'any' }] },
    ]
    expect(read(ofPlaces, { place: 'a.*' })?.type).toBe('of a')
    expect(read(ofPlaces, { place: '' })?.type).toBe('of the list')
    expect(read(ofPlaces, { place: 'b.*' })?.type).toBe('any')
    expect(read(ofPlaces, {})?.type).toBe('any')
  })
})

describe('the type of an event', () => {
  it.each<[string, EventRule, object, string | undefined]>([
    ['is its parts, joined', { type: [{ body: 'a' }, { body: 'b' }] }, { a: 'x', b: 'y' }, 'x.y'],
    ['leaves out those that are missing', { type: [{ body: 'a' }, { body: 'b' }] }, { b: 'y' }, 'y'],
    [
      'leaves out those of another grammar',
      { type: [{ body: 'a', as: 'id' }, { text: 'b' }] },
      { a: 'x y' },
      'b',
    ],
    ['is in lower case where that is stated', { type: [{ body: 'a', lower: true }] }, { a: 'X' }, 'x'],
    [
      'has its version before it',
      { type: [{ body: 'a' }], version: { body: 'v' } },
      { a: 'x', v: 2 },
      'v2.x',
    ],
    [
      'has none where there is no version',
      { type: [{ body: 'a' }], version: { body: 'v' } },
      { a: 'x' },
      'x',
    ],
    ['is none of a version alone', { type: [{ body: 'a' }], version: { body: 'v' } }, { v: 2 }, undefined],
    ['is none of two values', { type: [{ body: 'a.*' }] }, { a: ['x', 'y'] }, undefined],
  ])('%s', (_, rule, body, type) => {
    expect(read([rule], { body })?.type).toBe(type)
  })

  it.each<[string, EventRule, Part[], string | undefined]>([
    ['of a field of a signed body', { type: [{ body: 't' }] }, [...wholeBody], 'B'],
    ['of a header that is not signed', { type: [{ header: 'x-t' }] }, [...wholeBody], undefined],
    ['of a header that is', { type: [{ header: 'X-T' }] }, [{ header: 'x-t', as: 'id' }, ...wholeBody], 'H'],
    ['of a parameter that is not', { type: [{ query: 't' }] }, [...wholeBody], undefined],
    ['of a parameter that is', { type: [{ query: 't' }] }, [{ query: 't', as: 'id' }], 'Q'],
    ['of a parameter of a signed URL', { type: [{ query: 't' }] }, [{ publicUrl: 'https://a.cl/' }], 'Q'],
    ['of the one field that is signed', { type: [{ body: 't' }] }, [{ body: 't' }], 'B'],
    ['of a field beside the one that is', { type: [{ body: 't' }] }, [{ body: 'id' }], undefined],
    ['of which one part is not', { type: [{ body: 't' }, { header: 'x-t' }] }, [...wholeBody], undefined],
    [
      'whose version is not',
      { type: [{ body: 't' }], version: { header: 'x-t' } },
      [...wholeBody],
      undefined,
    ],
    ['whose version is', { type: [{ body: 't' }], version: { body: 'id' } }, [...wholeBody], 'vi.B'],
    ['where nothing is', { type: [{ header: 'x-t' }] }, [], 'H'],
    [
      'in lower case, of what is signed so',
      { type: [{ query: 't', lower: true }] },
      [{ query: 't', as: 'id', lower: true }],
      'q',
    ],
    [
      'in its own case, of what is signed in lower',
      { type: [{ query: 't' }] },
      [{ query: 't', as: 'id', lower: true }],
      undefined,
    ],
  ])('is signed, or not: %s', (_, rule, signs, signedType) => {
    const sent = { body: { t: 'B', id: 'i' }, headers: ['X-T', 'H'], url: '/?t=Q', signs }
    expect(read([rule], sent)?.signedType).toBe(signedType)
  })
})

describe('the idempotency key of an event', () => {
  const rule = (...idempotencyKey: NonNullable<EventRule['idempotencyKey']>[number][]): EventRule[] => [
    { type: [{ text: 't' }], idempotencyKey },
  ]
  const key = (rules: EventRule[], sent: Sent) => read(rules, sent)?.idempotencyKey

  it.each<[string, EventRule[], Sent, readonly string[] | undefined]>([
    ['is its values', rule({ body: 'a' }, { body: 'b' }), { body: { a: 'x', b: 1 } }, ['x', '1']],
    [
      'is every element of a list',
      rule({ body: 'a.*.id' }),
      { body: { a: [{ id: 'x' }, { id: 'y' }] } },
      ['x', 'y'],
    ],
    ['is none where a value is missing', rule({ body: 'a' }, { body: 'b' }), { body: { a: 'x' } }, undefined],
    [
      'is none where a value is of another grammar',
      rule({ body: 'a', as: 'id' }),
      { body: { a: 'x y' } },
      undefined,
    ],
    ['is none where a value is an empty text', rule({ body: 'a' }), { body: { a: '' } }, undefined],
    [
      'is none of what a missing value turns into',
      rule({ body: 'a' }),
      { body: { a: 'undefined' } },
      undefined,
    ],
    [
      'is none of a header that nobody signed',
      rule({ header: 'x-id' }),
      { headers: ['X-Id', 'h'] },
      undefined,
    ],
    [
      'is none where one of two is not signed',
      rule({ body: 'a' }, { header: 'x-id' }),
      { body: { a: 'x' }, headers: ['X-Id', 'h'] },
      undefined,
    ],
    [
      'is that of a header where nothing is signed',
      rule({ header: 'x-id' }),
      { headers: ['X-Id', 'h'], signs: [] },
      ['h'],
    ],
    [
      'is none of a field that is not signed',
      rule({ body: 'a' }),
      { body: { a: 'x' }, signs: [{ body: 'b' }] },
      undefined,
    ],
    [
      'is that of the field that is',
      rule({ body: 'a' }),
      { body: { a: 'x' }, signs: [{ body: 'a' }] },
      ['x'],
    ],
    ['is none where no rule states one', [{ type: [{ text: 't' }] }], {}, undefined],
  ])('%s', (_, rules, sent, expected) => {
    expect(key(rules, sent)).toEqual(expected)
  })
})

describe('where something unsigned decides which rule an event is read by', () => {
  const byHeader: EventRule[] = [
    { when: { header: 'x-kind', is: 'a' }, type: [{ text: 'A' }], idempotencyKey: id },
    { type: [{ text: 'B' }], idempotencyKey: id },
  ]
  const both = (rules: EventRule[], sent: Sent = {}) =>
    [['X-Kind', 'a'], []].map((headers) => read(rules, { body: { id: 'i', other: 'o' }, ...sent, headers }))

  it('no type is signed, whichever rule it is, and the key that all of them have is', () => {
    expect(both(byHeader)).toEqual([
      { type: 'A', signedType: undefined, idempotencyKey: ['i'] },
      { type: 'B', signedType: undefined, idempotencyKey: ['i'] },
    ])
  })

  it('a type that all of them give is signed', () => {
    const rules: EventRule[] = byHeader.map((rule) => ({ ...rule, type: [{ body: 'id' }] }))
    expect(both(rules)).toEqual(Array(2).fill({ type: 'i', signedType: 'i', idempotencyKey: ['i'] }))
  })

  it('there is no key where they have different ones', () => {
    const rules = [byHeader[0] as EventRule, { type: [{ text: 'B' }], idempotencyKey: [{ body: 'other' }] }]
    expect(both(rules).map((each) => each?.idempotencyKey)).toEqual([undefined, undefined])
  })

  it('a rule that what is signed rules out has no say', () => {
    const other: EventRule = {
      when: [
        { body: 'id', is: 'j' },
        { header: 'x-kind', exists: true },
      ],
      type: [{ text: 'C' }],
    }
    const rules: EventRule[] = [
      other,
      { when: { body: 'id', is: 'i' }, type: [{ text: 'B' }], idempotencyKey: id },
    ]
    expect(both(rules)).toEqual(Array(2).fill({ type: 'B', signedType: 'B', idempotencyKey: ['i'] }))
  })

  it('a rule after one that is certain has none either', () => {
    const certain: EventRule = { when: { body: 'id', is: 'i' }, type: [{ text: 'B' }], idempotencyKey: id }
    expect(both([certain, ...byHeader])).toEqual(
      Array(2).fill({ type: 'B', signedType: 'B', idempotencyKey: ['i'] }),
    )
  })

  it('rules of another place of a batch have none', () => {
    const rules: EventRule[] = [
      { items: 'a.*', when: { header: 'x-kind', is: 'a' }, type: [{ text: 'A' }] },
      { items: 'b.*', type: [{ text: 'B' }], idempotencyKey: id },
    ]
    expect(both(rules, { place: 'b.*' })).toEqual(
      Array(2).fill({ type: 'B', signedType: 'B', idempotencyKey: ['i'] }),
    )
  })

  it('all is as it says where nothing is signed', () => {
    expect(both(byHeader, { signs: [] })).toEqual([
      { type: 'A', signedType: 'A', idempotencyKey: ['i'] },
      { type: 'B', signedType: 'B', idempotencyKey: ['i'] },
    ])
  })

  it('nothing is signed where no rule is certain', () => {
    const rules: EventRule[] = [
      { when: { header: 'x-kind', is: 'a' }, type: [{ text: 'A' }] },
      { when: { header: 'x-kind', exists: false }, type: [{ text: 'B' }] },
    ]
    expect(both(rules).map((each) => [each?.type, each?.signedType])).toEqual([
      ['A', undefined],
      ['B', undefined],
    ])
  })
})
