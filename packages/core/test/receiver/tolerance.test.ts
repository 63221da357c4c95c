import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AcceptOptions } from '../../src/inbox/inbox.ts'
import {
  createReceiver,
  type DedupeStore,
  type Inbox,
  lruDedupe,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
} from '../../src/index.ts'
import { type AcmeEvents, acme, bench, paid, signed, startAt } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const event = { of: 'event', format: 'rfc3339', required: true, signed: true } as const
const attempt = { ...event, of: 'attempt' } as const

afterEach(() => {
  vi.restoreAllMocks()
})

/** A memory inbox that says that it outlives the process, on the bench's clock. */
function durable(retentionMs: number | undefined, clock = manualClock()) {
  const asked: number[] = []
  const inbox = memoryInbox({ clock, random: () => 1 })
  const accept = inbox.accept.bind(inbox)
  const own = {
    durability: 'durable',
    idempotencyKeys: undefined,
    retentionMs,
    accept(delivery: Parameters<Inbox['accept']>[0], options: AcceptOptions) {
      asked.push(options.minRetentionMs)
      return accept(delivery, { minRetentionMs: Math.max(retentionMs ?? 0, options.minRetentionMs) })
    },
  }
  return { inbox: Object.assign(inbox, own) as Inbox, asked, clock }
}

/** The answer to a delivery signed so long ago. */
async function answers(
  options: ReceiverOptions<AcmeEvents>,
  changes: Partial<Provider<AcmeEvents>>,
  offsetsMs: readonly number[],
): Promise<readonly number[]> {
  const { receiver, clock } = bench(options, changes)
  const outcomes = offsetsMs.map(async (offsetMs) => {
    const at = new Date(clock.now() + offsetMs).toISOString()
    return (await receiver.receive(signed({ ...paid, id: `o${offsetMs}`, at }))).status
  })
  return Promise.all(outcomes)
}

describe("a time that is the event's own", () => {
  it('is fresh for as long as a durable inbox remembers, to the millisecond', async () => {
    const { inbox, clock } = durable(7 * day)
    const offsets = [-day, -7 * day + minute, -7 * day + minute - 1, minute, minute + 1]
    expect(await answers({ inbox, clock }, { time: event }, offsets)).toEqual([200, 200, 401, 200, 401])
    const month = durable(30 * day)
    const late = await answers({ inbox: month.inbox, clock: month.clock }, { time: event }, [
      -30 * day + minute,
      -30 * day,
    ])
    expect(late).toEqual([200, 401])
    expect(month.asked).toEqual([30 * day])
  })

  it('is fresh for 7 days where a durable inbox remembers for as long as it is asked', async () => {
    const { inbox, clock, asked } = durable(undefined)
    const offsets = [-7 * day + minute, -7 * day]
    expect(await answers({ inbox, clock }, { time: event }, offsets)).toEqual([200, 401])
    expect(asked).toEqual([7 * day])
  })

  it('is fresh for 5 minutes where a restart forgets', async () => {
    const offsets = [-5 * minute, -5 * minute - 1]
    expect(await answers({}, { time: event }, offsets)).toEqual([200, 401])
    const handled = { ack: 'handled', inbox: undefined as never } as const
    expect(await answers(handled, { time: event }, [-5 * minute - 1])).toEqual([401])
  })

  it.each<[string, (dedupe: DedupeStore) => ReceiverOptions<AcmeEvents>]>([
    ["ack: 'handled'", (dedupe) => ({ ack: 'handled', dedupe, inbox: undefined as never })],
    ['memoryInbox', (dedupe) => ({ inbox: memoryInbox({ dedupe }) })],
  ])(
    'is fresh for 7 days with a memory of idempotency keys that outlives the process (%s)',
    async (_, of) => {
      const dedupe = Object.assign(lruDedupe(), { durability: 'durable' as const })
      const { receiver, clock } = bench(of(dedupe), { time: event })
      receiver.on('order.paid', () => {})
      const at = new Date(clock.now() - 6 * day).toISOString()
      expect(await receiver.receive(signed({ ...paid, at }))).toMatchObject({ kind: 'accepted' })
      expect(await receiver.receive(signed({ ...paid, at }))).toMatchObject({ kind: 'duplicate' })
    },
  )

  it('is never both fresh and forgotten: a replay is a duplicate, and stale after that', async () => {
    const { inbox, clock } = durable(7 * day)
    const { receiver } = bench({ inbox, clock }, { time: event })
    const early = signed({ ...paid, at: new Date(clock.now() + minute).toISOString() })
    const runs: string[] = []
    receiver.on('order.paid', ({ id }) => runs.push(id))
    const kinds: string[] = []
    for (const afterMs of [0, hour, 6 * day, 22 * hour + 58 * minute, minute, minute, minute]) {
      await clock.advance(afterMs)
      const outcome = await receiver.receive(early)
      kinds.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind)
    }
    await settled()
    const copies = Array.from({ length: 5 }, () => 'duplicate')
    expect(kinds).toEqual(['accepted', ...copies, 'time-past'])
    expect(runs).toHaveLength(1)
  })
})

describe('a time that is the attempt’s', () => {
  it('is fresh for 5 minutes, whatever the inbox remembers', async () => {
    const { inbox, clock } = durable(30 * day)
    const offsets = [-5 * minute, -5 * minute - 1, minute, minute + 1]
    expect(await answers({ inbox, clock }, { time: attempt }, offsets)).toEqual([200, 401, 200, 401])
  })

  it.each<[string, Partial<Provider<AcmeEvents>>, number]>([
    ['7 days where nobody knows how long', { time: attempt }, 7 * day],
    [
      'as long as the sender retries, and until its last attempt is stale',
      { time: attempt, limits: { retriesForMs: 3 * day } },
      3 * day + 6 * minute,
    ],
    [
      'more than 7 days where the sender retries for longer',
      { time: attempt, limits: { retriesForMs: 30 * day } },
      30 * day + 6 * minute,
    ],
    ["6 minutes where the time is the event's", { time: event }, 6 * minute],
    [
      "until the sender's last attempt is answered where the time is the event's",
      { time: event, limits: { retriesForMs: hour, ackTimeoutMs: 10_000 } },
      hour + 10_000,
    ],
    ['7 days where the time may be left out', { time: { ...event, required: false } }, 7 * day],
    [
      '7 days where anybody can state the time',
      { time: { ...attempt, signed: false }, limits: { retriesForMs: hour } },
      7 * day,
    ],
  ])('makes idempotency keys last: %s', async (_, changes, expected) => {
    for (const ack of ['accepted', 'handled'] as const) {
      const asked: number[] = []
      const dedupe = lruDedupe()
      const commit = dedupe.commit.bind(dedupe)
      dedupe.commit = (key, token, options) => {
        asked.push(options.retentionMs)
        return commit(key, token, options)
      }
      const { receiver } = bench(
        ack === 'handled' ? { ack, dedupe, inbox: undefined as never } : { inbox: memoryInbox({ dedupe }) },
        changes,
      )
      receiver.on('order.paid', () => {})
      await receiver.receive(signed(paid))
      expect(asked, ack).toEqual([expected])
    }
  })
})

describe('the option tolerance', () => {
  it('wins, whatever the time is of', async () => {
    const { inbox, clock } = durable(7 * day)
    const tolerance = { pastMs: hour }
    for (const time of [event, attempt]) {
      const { receiver } = bench({ inbox, clock, tolerance }, { time, name: `acme-${time.of}` })
      const at = (ms: number) =>
        signed({ ...paid, id: `${time.of}${ms}`, at: new Date(clock.now() - ms).toISOString() })
      expect((await receiver.receive(at(hour))).status).toBe(200)
      expect((await receiver.receive(at(hour + 1))).status).toBe(401)
    }
  })

  it('does not construct beyond what the inbox remembers', () => {
    const construct = (retentionMs: number, pastMs: number) =>
      bench({ inbox: durable(retentionMs).inbox, tolerance: { pastMs } }, { time: event })
    expect(() => construct(7 * day, 7 * day - minute)).not.toThrow()
    expect(() => construct(7 * day, 7 * day)).toThrow(
      'The inbox remembers idempotency keys for 604800000 ms, less than the 604860000 ms',
    )
    expect(() => construct(30 * day, 20 * day)).not.toThrow()
    expect(() => construct(7 * day, 8 * day)).toThrow('tolerance.pastMs must be a whole number from 1000')
  })

  it('does not construct with an inbox that forgets while the sender still retries', () => {
    const construct = (retentionMs: number, retriesForMs?: number) =>
      bench(
        { inbox: durable(retentionMs).inbox },
        { time: attempt, limits: retriesForMs === undefined ? {} : { retriesForMs } },
      )
    expect(() => construct(day)).toThrow("state the provider's limits.retriesForMs")
    expect(() => construct(day, 2 * day)).toThrow('less than the 173160000 ms')
    expect(() => construct(day, hour)).not.toThrow()
    // It is asked for more than it remembers by itself.
    expect(() => construct(7 * day, 30 * day)).not.toThrow()
    expect(() => construct(500, 0)).toThrow('less than')
  })
})

describe('an authentic delivery that is stale', () => {
  const late = signed({ ...paid, at: new Date(Date.parse(startAt) - 8 * day).toISOString() })

  it('is kept as a dead letter by default where the inbox is durable, and refused where it is not', async () => {
    const kept = durable(7 * day)
    const { receiver } = bench({ inbox: kept.inbox, clock: kept.clock }, { time: event })
    expect(await receiver.receive(late)).toMatchObject({ status: 401, code: 'time-past' })
    expect(await lettersOf(receiver.inbox, { reason: 'stale' })).toHaveLength(1)
    const volatile = bench({}, { time: event })
    expect(await volatile.receiver.receive(late)).toMatchObject({ status: 401, code: 'time-past' })
    expect(await lettersOf(volatile.receiver.inbox)).toHaveLength(0)
  })

  it('is refused by a durable inbox too where that is asked for', async () => {
    const { inbox, clock } = durable(7 * day)
    const { receiver } = bench({ inbox, clock, onStale: 'refuse' }, { time: event })
    expect(await receiver.receive(late)).toMatchObject({ status: 401 })
    expect(await lettersOf(receiver.inbox)).toHaveLength(0)
  })
})

describe('the memory of a process, where not every delivery has a signed time', () => {
  const warnings = (make: () => unknown): string[] => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    make()
    const messages = warned.mock.calls.map(([message]) => String(message))
    warned.mockRestore()
    return messages
  }
  const without = (name: string, time?: Provider<AcmeEvents>['time']) => acme({ name, time } as never)
  const optional = { ...event, required: false }

  it('is warned of once for each provider: what was captured runs again after a restart', () => {
    const said = warnings(() => {
      createReceiver(without('acme-one'), { inbox: memoryInbox() })
      createReceiver(without('acme-one'), { inbox: memoryInbox() })
      createReceiver(without('acme-two', optional), { ack: 'handled' })
      createReceiver(without('acme-three', { ...event, signed: false }), { inbox: memoryInbox() })
    })
    expect(said).toEqual(
      ['acme-one', 'acme-two', 'acme-three'].map((name) =>
        expect.stringMatching(
          new RegExp(`^${name}: .* runs again after each restart.*a durable inbox or a dedupe store`),
        ),
      ),
    )
  })

  it('is not warned of where the memory outlives the process, or the time is proven', () => {
    const said = warnings(() => {
      const dedupe = Object.assign(lruDedupe(), { durability: 'durable' as const })
      createReceiver(without('acme-four'), { inbox: durable(7 * day).inbox })
      createReceiver(without('acme-five'), { ack: 'handled', dedupe })
      createReceiver(without('acme-six'), { inbox: memoryInbox({ dedupe }) })
      createReceiver(without('acme-seven', attempt), { inbox: memoryInbox() })
    })
    expect(said).toEqual([])
  })
})

describe('defineProvider', () => {
  it('refuses a time of nothing, limits that cannot be, and volatile fields without a name', () => {
    expect(() => acme({ time: { ...event, of: undefined as never } })).toThrow(
      "provider.time.of must be 'attempt'",
    )
    for (const retriesForMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => acme({ limits: { retriesForMs } })).toThrow('provider.limits.retriesForMs')
    for (const path of ['', 'a.', '.a', 'a..b', 7 as never])
      expect(() => acme({ volatile: [path] })).toThrow("such as 'delivery.attempt'")
    expect(() => acme({ volatile: [], limits: {} })).not.toThrow()
  })
})
