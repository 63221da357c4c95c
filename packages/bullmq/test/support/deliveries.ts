import { randomUUID } from 'node:crypto'
import type { Delivery, Inbox, Observation } from '@acuse/core'
import type { ConsumeOptions, Consumer, Handle } from '@acuse/core/inbox-kit'
import { toBodyHash, toDeliveryId } from '../../../core/src/receiver/build-delivery.ts'

export const provider = 'redcumbre'

/** A delivery of its own; the same name has the same idempotency key. */
export function delivery(name: string = randomUUID(), text = `{"name":"${name}"}`): Delivery {
  const body = new TextEncoder().encode(text)
  return {
    id: toDeliveryId(provider, 'bhe.emitida', [name]),
    endpoint: provider,
    provider,
    type: 'bhe.emitida',
    bodyHash: toBodyHash(body),
    keyId: 'default',
    occurredAt: new Date('2026-11-24T12:00:00.123Z'),
    receivedAt: new Date(),
    headers: { 'x-request-id': name },
    orderingKey: undefined,
    body,
    trust: 'signed',
  }
}

export const accepting = { minRetentionMs: 600_000 }
export const done: Handle = async () => ({ status: 'done', handlers: 1 })

export function consuming(
  options: Partial<ConsumeOptions> = {},
  observations: Observation[] = [],
): ConsumeOptions {
  return {
    endpoint: provider,
    handles: () => ({ except: [] }),
    concurrency: 10,
    retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 20 },
    observer: (observation) => observations.push(observation),
    ...options,
  }
}

/** Handles everything that comes, and says what. */
export function handleAll(inbox: Inbox): { readonly handled: string[]; readonly consumer: Consumer } {
  const handled: string[] = []
  const consumer = inbox.consume(async ({ id }) => {
    handled.push(id)
    return { status: 'done', handlers: 1 }
  }, consuming())
  consumer.start()
  return { handled, consumer }
}

/** Makes a dead letter of what waits, one. */
export async function letDie(inbox: Inbox): Promise<void> {
  const consumer = inbox.consume(
    async () => ({ status: 'dead', reason: 'unrecoverable', error: new Error('no') }),
    consuming(),
  )
  consumer.start()
  await until(async () => (await inbox.stats()).dead === 1)
  await consumer.close({ timeoutMs: 1_000 })
}

export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not become so in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
