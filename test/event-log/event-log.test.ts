import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../postgres/support.ts'
import {
  accepting,
  at,
  consume,
  delivery,
  done,
  handleAll,
  linesOf,
  type Store,
  type Stores,
  startStores,
} from './stores.ts'

let stores: Stores

beforeAll(async () => {
  stores = await startStores()
})
afterEach(() => stores.close())
afterAll(() => stores.stop())

const all = { all: true } as const
const five = [1, 2, 3, 4, 5].map((n) => delivery(`e${n}`, n))
const ids = (handed: readonly { readonly id: string }[]) => handed.map(({ id }) => id)

describe.each(['sqlite', 'postgres'] as const)('the event log of %s', (kind) => {
  const place = (): Store => stores[kind]()

  it('replays what was handled in order of receipt: the same events, as new attempts of all handlers', async () => {
    const inbox = await place().open()
    await handleAll(inbox, five)
    const { consumer, handed } = consume(inbox)
    const seen: number[] = []
    expect(await inbox.replay(all, { perSecond: 100_000, onProgress: (count) => seen.push(count) })).toEqual({
      replayed: 5,
      complete: true,
    })
    await consumer.onIdle()
    expect(handed.map((one) => one.delivery)).toEqual(
      five.map((one) => ({ ...one, body: new Uint8Array(one.body) })),
    )
    expect(handed.map((one) => one.lease)).toEqual(
      five.map(() => ({ attempt: 1, completed: [], isReplay: true })),
    )
    expect(seen.at(-1)).toBe(5)
    expect(await inbox.accept(delivery('e1'), accepting)).toBe('duplicate')
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 0 })
  })

  it('hands out what was accepted as no replay', async () => {
    const inbox = await place().open()
    const { consumer, handed } = consume(inbox)
    await inbox.accept(delivery('e1'), accepting)
    await consumer.onIdle()
    expect(handed.map((one) => one.lease.isReplay)).toEqual([false])
  })

  it.each([
    [{ type: 'thing.sold' }, ['sold']],
    [{ provider: 'other' }, ['of-other']],
    [{ endpoint: 'elsewhere' }, ['elsewhere']],
    [{ since: at(4) }, ['e4', 'e5', 'sold']],
    [{ until: at(2) }, ['of-other', 'elsewhere', 'e1']],
    [{ since: at(2), until: at(4), type: 'thing.made' }, ['e2', 'e3']],
  ])('replays and exports what matches %j, and nothing else', async (filter, expected) => {
    const inbox = await place().open()
    await handleAll(inbox, [
      delivery('of-other', 0, { provider: 'other' }),
      delivery('elsewhere', 0, { endpoint: 'elsewhere' }),
      ...five,
      delivery('sold', 9, { type: 'thing.sold' }),
    ])
    const exported = (await linesOf(inbox, filter)).map((line) => JSON.parse(line).id)
    expect(exported).toEqual(expected)
    await inbox.replay(filter)
    const here = consume(inbox)
    const there = consume(inbox, undefined, { endpoint: 'elsewhere' })
    await here.consumer.onIdle()
    await there.consumer.onIdle()
    expect([...ids(here.handed), ...ids(there.handed)].sort()).toEqual([...expected].sort())
  })

  it('goes on where a replay was cut short, in another process too, and puts back none twice', async () => {
    const store = place()
    const inbox = await store.open()
    await handleAll(inbox, five)
    const controller = new AbortController()
    const { signal } = controller
    const onProgress = (count: number) => count >= 2 && controller.abort()
    const first = await inbox.replay({ provider: 'acme' }, { perSecond: 10, onProgress, signal })
    expect(first).toEqual({ replayed: 2, complete: false })
    const second = await store.open()
    expect(await second.replay({ provider: 'acme' })).toEqual({ replayed: 5, complete: true })
    const { consumer, handed } = consume(second)
    await consumer.onIdle()
    expect(ids(handed)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
  })

  it('begins anew where it is told so, and where the last one had ended; each filter has its own place', async () => {
    const inbox = await place().open()
    await handleAll(inbox, five)
    const controller = new AbortController()
    const { signal } = controller
    const onProgress = (count: number) => count >= 2 && controller.abort()
    await inbox.replay(all, { perSecond: 10, onProgress, signal })
    const { consumer, handed } = consume(inbox)
    await consumer.onIdle()
    expect(await inbox.replay({ since: at(5) })).toEqual({ replayed: 1, complete: true })
    await consumer.onIdle()
    expect(await inbox.replay(all, { restart: true })).toEqual({ replayed: 5, complete: true })
    await consumer.onIdle()
    expect(await inbox.replay(all)).toEqual({ replayed: 5, complete: true })
    await consumer.onIdle()
    expect(handed).toHaveLength(2 + 1 + 5 + 5)
  })

  it('puts back each once where two processes replay the same', async () => {
    const store = place()
    const [one, other] = [await store.open(), await store.open()]
    const many = Array.from({ length: 60 }, (_, n) => delivery(`m${n}`, n))
    await handleAll(one, many)
    const results = await Promise.all(
      [one, other].map((inbox) => inbox.replay({ provider: 'acme' }, { perSecond: 100 })),
    )
    expect(results.every(({ complete }) => complete)).toBe(true)
    const { consumer, handed } = consume(one)
    await consumer.onIdle()
    expect(ids(handed)).toEqual(ids(many))
  })

  it('leaves room for what is accepted, says that it is not complete, and goes on when there is some', async () => {
    const store = place()
    await handleAll(await store.open(), five)
    const inbox = await store.open({ maxDeliveries: 5 })
    expect(await inbox.replay(all)).toEqual({ replayed: 4, complete: false })
    expect(await inbox.accept(delivery('new'), accepting)).toBe('accepted')
    const { consumer, handed } = consume(inbox)
    await consumer.onIdle()
    expect(await inbox.replay(all)).toEqual({ replayed: 5, complete: true })
    await consumer.onIdle()
    expect(ids(handed).sort()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5', 'new'])
  })

  it('tries a replay that fails again, and keeps it as a dead letter, a replay still when it is redriven', async () => {
    const inbox = await place().open()
    await handleAll(inbox, [delivery('e1')])
    const error = new Error('not yet')
    let isFailing = true
    const { consumer, handed } = consume(inbox, async () =>
      isFailing ? { status: 'failed', error, completed: ['first'] } : done,
    )
    await inbox.replay(all)
    await consumer.onIdle()
    expect(handed.map(({ lease }) => [lease.attempt, lease.completed, lease.isReplay])).toEqual([
      [1, [], true],
      [2, ['first'], true],
      [3, ['first'], true],
    ])
    expect(await linesOf(inbox)).toHaveLength(kind === 'sqlite' ? 0 : 1)
    isFailing = false
    expect(await inbox.deadLetters.redrive('e1')).toBe(1)
    await consumer.onIdle()
    expect(handed.at(-1)?.lease).toEqual({ attempt: 1, completed: ['first'], isReplay: true })
    expect(await inbox.replay(all)).toEqual({ replayed: 1, complete: true })
    await consumer.onIdle()
    expect(handed.at(-1)?.lease).toEqual({ attempt: 1, completed: [], isReplay: true })
  })

  it('keeps nothing of a dead letter that was discarded', async () => {
    const inbox = await place().open()
    await handleAll(inbox, [delivery('kept')])
    await inbox.accept(delivery('dropped'), accepting)
    const { consumer } = consume(inbox, async () => ({
      status: 'dead',
      reason: 'unrecoverable',
      error: new Error('no'),
    }))
    await consumer.onIdle()
    expect(await inbox.deadLetters.discard('dropped')).toBe(1)
    expect((await linesOf(inbox)).map((line) => JSON.parse(line).id)).toEqual(['kept'])
  })

  it('keeps the order of an ordering key in a replay', async () => {
    const inbox = await place().open()
    const keyed = five.map((one) => ({ ...one, orderingKey: 'account 1' }))
    await handleAll(inbox, keyed)
    await inbox.replay(all)
    const { consumer, handed } = consume(inbox, undefined, { concurrency: 8 })
    await consumer.onIdle()
    expect(ids(handed)).toEqual(ids(five))
  })

  it('carries the log elsewhere and back, byte for byte, whatever is in it', async () => {
    const odd = 'a\0b\uD800c\uFDD0d é'
    const random = createHash('sha512').update('any bytes').digest()
    const deliveries = [
      ...five,
      delivery('text', 6, { body: Buffer.from('\uFEFF{"name":"Ñandú\\n"}') }),
      delivery('bytes', 7, { body: random }),
      delivery('nothing', 8, { body: Buffer.alloc(0) }),
      delivery('odd', 9, { type: odd, keyId: odd, headers: { 'x-note': odd }, trust: 'reconciled' }),
      delivery('dated', 10, { occurredAt: new Date(1_234_567_890_123), orderingKey: odd }),
    ]
    const inbox = await place().open()
    await handleAll(inbox, deliveries)
    const lines = await linesOf(inbox)
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(ids(deliveries))
    const bytes = Buffer.from(lines.join(''))
    for (const elsewhere of [place(), stores.sqlite(), stores.postgres()]) {
      const other = await elsewhere.open()
      // Cut anywhere, in the middle of a character too.
      const cut = Array.from({ length: Math.ceil(bytes.length / 97) }, (_, n) =>
        bytes.subarray(n * 97, n * 97 + 97),
      )
      expect(await other.import(cut)).toEqual({ imported: deliveries.length, known: 0 })
      expect(await linesOf(other)).toEqual(lines)
      expect(await other.import(lines)).toEqual({ imported: 0, known: deliveries.length })
    }
  })

  it('exports and replays each once of those that were received at the same time', async () => {
    const inbox = await place().open()
    const burst = Array.from({ length: 120 }, (_, n) => delivery(`b${n}`))
    await handleAll(inbox, burst)
    expect((await linesOf(inbox)).map((line) => JSON.parse(line).id)).toEqual(ids(burst))
    const { consumer, handed } = consume(inbox)
    expect(await inbox.replay(all, { perSecond: 1_000 })).toEqual({ replayed: 120, complete: true })
    await consumer.onIdle()
    expect(ids(handed)).toEqual(ids(burst))
  })

  it('hands out nothing that was imported before it is replayed, and takes its keys for taken', async () => {
    const inbox = await place().open()
    await handleAll(inbox, five)
    const other = await place().other().open()
    const { consumer, handed } = consume(other)
    await other.import(inbox.export())
    expect(await other.accept(delivery('e1'), accepting)).toBe('duplicate')
    await consumer.onIdle()
    expect(handed).toEqual([])
    await other.replay({ since: at(4) })
    await consumer.onIdle()
    expect(ids(handed)).toEqual(['e4', 'e5'])
  })

  it('names the line of an import that is no delivery, and keeps those before it', async () => {
    const inbox = await place().open()
    const other = await place().open()
    await handleAll(other, five)
    const lines = await linesOf(other)
    await expect(inbox.import([...lines.slice(0, 2), '\n', '{"id":1}\n', ...lines.slice(2)])).rejects.toThrow(
      /^Line 4 is no delivery of an export: .*bodyBase64 is not text/,
    )
    expect(await linesOf(inbox)).toEqual(lines.slice(0, 2))
  })

  it('forgets bodies when their time is over, and remembers their keys', async () => {
    const store = place()
    const inbox = await store.open({ retain: { bodiesForMs: 100 } })
    await handleAll(inbox, five)
    const { consumer, handed } = consume(inbox)
    await until('no body is kept', async () => (await linesOf(inbox)).length === 0)
    expect(await inbox.replay(all)).toEqual({ replayed: 0, complete: true })
    for (const { id } of five) expect(await inbox.accept(delivery(id), accepting)).toBe('duplicate')
    await consumer.onIdle()
    expect(handed).toEqual([])
  })

  it('remembers the key of a body that it keeps, however short others are remembered', async () => {
    const store = place()
    const retaining = await store.open({ retentionMs: 1 })
    await handleAll(retaining, five)
    const other = await store.open({ retain: undefined as never, retentionMs: 1 })
    await handleAll(other, [delivery('short')])
    consume(other)
    await until(
      'a key is forgotten',
      async () => (await other.accept(delivery('short'), accepting)) === 'accepted',
    )
    for (const { id } of five) expect(await retaining.accept(delivery(id), accepting)).toBe('duplicate')
  })

  it('keeps no body without the option, and says so', async () => {
    const store = place()
    const inbox = await store.open({ retain: undefined as never })
    await handleAll(inbox, five)
    await expect(inbox.replay(all)).rejects.toThrow(/retain: \{ bodiesForMs \}/)
    await expect(inbox.import([])).rejects.toThrow(/retain: \{ bodiesForMs \}/)
    expect(await linesOf(inbox)).toEqual([])
  })

  it('replays what another process keeps, without the option, and keeps it', async () => {
    const store = place()
    await handleAll(await store.open(), five)
    const inbox = await store.open({ retain: undefined as never })
    const { consumer, handed } = consume(inbox)
    expect(await inbox.replay(all)).toEqual({ replayed: 5, complete: true })
    await consumer.onIdle()
    expect(handed).toHaveLength(5)
    expect(await linesOf(inbox)).toHaveLength(5)
  })

  it.each([
    [{}, {}, /takes no empty filter: say \{ all: true \}/],
    [{ typ: 'a' }, {}, /replay has no option 'typ'.*type/],
    [{ type: undefined }, {}, /type must be a text, not undefined/],
    [{ since: 'yesterday' }, {}, /since must be a valid Date/],
    [{ all: true, type: 'a' }, {}, /all: true stands alone/],
    [all, { perSecond: 0 }, /perSecond/],
    [all, { restart: 'yes' }, /restart must be true or false/],
    [all, { signal: 1 }, /signal must be an AbortSignal/],
    [all, { rate: 1 }, /replay has no option 'rate'/],
  ])('refuses the replay of %j with %j', async (filter, options, message) => {
    const inbox = await place().open()
    const failure = await inbox.replay(filter as never, options as never).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TypeError)
    expect(String(failure)).toMatch(message)
  })

  it.each([{ retain: { bodiesForMs: 0 } }, { retain: { bodies: 1 } }, { retain: true }])(
    'refuses the option %j',
    async (options) => {
      await expect(place().open(options as never)).rejects.toThrow(TypeError)
    },
  )

  it('ends a replay at once when the inbox is closed', async () => {
    const inbox = await place().open()
    await handleAll(inbox, five)
    const onProgress = (count: number) => count === 2 && void inbox.close()
    await expect(inbox.replay(all, { perSecond: 10, onProgress })).rejects.toThrow(/the same call goes on/)
  })
})
