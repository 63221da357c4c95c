import type { ConsumeOptions, Handle, HandleResult } from '../../src/inbox/inbox.ts'
import { type Delivery, memoryInbox, type Signal } from '../../src/index.ts'
import { toDeliveryId, toFingerprint } from '../../src/receiver/build-delivery.ts'
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
    fingerprint: toFingerprint(bytes),
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date('2025-12-10T15:30:00Z'),
    headers: {},
    orderKey: undefined,
    body: bytes,
  }
}

export function bench(options: Parameters<typeof memoryInbox>[0] = {}) {
  const clock = manualClock()
  const signals: Signal[] = []
  const identities = options.dedupe === undefined ? { maxIdentities: 1_000 } : undefined
  const inbox = memoryInbox({ clock, random: () => 1, ...identities, ...options })
  const accept = (each: Delivery) => inbox.accept(each, { minRetentionMs })
  const consume = (handle: Handle, changes: Partial<ConsumeOptions> = {}) => {
    const consumer = inbox.consume(handle, {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 10,
      retry: {},
      observer: (signal) => signals.push(signal),
      ...changes,
    })
    consumer.start()
    return consumer
  }
  const types = (): string[] => signals.map(({ type }) => type)
  return { clock, signals, types, inbox, accept, consume }
}
