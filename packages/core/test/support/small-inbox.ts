import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect } from 'vitest'
import { fallbackInbox } from '../../src/inbox/fallback/fallback-inbox.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
} from '../../src/inbox/inbox.ts'
import { toRetryPolicy } from '../../src/inbox/retry-policy.ts'
import { settle } from '../../src/inbox/settle.ts'
import type { DeadLetters } from '../../src/model/dead-letter.ts'
import type { Delivery } from '../../src/model/delivery.ts'
import type { DeliveryObservation, Observation } from '../../src/model/observation.ts'

export type Health = 'up' | 'rejects' | 'hangs' | 'late' | 'full' | 'in-flight'

/** An inbox in this process that keeps the contract, and can fall ill. */
export class SmallInbox implements Inbox {
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
  readonly deadLettered: string[] = []
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
    const bodyHash = this.held.get(delivery.id)
    if (bodyHash !== undefined) return bodyHash === delivery.bodyHash ? 'duplicate' : 'conflict'
    this.held.set(delivery.id, delivery.bodyHash)
    this.waiting.push(delivery)
    return 'accepted'
  }

  async deadLetter({ id }: Delivery): Promise<void> {
    await this.#ill()
    this.deadLettered.push(id)
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
      onIdle: async () => {
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

export function about({ provider, endpoint, id, type, headers }: Delivery): DeliveryObservation {
  return { provider, endpoint, id, event: type, requestId: headers['x-request-id'] }
}

export function delivery(id: string, bodyHash = 'f'): Delivery {
  return {
    id,
    endpoint: 'p',
    provider: 'p',
    type: 't',
    bodyHash,
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(0),
    headers: {},
    orderingKey: undefined,
    body: new Uint8Array(),
  }
}

export const accepting = { minRetentionMs: 600_000 }

export const closing = { timeoutMs: 1_000 }

const open: Consumer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close(closing)))
})

export function create(options = {}): { primary: SmallInbox; fallback: SmallInbox; inbox: Inbox } {
  const primary = new SmallInbox()
  const fallback = new SmallInbox()
  return { primary, fallback, inbox: fallbackInbox(primary, fallback, { primaryTimeoutMs: 40, ...options }) }
}

export function consume(
  inbox: Inbox,
  observations: Observation[] = [],
): { consumer: Consumer; handled: string[] } {
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
      observer: (observation) => observations.push(observation),
    },
  )
  open.push(consumer)
  return { consumer, handled }
}

export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !condition(); turn++) await sleep(5)
  expect(condition()).toBe(true)
}
