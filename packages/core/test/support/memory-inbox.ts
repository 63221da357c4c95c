import type { ConsumeOptions, Handle, HandleResult } from '../../src/inbox/inbox.ts'
import { type Delivery, memoryInbox, type Observation } from '../../src/index.ts'
import { toBodyHash, toDeliveryId } from '../../src/receiver/build-delivery.ts'
import { manualClock } from './clock.ts'

const minRetentionMs = 600_000

export const done: HandleResult = { status: 'done', handlers: 1 }

export function delivery(name: string, body = name, provider = 'acme'): Delivery {
  const bytes = Buffer.from(body)
  return {
    id: toDeliveryId(provider, 'order.paid', [name]),
    endpoint: provider,
    provider,
    type: 'order.paid',
    bodyHash: toBodyHash(bytes),
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date('2025-12-10T15:30:00Z'),
    headers: {},
    orderingKey: undefined,
    body: bytes,
  }
}

export function bench(options: Parameters<typeof memoryInbox>[0] = {}) {
  const clock = manualClock()
  const observations: Observation[] = []
  const idempotencyKeys = options.dedupe === undefined ? { maxIdempotencyKeys: 1_000 } : undefined
  const inbox = memoryInbox({ clock, random: () => 1, ...idempotencyKeys, ...options })
  const accept = (each: Delivery) => inbox.accept(each, { minRetentionMs })
  const consume = (handle: Handle, changes: Partial<ConsumeOptions> = {}) => {
    const consumer = inbox.consume(handle, {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 10,
      retry: {},
      observer: (observation) => observations.push(observation),
      ...changes,
    })
    consumer.start()
    return consumer
  }
  const types = (): string[] => observations.map(({ type }) => type)
  return { clock, observations, types, inbox, accept, consume }
}
