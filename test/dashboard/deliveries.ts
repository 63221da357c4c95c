import { createHash } from 'node:crypto'
import type { Delivery, Inbox } from '@acuse/core'

/** A delivery for a test; `n` makes its id. */
export function deliveryOf(n: number, overrides: Partial<Delivery> = {}): Delivery {
  const body = Buffer.from(
    `{"event":"bhe.emitida","bheId":"bhe-${n}","montos":{"liquido":194062,"tasa":1.0}}`,
  )
  return {
    id: createHash('sha256').update(`delivery ${n}`).digest('base64url').slice(0, 22),
    endpoint: 'redcumbre',
    provider: 'redcumbre',
    type: 'bhe.emitida',
    bodyHash: createHash('sha256').update(body).digest('base64url'),
    keyId: 'default',
    occurredAt: new Date(Date.now() - 60_000),
    receivedAt: new Date(),
    headers: {
      'content-type': 'application/json',
      'x-request-id': `request-${n}`,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    orderingKey: undefined,
    body,
    ...overrides,
  }
}

/** Puts deliveries among the dead letters of an inbox, as the receiver does with stale ones. */
export async function keepDead(inbox: Inbox, deliveries: Iterable<Delivery>): Promise<void> {
  let batch: Promise<void>[] = []
  for (const delivery of deliveries) {
    batch.push(Promise.resolve(inbox.deadLetter(delivery, 'stale')))
    if (batch.length < 2_000) continue
    await Promise.all(batch)
    batch = []
  }
  await Promise.all(batch)
}

/** Accepts deliveries and has a handler fail on each until its attempts are used up. */
export async function failEach(inbox: Inbox, deliveries: readonly Delivery[], error: unknown): Promise<void> {
  for (const delivery of deliveries) await inbox.accept(delivery, { minRetentionMs: 60_000 })
  let left = deliveries.length
  await new Promise<void>((resolve) => {
    const consumer = inbox.consume(async () => ({ status: 'failed', error, completed: ['first'] }), {
      endpoint: deliveries[0]?.endpoint ?? 'redcumbre',
      handles: () => ({ except: [] }),
      concurrency: 4,
      retry: { attempts: 2, minDelayMs: 0, maxDelayMs: 0 },
      observer: ({ type }) => {
        if (type === 'dead' && --left === 0) resolve(consumer.close({ timeoutMs: 10_000 }))
      },
    })
    consumer.start()
  })
}

/** Accepts deliveries and has a handler succeed on each. */
export async function handleEach(inbox: Inbox, deliveries: readonly Delivery[]): Promise<void> {
  for (const delivery of deliveries) await inbox.accept(delivery, { minRetentionMs: 60_000 })
  const consumer = inbox.consume(async () => ({ status: 'done', handlers: 1 }), {
    endpoint: deliveries[0]?.endpoint ?? 'redcumbre',
    handles: () => ({ except: [] }),
    concurrency: 4,
    retry: {},
    observer: () => {},
  })
  consumer.start()
  await consumer.onIdle()
  await consumer.close({ timeoutMs: 10_000 })
}
