import { createHmac } from 'node:crypto'
import {
  createReceiver,
  defineProvider,
  type EventSchema,
  fromRawHeaders,
  hmac,
  memoryInbox,
  type Observation,
  type Provider,
  type Receiver,
  type ReceiverOptions,
  type WebhookRequest,
} from '../../src/index.ts'
import type { IncomingRequest } from '../../src/model/request.ts'
import { type ManualClock, manualClock } from './clock.ts'

export const secret = 'a-secret-of-more-than-sixteen-bytes'
export const startAt = '2025-12-10T15:30:00Z'

/** A provider that is nobody's: two orders and a user, time required. */
export interface AcmeEvents {
  'order.paid': { type: 'order.paid'; id: string; amount: number; at: string }
  'order.shipped.abroad': { type: 'order.shipped.abroad'; id: string; at: string }
  'user-created': { type: 'user-created'; id: string; at: string }
}

function schema<Payload>(valid: (payload: Record<string, unknown>) => boolean): EventSchema<Payload> {
  return {
    '~standard': {
      version: 1,
      vendor: 'acme',
      validate: (value) =>
        valid(value as Record<string, unknown>)
          ? { value: value as Payload }
          : { issues: [{ message: 'no number: hunter2', path: ['amount'] }] },
    },
  }
}

/** The schema of each event. */
export const acmeSchemas: { readonly [Name in keyof AcmeEvents]: EventSchema<AcmeEvents[Name]> } = {
  'order.paid': schema((payload) => typeof payload['amount'] === 'number'),
  'order.shipped.abroad': schema(() => true),
  'user-created': schema(() => true),
}

export function acme(changes: Partial<Provider<AcmeEvents>> = {}): Provider<AcmeEvents> {
  return defineProvider<AcmeEvents>({
    name: 'acme',
    path: '/webhooks/acme',
    scheme: hmac({ header: 'X-Acme-Signature', secret }),
    events: acmeSchemas,
    time: { of: 'event', format: 'rfc3339', required: true, signed: true },
    envelope: ({ type, id, at }) =>
      typeof type === 'string'
        ? { type, time: at, idempotencyKey: typeof id === 'string' ? [id, String(at)] : undefined }
        : { code: 'envelope-invalid' },
    ...changes,
  })
}

export const paid = { type: 'order.paid', id: 'o-1', amount: 12, at: startAt }

export function bytesOf(payload: unknown): Uint8Array {
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

export function signatureOf(body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** A signed request whose body is in hand; `headers` are added, or replace the signature. */
export function signed(payload: unknown, headers: readonly string[] = []): WebhookRequest {
  const body = payload instanceof Uint8Array ? payload : bytesOf(payload)
  const replaced = headers.some((name) => name.toLowerCase() === 'x-acme-signature')
  const signature = replaced ? [] : ['X-Acme-Signature', signatureOf(body)]
  return {
    method: 'POST',
    url: '/webhooks/acme',
    headers: fromRawHeaders([...signature, ...headers]),
    body,
  }
}

/** The same before its body is read. */
export function incoming(request: WebhookRequest, changes: Partial<IncomingRequest> = {}): IncomingRequest {
  const { body, ...head } = request
  return { ...head, read: () => body, ...changes }
}

export interface Bench {
  readonly receiver: Receiver<AcmeEvents>
  readonly clock: ManualClock
  readonly observations: Observation[]
  codes(): string[]
}

/** A receiver on a clock that stands still, and everything that it observes. */
export function bench(
  options: ReceiverOptions<AcmeEvents> = {},
  changes: Partial<Provider<AcmeEvents>> = {},
): Bench {
  const clock = manualClock()
  const observations: Observation[] = []
  const silent = (): void => {}
  const usual = {
    clock,
    observer: (observation: Observation) => observations.push(observation),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  }
  const inbox = memoryInbox({ clock, random: () => 1, maxIdempotencyKeys: 1_000 })
  const receiver = createReceiver(
    acme(changes),
    options.ack === 'handled' ? { ...usual, ...options } : { ...usual, inbox, ...options },
  )
  const codes = (): string[] =>
    observations.flatMap((observation) => (observation.type === 'rejected' ? [observation.code] : []))
  return { receiver, clock, observations, codes }
}
