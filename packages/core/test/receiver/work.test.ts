import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConsumeOptions, Handle } from '../../src/inbox/inbox.ts'
import { createReceiver, type Inbox, memoryInbox, type Observation } from '../../src/index.ts'
import { acme, bench, incoming, paid, signed, startAt } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'

afterEach(() => vi.restoreAllMocks())

const shipped = { type: 'order.shipped.abroad', id: 's', at: startAt }

function handledTypes(observations: readonly Observation[]): string[] {
  return observations.flatMap((observation) => (observation.type === 'handled' ? [observation.event] : []))
}

/** A memory inbox that says it is durable, with deliveries of an earlier process. */
async function durableInbox(clock = manualClock(), changes: Partial<Inbox> = {}): Promise<Inbox> {
  const inbox: Inbox = Object.assign(memoryInbox({ clock }), { durability: 'durable', ...changes })
  const first = bench({ clock, inbox, handle: 'registered' })
  await first.receiver.receive(signed(paid))
  return inbox
}

describe('an event without a handler', () => {
  it('waits, while those that have one are handled, and is handled as soon as it has one', async () => {
    const { receiver, observations } = bench({ on: { 'order.paid': () => {} } })
    await receiver.receive(signed(shipped))
    await receiver.receive(signed(paid))
    await receiver.onIdle()
    expect(handledTypes(observations)).toEqual(['order.paid'])
    expect(await receiver.inbox?.stats()).toMatchObject({ waiting: 1, dead: 0 })
    receiver.on('order.shipped.*', () => {})
    await settled()
    expect(handledTypes(observations)).toEqual(['order.paid', 'order.shipped.abroad'])
  })

  it('waits for onUnknown, too, where the documents do not list its type', async () => {
    const { receiver, observations } = bench({ on: { '*': () => {} } })
    await receiver.receive(signed({ type: 'order.refunded', id: 'r', at: startAt }))
    await settled()
    expect(handledTypes(observations)).toEqual([])
    receiver.onUnknown(() => {})
    await settled()
    expect(handledTypes(observations)).toEqual(['order.refunded'])
  })

  it('is reported once a minute and type, with how many wait and the remedy', async () => {
    const lines: string[] = []
    const log = (_: object, message: string) => void lines.push(message)
    const silent = () => {}
    const { receiver, clock, observations } = bench({
      logger: { debug: silent, info: silent, warn: log, error: log },
      on: { 'user-created': () => {} },
    })
    await receiver.receive(signed(paid))
    await receiver.receive(signed({ ...paid, id: 'o-2' }))
    await receiver.receive(signed(shipped))
    await clock.advance(5_000)
    const unhandled = () => observations.filter(({ type }) => type === 'unhandled')
    const named = { type: 'unhandled', provider: 'acme', endpoint: 'acme' }
    expect(unhandled()).toEqual([
      { ...named, event: 'order.paid', waiting: 2 },
      { ...named, event: 'order.shipped.abroad', waiting: 1 },
    ])
    expect(lines).toContainEqual(expect.stringContaining("2 of 'order.paid' wait, and nothing handles them"))
    await clock.advance(60_000)
    expect(unhandled()).toHaveLength(4)
    receiver.on('*', () => {})
    await clock.advance(60_000)
    expect(unhandled()).toHaveLength(4)
    await receiver.close()
    expect(clock.scheduled).toBe(0)
  })

  it('makes room for one that has a handler, as a dead letter that says so', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock, maxDeliveries: 3 })
    const { receiver, observations } = bench({ clock, inbox, on: { 'order.shipped.abroad': () => {} } })
    for (let n = 1; n <= 5; n++) {
      expect((await receiver.receive(signed({ ...paid, id: `o-${n}` }))).status).toBe(200)
    }
    expect((await receiver.receive(signed(shipped))).status).toBe(200)
    await settled()
    expect(handledTypes(observations)).toEqual(['order.shipped.abroad'])
    const letters = await lettersOf(inbox, { reason: 'unhandled' })
    expect(letters).toHaveLength(3)
    expect(letters[0]?.message).toContain("Nothing handles 'order.paid'")
    receiver.on('order.paid', () => {})
    await settled()
    expect(await inbox.deadLetters.redrive({ reason: 'unhandled' })).toBe(3)
    await settled()
    expect(handledTypes(observations)).toHaveLength(6)
  })

  it('becomes a dead letter when an inbox in memory is closed, and what it held up by its key is handled', async () => {
    const { receiver, observations } = bench({
      orderingKey: () => 'k',
      on: { 'order.shipped.abroad': () => {} },
    })
    await receiver.receive(signed(paid))
    await receiver.receive(signed(shipped))
    await settled()
    expect(handledTypes(observations)).toEqual([])
    await receiver.close({ timeoutMs: 1_000 })
    expect(handledTypes(observations)).toEqual(['order.shipped.abroad'])
    expect(await lettersOf(receiver.inbox)).toMatchObject([{ type: 'order.paid', reason: 'unhandled' }])
  })
})

describe('work', () => {
  it('begins with the first request or with work(), and not with handlers: a build that imports them runs none', async () => {
    for (const begin of ['request', 'work'] as const) {
      const clock = manualClock()
      const inbox = await durableInbox(clock)
      const { receiver, observations } = bench({ clock, inbox, endpoint: 'second', on: { '*': () => {} } })
      await inbox.accept(
        { ...(await delivered()), id: 'another', endpoint: 'second' },
        { minRetentionMs: 1_000 },
      )
      await clock.advance(3_000)
      expect(observations).toEqual([])
      if (begin === 'work') receiver.work()
      else await receiver.handle(incoming(signed('nonsense', ['X-Acme-Signature', 'x'])))
      await settled()
      expect(handledTypes(observations)).toEqual(['order.paid'])
      receiver.work()
    }
  })

  it('that nobody begins is missed after ten seconds, where deliveries wait in a durable inbox', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const remind = async (changes: Partial<Inbox>, act: (receiver: { work(): void }) => void = () => {}) => {
      warned.mockClear()
      const clock = manualClock()
      const inbox = await durableInbox(clock, changes)
      const endpoint = 'late'
      const { receiver } = bench({ clock, inbox, endpoint, on: { '*': () => {} } })
      await inbox.accept({ ...(await delivered()), id: 'another', endpoint }, { minRetentionMs: 1_000 })
      act(receiver)
      await clock.advance(10_000)
      return warned.mock.calls.filter((call: readonly unknown[]) => call[2] === 'ACUSE_NOT_WORKING')
    }
    const warning = (waiting: number) => [
      `${waiting} deliveries of 'late' wait, and this process hands none out before its first request: call work() where the server starts to listen, or say work: false where another process works`,
      'AcuseWarning',
      'ACUSE_NOT_WORKING',
    ]
    expect(await remind({})).toEqual([warning(1)])
    const types = [
      { endpoint: 'late', provider: 'acme', type: 'a', waiting: 2, leased: 0, delayed: 3, dead: 7 },
      { endpoint: 'late', provider: 'acme', type: 'b', waiting: 10, leased: 0, delayed: 0, dead: 0 },
      { endpoint: 'acme', provider: 'acme', type: 'a', waiting: 100, leased: 0, delayed: 100, dead: 0 },
    ]
    const mixed = { waiting: 112, leased: 0, delayed: 103, dead: 7, oldestAgeMs: 0, types }
    expect(await remind({ stats: async () => mixed })).toEqual([warning(15)])
    const others = { ...mixed, types: types.slice(2) }
    expect(await remind({ stats: async () => others })).toEqual([])
    expect(await remind({}, (receiver) => receiver.work())).toEqual([])
    expect(await remind({ durability: 'volatile' })).toEqual([])
    const away = async () => Promise.reject(new Error('away'))
    expect(await remind({ stats: away })).toEqual([])
    const nothing = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0, types: [] }
    expect(await remind({ stats: async () => nothing })).toEqual([])
  })

  it('false accepts only: nothing is handed out, work() throws, and another receiver may work', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const web = bench({ clock, inbox, work: false, on: { '*': () => expect.unreachable() } })
    expect((await web.receiver.receive(signed(paid))).status).toBe(200)
    await web.receiver.onIdle()
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
    expect(() => web.receiver.work()).toThrow('work: false')
    const worker = bench({ clock, inbox, on: { '*': () => {} } })
    worker.receiver.work()
    await settled()
    expect(handledTypes(worker.observations)).toEqual(['order.paid'])
    await web.receiver.close()
    expect(() => bench({ inbox: undefined as never, work: false })).toThrow(
      'work: false needs the option inbox: nobody else can handle what this process has in memory',
    )
    expect(() => bench({ work: 'no' as never })).toThrow('work must be true or false')
    expect(() => bench({ ack: 'handled', inbox: undefined, work: false } as never)).toThrow("ack: 'handled'")
  })

  it('goes on when the store cannot say what nothing handles', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const consume = inbox.consume.bind(inbox)
    let asked = 0
    inbox.consume = (handle, options: ConsumeOptions) => ({
      ...consume(handle, options),
      unhandled: () => (asked++, Promise.reject(new Error('away'))),
    })
    const { receiver } = bench({ clock, inbox })
    receiver.work()
    await clock.advance(65_000)
    expect(asked).toBe(2)
  })

  it('that is closed while it looks for what nothing handles looks no more', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const consume = inbox.consume.bind(inbox)
    let answer: (types: []) => void = () => {}
    inbox.consume = (handle, options: ConsumeOptions) => ({
      ...consume(handle, options),
      unhandled: () => new Promise<[]>((resolve) => (answer = resolve)),
    })
    const { receiver } = bench({ clock, inbox })
    receiver.work()
    await clock.advance(5_000)
    await receiver.close()
    answer([])
    await settled()
    expect(clock.scheduled).toBe(0)
  })
})

describe('an endpoint', () => {
  it('is part of the id of every event: two tenants with the same business id have two events', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const ran: string[] = []
    for (const endpoint of ['tenant-a', 'tenant-b']) {
      const { receiver } = bench({
        clock,
        inbox,
        endpoint,
        on: { '*': ({ id }) => ran.push(`${endpoint} ${id}`) },
      })
      expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200, kind: 'accepted' })
      expect(await receiver.receive(signed(paid))).toMatchObject({ kind: 'duplicate' })
    }
    await settled()
    expect(ran.map((line) => line.split(' ')[0])).toEqual(['tenant-a', 'tenant-b'])
    expect(new Set(ran.map((line) => line.split(' ')[1])).size).toBe(2)
    expect(() => bench({ endpoint: 'Tenant A' })).toThrow('endpoint must be lower-case letters')
  })

  it('of a storage that instances share belongs to one receiver of a process until that is closed', async () => {
    const create = (options: object) =>
      createReceiver(acme(), { inbox: Object.assign(memoryInbox(), { location: 'file 1' }), ...options })
    const first = create({})
    expect(() => create({})).toThrow("Another receiver of this process has the endpoint 'acme' of file 1")
    expect(() => create({ work: false })).toThrow('give each receiver the option endpoint')
    expect(() => create({ endpoint: 'other' })).not.toThrow()
    await first.close()
    const web = create({ work: false })
    expect(() => create({})).toThrow('Another receiver')
    await web.close()
    const last = create({})
    // It gives back what is another's by now no second time.
    await Promise.all([first.close(), web.close()])
    expect(() => create({})).toThrow('Another receiver')
    await last.close()
    await create({}).close()
  })
})

describe('the async context', () => {
  it('of a handler and of an observer is that of the receiver, and not of the request that woke the worker', async () => {
    const context = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const { receiver } = context.run('start', () =>
      bench({ observer: ({ type }) => type === 'handled' && seen.push(context.getStore()) }),
    )
    receiver.on('order.paid', () => seen.push(context.getStore()))
    for (const id of ['o-1', 'o-2', 'o-3']) {
      await context.run(`request ${id}`, async () => receiver.receive(signed({ ...paid, id })))
    }
    await settled()
    expect(seen).toEqual(Array(6).fill('start'))
  })

  it("of a handler is that of its own request with ack: 'handled'", async () => {
    const context = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const { receiver } = bench({ ack: 'handled', inbox: undefined } as never)
    receiver.on('order.paid', async () => {
      await settled()
      seen.push(context.getStore())
    })
    await Promise.all(
      ['o-1', 'o-2'].map((id) => context.run(id, async () => receiver.receive(signed({ ...paid, id })))),
    )
    expect(seen.sort()).toEqual(['o-1', 'o-2'])
  })
})

/** The delivery that an inbox gets for `paid`. */
async function delivered() {
  const clock = manualClock()
  const inbox = memoryInbox({ clock })
  const { receiver } = bench({ clock, inbox })
  let kept: Parameters<Inbox['accept']>[0] | undefined
  inbox.accept = (delivery) => {
    kept = delivery
    return 'accepted'
  }
  await receiver.receive(signed(paid))
  if (!kept) throw new Error('nothing was accepted')
  return kept
}

describe('an inbox that cannot start again for handlers that came later', () => {
  it('is said to be so in the log, and registering them throws nothing', async () => {
    const inbox = memoryInbox()
    const changed: Inbox = Object.assign(Object.create(inbox), {
      consume: (handle: Handle, options: ConsumeOptions) => {
        const consumer = inbox.consume(handle, options)
        let starts = 0
        return Object.assign(Object.create(consumer), {
          start() {
            if (starts++ > 0) throw new Error('no file')
            consumer.start()
          },
        })
      },
    })
    const lines: string[] = []
    const log = (_: object, message: string) => void lines.push(message)
    const { receiver } = bench({ inbox: changed, logger: { debug: log, info: log, warn: log, error: log } })
    receiver.work()
    receiver.on('order.paid', () => {})
    await settled()
    expect(lines).toContainEqual(expect.stringMatching(/^acme: the inbox did not start.*no file/))
  })
})
