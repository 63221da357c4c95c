import { describe, expect, it } from 'vitest'
import { type Delivery, memoryInbox, type Provider } from '../../src/index.ts'
import { inboxThat } from '../support/receiving.ts'
import { type AnyEvents, countsOf, request, ruledBench, verdictOf } from '../support/ruled.ts'

type Changes = Partial<Provider<AnyEvents>>

const at = '2025-12-10T15:30:00Z'
const a = { type: 'order.paid', id: 'a' }
const b = { type: 'order.paid', id: 'b' }
const c = { type: 'user.created', id: 'c' }
const list: Changes = { items: '' }

/** What handlers of a provider saw of a request, by id, and its verdict. */
async function handled(changes: Changes, body: unknown, headers: readonly string[] = []) {
  const stored = new Map<string, string>()
  const inbox = memoryInbox({ maxIdempotencyKeys: 20_000 })
  const accept: typeof inbox.accept = inbox.accept.bind(inbox)
  Object.assign(inbox, {
    accept: (...[delivery, options]: Parameters<typeof accept>) => {
      stored.set(delivery.id, Buffer.from(delivery.body).toString())
      return accept(delivery, options)
    },
  })
  const { receiver, codes } = ruledBench(changes, { inbox })
  const seen: string[] = []
  receiver.on('*', ({ id, type, payload }) => {
    seen.push(`${type} ${JSON.stringify(payload)} ${stored.get(id)}`)
  })
  const outcome = await receiver.receive(request(body, headers))
  await receiver.onIdle()
  return { seen, verdict: verdictOf(outcome), outcome, codes: codes() }
}

const seenAs = (...items: { readonly type: string }[]): string[] =>
  items.map((item) => `${item.type} ${JSON.stringify(item)} ${JSON.stringify(item)}`)

describe('a batch', () => {
  it.each<[string, Changes, unknown, string[]]>([
    ['a list', list, [a, c], seenAs(a, c)],
    ['a list in a field', { items: 'events.*' }, { events: [a, c], n: 1 }, seenAs(a, c)],
    [
      'lists of lists',
      { items: 'entry.*.changes.*' },
      { entry: [{ changes: [a] }, { changes: [] }, { changes: [b, c] }] },
      seenAs(a, b, c),
    ],
    ['lists at several places', { items: ['x.*', 'y.*'] }, { y: [c], x: [a, b] }, seenAs(a, b, c)],
    ['a list at one of several places', { items: ['x.*', 'y.*'] }, { y: [c] }, seenAs(c)],
    [
      'lists beside others on one way',
      { items: ['e.*.x.*', 'e.*.y.*'] },
      { e: [{ x: [a] }, { y: [c] }] },
      seenAs(a, c),
    ],
    [
      'lists of which one is empty, and another at another place',
      { items: ['e.*.x.*', 'e.*.y.*.z.*'] },
      { e: [{ x: [], y: [{ z: [a] }] }, { x: [c] }] },
      seenAs(c, a),
    ],
    ['an element by its number', { items: '1.*' }, [[a], [b]], seenAs(b)],
    ['an object where a list may be', list, a, seenAs(a)],
    ['an object without the list', { items: 'events.*' }, a, seenAs(a)],
    [
      'an object whose field is no list',
      { items: 'events.*' },
      { ...a, events: 7 },
      seenAs({ ...a, events: 7 } as never),
    ],
  ])('is read from %s', async (_, changes, body, expected) => {
    expect(await handled(changes, body)).toMatchObject({ verdict: 'accepted', seen: expected })
  })

  it.each<[string, Changes, unknown]>([
    ['nothing', { items: 'entry.*.changes.*' }, { entry: [{ changes: [a] }, { id: 1 }] }],
    ['no list', { items: 'entry.*.changes.*' }, { entry: [{ changes: [a] }, { changes: { 0: a } }] }],
    ['no object', { items: 'entry.*.changes.*' }, { entry: [7, { changes: [a] }] }],
    ['a list at no documented place', { items: ['e.*.x.*', 'e.*.y.*'] }, { e: [{ x: [a] }, { z: [c] }] }],
    [
      'nothing, further in',
      { items: ['e.*.x.*', 'e.*.y.*.z.*'] },
      { e: [{ x: [a], y: [{ z: [] }, { id: 1 }] }] },
    ],
  ])(
    'is refused as a whole where one of its lists has %s instead of events: none is passed over',
    async (_, changes, body) => {
      expect(await handled(changes, body)).toMatchObject({ verdict: '400 envelope-invalid', seen: [] })
    },
  )

  it.each<[string, Changes, unknown]>([
    ['a list', list, []],
    ['a list in a field', { items: 'events.*' }, { events: [] }],
    ['all lists of lists', { items: 'entry.*.changes.*' }, { entry: [{ changes: [] }, { changes: [] }] }],
    ['the list of lists', { items: 'entry.*.changes.*' }, { entry: [] }],
    ['one of several places', { items: ['x.*', 'y.*'] }, { x: [] }],
  ])('without an event is answered, and is none: %s', async (_, changes, body) => {
    const { outcome, seen, codes } = await handled(changes, body)
    expect(outcome).toMatchObject({
      kind: 'answered',
      status: 200,
      body: expect.stringContaining('"success":true'),
    })
    expect({ seen, codes }).toEqual({ seen: [], codes: [] })
  })

  it('is none where what holds its lists has none: it is one event, or refused, and never nothing', async () => {
    const items = { items: 'entry.*.changes.*' }
    expect((await handled(items, { entry: [{ messages: [a] }] })).codes).toEqual(['envelope-invalid'])
    expect((await handled(items, { ...a, entry: [{}] })).verdict).toBe('accepted')
  })

  it('stores the bytes of each event as they came', async () => {
    const first = '{"type":"t", "id":"a","n":1.50,"big":9007199254740993}'
    const second = '{ "id" : "b","\\u0074ype":"t"}'
    const { seen } = await handled(list, Buffer.from(` [${first} , ${second}]\n`))
    expect(seen).toEqual([
      `t {"type":"t","id":"a","n":1.5,"big":9007199254740992} ${first}`,
      `t {"id":"b","type":"t"} ${second}`,
    ])
  })

  it('has one event where the same stands twice in it, or in two', async () => {
    const { receiver } = ruledBench(list)
    const seen: string[] = []
    receiver.on('*', ({ payload }) => seen.push(String(payload['id'])))
    const first = await receiver.receive(request([a, a, c]))
    const second = await receiver.receive(request([c, b]))
    const third = await receiver.receive(request([c, a]))
    await receiver.onIdle()
    expect([first, second, third].map(verdictOf)).toEqual(['accepted', 'accepted', 'duplicate'])
    expect(seen).toEqual(['a', 'c', 'b'])
    expect(first).toMatchObject({ ids: [expect.any(String), expect.any(String), expect.any(String)] })
    expect('ids' in first && first.ids[0] === first.ids[1] && first.id === first.ids[0]).toBe(true)
  })

  it('has one event of two without an id that say the same', async () => {
    const changes = { items: '', eventRules: [{ type: [{ body: 'type' }] }] }
    const { seen } = await handled(changes, [{ type: 't' }, { type: 't' }, { type: 't', n: 1 }])
    expect(seen).toHaveLength(2)
  })

  it.each<[string, unknown, string]>([
    ['an event without a type', [a, { id: 'x' }, c], '400 envelope-invalid'],
    ['an event that is no object', [a, 7], '400 envelope-invalid'],
    ['an event that is null', [null], '400 envelope-invalid'],
    ['more events than 10 000', Array.from({ length: 10_001 }, (_, n) => n), '413 body-too-large'],
  ])('with %s is refused whole', async (_, body, verdict) => {
    expect(await handled(list, body)).toMatchObject({ verdict, seen: [] })
  })

  it('of 10 000 events is taken', async () => {
    const { outcome } = await handled(
      list,
      Array.from({ length: 10_000 }, (_, n) => ({ type: 't', id: `${n}` })),
    )
    expect(outcome).toMatchObject({ kind: 'accepted', ids: { length: 10_000 } })
  })

  it('is read by the rules of each place', async () => {
    const eventRules = [
      { items: 'x.*', type: [{ text: 'of x' }] },
      { items: 'y.*', type: [{ body: 'type' }] },
    ]
    const { seen } = await handled({ items: ['x.*', 'y.*'], eventRules }, { x: [{ n: 1 }], y: [c] })
    expect(seen).toEqual(['of x {"n":1} {"n":1}', ...seenAs(c)])
    const single = await handled({ items: ['x.*'], eventRules: eventRules.slice(0, 1) }, { n: 1 })
    expect(single.verdict).toBe('400 envelope-invalid')
  })

  it('is read by a function, one by one', async () => {
    const envelope: Changes['envelope'] = ({ type, id }) => ({
      type: String(type),
      idempotencyKey: [String(id)],
    })
    const changes = { items: '', eventRules: undefined as never, envelope }
    expect((await handled(changes, [a, b])).seen).toEqual(seenAs(a, b))
  })

  it('in another format is stored as the JSON of each event', async () => {
    const parse = (body: Uint8Array): unknown => ({
      events: Buffer.from(body)
        .toString()
        .split('\n')
        .map((id) => ({ type: 't', id })),
    })
    const changes: Changes = { items: 'events.*', bodies: { 'text/csv': { parse } } }
    const { seen } = await handled(changes, Buffer.from('a\nb'), ['Content-Type', 'text/csv'])
    expect(seen).toEqual(seenAs({ type: 't', id: 'a' } as never, { type: 't', id: 'b' } as never))
  })

  it.each<[string, unknown]>([
    ['nothing', [undefined]],
    ['a function', [() => {}]],
    ['a bigint', [{ type: 't', n: 1n }]],
  ])('that a parser makes of what is no JSON is refused: %s', async (_, value) => {
    const bodies = { 'text/x': { parse: () => value } }
    const headers = ['Content-Type', 'text/x']
    expect((await handled({ items: '', bodies }, Buffer.from('x'), headers)).codes).toEqual([
      'body-malformed',
    ])
  })

  it('hands on what the JSON of an event says, at each attempt the same', async () => {
    const bodies = { 'text/x': { parse: () => [{ type: 't', id: 'a', at: new Date(0), gone: undefined }] } }
    const { seen } = await handled({ items: '', bodies }, Buffer.from('x'), ['Content-Type', 'text/x'])
    const json = '{"type":"t","id":"a","at":"1970-01-01T00:00:00.000Z"}'
    expect(seen).toEqual([`t ${json} ${json}`])
  })
})

describe('a batch of which an event', () => {
  it('fails in its handler has the others run once', async () => {
    const { receiver, clock } = ruledBench(list)
    const runs: string[] = []
    receiver.on('*', ({ payload: { id } }) => {
      runs.push(String(id))
      if (id === 'b' && runs.filter((run) => run === 'b').length === 1) throw new Error('not yet')
    })
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('accepted')
    await clock.advance(3_600_000)
    await receiver.onIdle()
    expect(countsOf(runs)).toEqual({ a: 1, b: 2, c: 1 })
  })

  it("fails in its handler has the others run once with ack: 'handled', too, though the whole is sent again", async () => {
    const { receiver, clock, codes } = ruledBench(list, {}, 'handled')
    const runs: string[] = []
    receiver.on('*', ({ payload: { id } }) => {
      runs.push(String(id))
      if (id === 'b' && runs.filter((run) => run === 'b').length === 1) throw new Error('not yet')
    })
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('500 handler-failed')
    await clock.advance(1_000)
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('accepted')
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('duplicate')
    expect(countsOf(runs)).toEqual({ a: 1, b: 2, c: 1 })
    expect(codes()).toEqual(['handler-failed'])
  })

  it("is one of more than may be handled at once is handled in its turn with ack: 'handled'", async () => {
    const { receiver } = ruledBench(list, { concurrency: 3 }, 'handled')
    let runs = 0
    receiver.on('*', async () => void runs++)
    const events = Array.from({ length: 50 }, (_, n) => ({ type: 't', id: `${n}` }))
    expect(verdictOf(await receiver.receive(request(events)))).toBe('accepted')
    expect(runs).toBe(50)
  })

  it('came before with another body is a conflict, and the others are taken', async () => {
    const { receiver, inbox } = ruledBench(list)
    const seen: string[] = []
    receiver.on('*', ({ payload }) => seen.push(JSON.stringify(payload)))
    await receiver.receive(request([b]))
    expect(verdictOf(await receiver.receive(request([a, { ...b, n: 1 }, c])))).toBe('409 conflict')
    await receiver.onIdle()
    expect(seen).toEqual([b, a, c].map((each) => JSON.stringify(each)))
    expect((await inbox.deadLetters.list()).letters).toMatchObject([{ reason: 'conflict' }])
  })

  it('nothing handles is refused with the others handled (ack handled)', async () => {
    const { receiver } = ruledBench({ ...list, events: ['order.paid', 'user.created'] }, {}, 'handled')
    let runs = 0
    receiver.on('order.paid', () => runs++)
    expect(verdictOf(await receiver.receive(request([a, c, b])))).toBe('503 unhandled')
    expect(runs).toBe(2)
  })

  const failing = (fault: (delivery: Delivery, calls: number) => string | undefined) => {
    const store = memoryInbox({ maxIdempotencyKeys: 1_000 })
    let calls = 0
    const accept: typeof store.accept = (delivery, options) => {
      const result = fault(delivery, ++calls)
      if (result === 'throw') throw new Error('down')
      return result === undefined ? store.accept(delivery, options) : (result as 'full')
    }
    return { inbox: inboxThat(accept), calls: () => calls }
  }
  const idOf = ({ body }: Delivery): unknown => (JSON.parse(Buffer.from(body).toString()) as typeof a).id

  it.each([
    ['full', '503 inbox-full'],
    ['throw', '503 inbox-failed'],
  ])('finds the store %s is told so, and the retry completes', async (fault, verdict) => {
    let isDown = true
    const { inbox } = failing((delivery) => (isDown && idOf(delivery) === 'b' ? fault : undefined))
    const { receiver } = ruledBench(list, { inbox })
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe(verdict)
    isDown = false
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('accepted')
    expect(verdictOf(await receiver.receive(request([a, b, c])))).toBe('duplicate')
  })

  it('finds the store down ends it: the store is not asked for each of ten thousand', async () => {
    const { inbox, calls } = failing(() => 'throw')
    const { receiver, codes } = ruledBench(list, { inbox })
    const events = Array.from({ length: 10_000 }, (_, n) => ({ type: 't', id: `${n}` }))
    expect(verdictOf(await receiver.receive(request(events)))).toBe('503 inbox-failed')
    expect([calls(), codes().length]).toEqual([64, 64])
  })

  it('finds the store down is told before that another is a conflict', async () => {
    const { inbox } = failing((delivery) => (idOf(delivery) === 'a' ? 'conflict' : 'throw'))
    const { receiver } = ruledBench(list, { inbox })
    expect(verdictOf(await receiver.receive(request([a, b])))).toBe('503 inbox-failed')
  })
})

describe('a batch that is not fresh', () => {
  const time = { of: 'event', format: 'rfc3339', required: true, value: { body: 'events.0.at' } } as const
  const changes: Changes = { items: 'events.*', time }
  const stale = { events: [a, b, c].map((each) => ({ ...each, at: '2025-12-01T00:00:00Z' })) }

  it('is kept as a dead letter for each event', async () => {
    const { receiver, inbox, codes } = ruledBench(changes, { onStale: 'keep' })
    receiver.on('*', () => expect.unreachable())
    expect(verdictOf(await receiver.receive(request(stale)))).toBe('401 time-past')
    await receiver.receive(request(stale))
    await receiver.onIdle()
    const { letters } = await inbox.deadLetters.list()
    expect(letters.map(({ reason }) => reason)).toEqual(['stale', 'stale', 'stale'])
    expect(codes()).toEqual(Array(6).fill('time-past'))
  })

  it('is refused where it is not kept, and where it is empty', async () => {
    const { receiver, inbox } = ruledBench(changes, { onStale: 'refuse' })
    expect(verdictOf(await receiver.receive(request(stale)))).toBe('401 time-past')
    const ofHeader = { ...time, value: { body: 'at' } } as const
    const empty = ruledBench({ items: 'events.*', time: ofHeader }, { onStale: 'keep' })
    const sent = request({ events: [], at: '2025-12-01T00:00:00Z' })
    expect(verdictOf(await empty.receiver.receive(sent))).toBe('401 time-past')
    expect([(await inbox.stats()).dead, (await empty.inbox.stats()).dead]).toEqual([0, 0])
  })

  it('has one time: with several it has none that is known', async () => {
    const each = { ...time, value: { body: 'events.*.at' } } as const
    const of = async (events: unknown[]) =>
      (await handled({ items: 'events.*', time: each }, { events })).verdict
    expect(await of([{ ...a, at }])).toBe('accepted')
    expect(
      await of([
        { ...a, at },
        { ...b, at },
      ]),
    ).toBe('401 time-malformed')
    expect(await of([a])).toBe('401 time-missing')
    expect(await of([{ ...a, at: null }])).toBe('401 time-missing')
  })

  it('after a close is told that it is closed', async () => {
    const { receiver } = ruledBench(list)
    await receiver.close()
    expect(verdictOf(await receiver.receive(request([])))).toBe('503 closed')
    expect(verdictOf(await receiver.receive(request([a, b])))).toBe('503 closed')
  })
})
