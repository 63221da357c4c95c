import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@acuse/core'
import { repeatedDelivery, type SignedDelivery } from '@acuse/core/inbox-kit'
import { unknownEvent } from '../unknown-event.ts'
import { checkText } from './enqueue-options.ts'
import type { OutboxSettings } from './options.ts'
import type { EnqueueOptions, LeasedMessage, NewMessage } from './store.ts'

/**
 * An event as a message. It is signed once, so that what cannot be signed is refused here, and not in a process behind the
 * caller's back; of the signed headers, those that name the event are kept for every attempt.
 * @throws TypeError when the provider documents no such event, or cannot sign the payload
 */
export function toMessage(
  settings: OutboxSettings,
  type: string,
  payload: unknown,
  { orderingKey }: EnqueueOptions,
): NewMessage {
  const { signer, to, way, name } = settings
  checkEvent(settings, type)
  const text = toJson(payload)
  const at = new Date(way.clock.now())
  const first = { event: type, payload: fromJson(text), at, addressQuery: to.query, headers: to.headers }
  const { headers } = repeatedDelivery(signer.provider, { ...first, headers: signer.sign(first).headers }, at)
  const enqueuedAt = at.getTime()
  return {
    id: randomUUID(),
    outbox: name,
    type,
    payload: text,
    headers: JSON.stringify(headers ?? {}),
    orderingKey: orderingKey ?? null,
    enqueuedAt,
    dueAt: enqueuedAt + (way.attemptDelaysMs[0] ?? 0),
  }
}

/**
 * A message as it is sent now: under the ids that it was given when it was enqueued, and with a fresh time where the provider's
 * time is the attempt's.
 * @throws TypeError when it cannot be signed any more
 */
export function signMessage({ signer, to, way }: OutboxSettings, message: LeasedMessage): SignedDelivery {
  const sent = {
    event: message.type,
    payload: fromJson(message.payload),
    at: new Date(message.enqueuedAt),
    // This module's own JSON.
    headers: JSON.parse(message.headers) as Record<string, string>,
  }
  const again = repeatedDelivery(signer.provider, sent, new Date(way.clock.now()))
  return signer.sign({ ...again, addressQuery: to.query, headers: { ...to.headers, ...again.headers } })
}

function checkEvent({ signer }: OutboxSettings, type: string): void {
  checkText('event', type)
  const { events, provider } = signer
  if (events.length === 0 || events.includes(type)) return
  throw unknownEvent(provider.name, type, events)
}

function toJson(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload))
    return JSON.stringify(payload)
  throw new TypeError('payload must be an object, such as { id: "o-1" }')
}

/** Every attempt writes the same text again: names keep their order. */
function fromJson(text: string): JsonObject {
  return JSON.parse(text) as JsonObject
}
