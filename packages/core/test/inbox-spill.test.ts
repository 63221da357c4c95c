import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../src/delivery.ts'
import { toRetryPolicy } from '../src/inbox/backoff.ts'
import type { DeadLetters } from '../src/inbox/dead-letter.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
} from '../src/inbox/inbox.ts'
import { settle } from '../src/inbox/settle.ts'
import { spillInbox } from '../src/inbox/spill.ts'
import type { Signal } from '../src/signal.ts'

type Health = 'up' | 'rejects' | 'hangs' | 'late' | 'full' | 'in-flight'

/** An inbox in this process that keeps the contract, and can fall ill. */
class SmallInbox implements Inbox {
  readonly durability: Inbox['durability']
  readonly ordered = true
  readonly retentionMs: number | undefined
  readonly deadLetters = {} as DeadLetters
  health: Health = 'up'
  /** The id of a delivery that it never takes. */
  poison: string | undefined
  readonly held = new Map<string, string>()
  readonly retentions: number[] = []
  readonly waiting: Delivery[] = []
  readonly dead: string[] = []
  readonly buried: string[] = []
  readonly consumers = new Map<string, ConsumeOptions>()
  calls = 0
  leased = 0
  delayed = 0
  closed = false

  constructor({
    durability = 'durable',
    retentionMs,
  }: { durability?: Inbox['durability']; retentionMs?: number } = {}) {
    this.durability = durability
    this.retentionMs = retentionMs
  }

  async accept(delivery: Delivery, { minRetentionMs }: AcceptOptions): Promise<AcceptResult> {
    this.calls++
    if (delivery.id === this.poison) throw new Error('too large')
    const { health } = this
    if (health === 'full' || health === 'in-flight') return health
    if (health === 'late') await sleep(80)
    await this.#ill()
    this.retentions.push(minRetentionMs)
    const fingerprint = this.held.get(delivery.id)
    if (fingerprint !== undefined) return fingerprint === delivery.fingerprint ? 'duplicate' : 'conflict'
    this.held.set(delivery.id, delivery.fingerprint)
    this.waiting.push(delivery)
    return 'accepted'
  }

  async bury({ id }: Delivery): Promise<void> {
    await this.#ill()
    this.buried.push(id)
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const { endpoint, retry, concurrency, observer } = options
    if (this.consumers.has(endpoint)) throw new TypeError('consumed already')
    this.consumers.set(endpoint, options)
    const policy = toRetryPolicy(retry)
    const controller = new AbortController()
    const work = async () => {
      while (!controller.signal.aborted) {
        const delivery = this.waiting.shift()
        if (!delivery) {
          await sleep(1)
          continue
        }
        this.leased++
        for (let attempt = 1; ; attempt++) {
          const result = await handle(delivery, { attempt, completed: [], signal: controller.signal })
          // Sooner than in life, so that a test need not wait.
          const settled = settle(result, attempt, policy, () => 0.01)
          if (settled.status === 'done')
            observer({ type: 'handled', ...about(delivery), attempt, handlers: 0 })
          if (settled.status === 'dead') {
            const { reason, error } = settled
            this.dead.push(delivery.id)
            observer({ type: 'dead', ...about(delivery), reason, attempt, error })
          }
          if (settled.status !== 'retry') break
          if (controller.signal.aborted) {
            this.waiting.push(delivery)
            break
          }
          this.delayed++
          await sleep(settled.delayMs)
          this.delayed--
        }
        this.leased--
      }
    }
    let running: Promise<unknown> | undefined
    return {
      start: () => {
        running ??= Promise.all(Array.from({ length: concurrency }, work))
      },
      unhandled: () => [],
      atRest: async () => {
        while (this.waiting.length + this.leased > 0) await sleep(1)
      },
      close: async ({ timeoutMs }) => {
        controller.abort()
        await Promise.race([running, sleep(timeoutMs)])
        this.consumers.delete(endpoint)
      },
    }
  }

  async stats(): Promise<InboxStats> {
    await this.#ill()
    const { waiting, leased, delayed, dead } = this
    return {
      waiting: waiting.length,
      leased,
      delayed,
      dead: dead.length,
      oldestAgeMs: waiting.length * 10,
      types: [],
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  async #ill(): Promise<void> {
    if (this.closed || this.health === 'rejects') throw new Error('away')
    if (this.health === 'hangs') await new Promise(() => {})
  }
}

function about({ provider, id, type }: Delivery): { provider: string; id: string; event: string } {
  return { provider, id, event: type }
}

function delivery(id: string, fingerprint = 'f'): Delivery {
  return {
    id,
    endpoint: 'p',
    provider: 'p',
    type: 't',
    fingerprint,
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(0),
    headers: {},
    orderKey: undefined,
    body: new Uint8Array(),
  }
}

const accepting = { minRetentionMs: 600_000 }
const closing = { timeoutMs: 1_000 }
const open: Consumer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close(closing)))
})

function create(options = {}): { primary: SmallInbox; spare: SmallInbox; inbox: Inbox } {
  const primary = new SmallInbox()
  const spare = new SmallInbox()
  return { primary, spare, inbox: spillInbox(primary, spare, { primaryTimeoutMs: 40, ...options }) }
}

function consume(inbox: Inbox, signals: Signal[] = []): { consumer: Consumer; handled: string[] } {
  const handled: string[] = []
  const consumer = inbox.consume(
    async ({ id }) => {
      handled.push(id)
      return { status: 'done', handlers: 1 }
    },
    {
      endpoint: 'p',
      handles: () => ({ except: [] }),
      concurrency: 2,
      retry: { attempts: 3, minDelayMs: 0 },
      observer: (signal) => signals.push(signal),
    },
  )
  open.push(consumer)
  return { consumer, handled }
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !condition(); turn++) await sleep(5)
  expect(condition()).toBe(true)
}

describe('accepting with a spare', () => {
  it('leaves the spare alone while the primary answers', async () => {
    const { primary, spare, inbox } = create()
    expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
    expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
    expect(await inbox.accept(delivery('a', 'other'), accepting)).toBe('conflict')
    primary.health = 'in-flight'
    expect(await inbox.accept(delivery('b'), accepting)).toBe('in-flight')
    expect([primary.calls, spare.calls]).toEqual([4, 0])
  })

  it.each<Health>(['rejects', 'hangs', 'late', 'full'])(
    'accepts when the primary %s, and hands out once when it is well again',
    async (health) => {
      const { primary, spare, inbox } = create()
      const { consumer, handled } = consume(inbox)
      consumer.start()
      primary.health = health
      expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
      expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
      primary.health = 'up'
      await until(() => handled.length === 1)
      await consumer.atRest()
      await sleep(100)
      expect(handled).toEqual(['a'])
      expect(spare.dead).toEqual([])
      expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
    },
  )

  it('waits for a primary that is away only until that is known, and comes back to it by itself', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'hangs'
    for (const id of ['a', 'b', 'c']) await inbox.accept(delivery(id), accepting)
    const asked = primary.calls
    for (const id of ['d', 'e', 'f']) expect(await inbox.accept(delivery(id), accepting)).toBe('accepted')
    expect(primary.calls).toBe(asked)
    expect(primary.held.size).toBe(0)
    primary.health = 'up'
    await until(() => primary.held.size === 6)
    const { calls } = spare
    expect(await inbox.accept(delivery('g'), accepting)).toBe('accepted')
    expect(spare.calls).toBe(calls)
    await inbox.close()
  })

  it('fails only when both do', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'rejects'
    spare.health = 'full'
    expect(await inbox.accept(delivery('a'), accepting)).toBe('full')
    spare.health = 'rejects'
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('away')
    await expect(inbox.bury(delivery('a'), 'stale')).rejects.toThrow('away')
    spare.health = 'up'
    await inbox.bury(delivery('a'), 'stale')
    await inbox.close()
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('closed')
  })

  it('buries in the primary when it can', async () => {
    const { primary, spare, inbox } = create()
    await inbox.bury(delivery('a'), 'stale')
    expect([primary.buried, spare.buried]).toEqual([['a'], []])
  })
})

describe('forwarding', () => {
  it('takes a copy that the primary got meanwhile for what it is', async () => {
    const { primary, spare, inbox } = create()
    const { consumer, handled } = consume(inbox)
    primary.health = 'rejects'
    await inbox.accept(delivery('a'), accepting)
    primary.health = 'up'
    await primary.accept(delivery('a'), accepting)
    await primary.accept(delivery('b', 'other'), accepting)
    await spare.accept(delivery('b'), accepting)
    consumer.start()
    await until(() => spare.waiting.length + spare.leased === 0 && handled.length === 2)
    await consumer.atRest()
    expect(handled).toEqual(['a', 'b'])
  })

  it('drains what an earlier process left behind, for at least as long as is promised', async () => {
    const primary = new SmallInbox({ retentionMs: 7_000 })
    const spare = new SmallInbox()
    await spare.accept(delivery('a'), accepting)
    const { consumer, handled } = consume(spillInbox(primary, spare))
    consumer.start()
    await until(() => handled.length === 1)
    expect(primary.retentions).toEqual([7_000])
  })

  it('spends no attempts while the primary is away, and tries it alone now and then', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    const { calls } = primary
    await until(() => primary.calls >= calls + 3)
    expect(spare.leased).toBe(4)
    expect(spare.delayed).toBe(0)
    await inbox.close()
    await until(() => spare.delayed > 0)
  })

  it('is not held up by one that the primary never takes', async () => {
    const { primary, inbox } = create()
    const { consumer, handled } = consume(inbox)
    primary.poison = 'bad'
    consumer.start()
    primary.health = 'rejects'
    for (const id of ['bad', 'a', 'b']) await inbox.accept(delivery(id), accepting)
    primary.health = 'up'
    await until(() => handled.length === 2)
    expect(await inbox.accept(delivery('c'), accepting)).toBe('accepted')
    await until(() => handled.includes('c'))
  })

  it('stops waiting when it is closed', async () => {
    const { primary, spare, inbox } = create()
    const { consumer } = consume(inbox)
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    await until(() => spare.leased === 4)
    await consumer.close(closing)
    expect(spare.waiting).toHaveLength(4)
  })

  it('tells what dies in the spare, and not that it forwarded', async () => {
    const { primary, spare, inbox } = create()
    const signals: Signal[] = []
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    consume(inbox, signals)
    const dead: Signal = {
      type: 'dead',
      ...about(delivery('a')),
      reason: 'closed',
      attempt: 1,
      error: undefined,
    }
    const { observer } = spare.consumers.get('p') as ConsumeOptions
    observer(dead)
    observer({ type: 'handled', ...about(delivery('a')), attempt: 1, handlers: 0 })
    expect(signals).toEqual([dead])
  })

  it('tells nobody when nobody listens', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    const { observer, retry } = spare.consumers.get('p') as ConsumeOptions
    expect(() => observer({ type: 'dropped', ...about(delivery('a')) })).not.toThrow()
    expect(retry).toMatchObject({ attempts: 1_000 })
    await inbox.close()
  })
})

describe('the two together', () => {
  it('sum their figures, and close both', async () => {
    const { primary, spare, inbox } = create()
    await primary.accept(delivery('a'), accepting)
    await spare.accept(delivery('a'), accepting)
    await spare.accept(delivery('b'), accepting)
    expect(await inbox.stats()).toEqual({
      waiting: 3,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 20,
      types: [],
    })
    await inbox.close()
    expect([primary.closed, spare.closed]).toEqual([true, true])
  })

  it('promise what both can keep', () => {
    const volatile = new SmallInbox({ durability: 'volatile' })
    const week = new SmallInbox({ retentionMs: 7 })
    const day = new SmallInbox({ retentionMs: 1 })
    expect(spillInbox(week, day)).toMatchObject({ durability: 'durable', ordered: false, retentionMs: 1 })
    expect(spillInbox(week, volatile)).toMatchObject({ durability: 'volatile', retentionMs: 7 })
    expect(spillInbox(volatile, day)).toMatchObject({ durability: 'volatile', retentionMs: 1 })
    expect(spillInbox(volatile, new SmallInbox()).retentionMs).toBeUndefined()
  })

  it('must be two, with options that are known', () => {
    const one = new SmallInbox()
    expect(() => spillInbox(one, one)).toThrow('another inbox')
    expect(() => spillInbox(one, new SmallInbox(), { primaryTimeoutMs: 0 })).toThrow(TypeError)
    expect(() => spillInbox(one, new SmallInbox(), { timeout: 1 } as object)).toThrow(TypeError)
  })

  it('are each consumed once for a provider', () => {
    const { inbox } = create()
    consume(inbox)
    expect(() => consume(inbox)).toThrow(TypeError)
  })
})
