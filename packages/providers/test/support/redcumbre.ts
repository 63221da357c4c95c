import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import {
  type AckOnAcceptedOptions,
  createReceiver,
  fromRawHeaders,
  memoryInbox,
  type Observation,
  type WebhookRequest,
} from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '../../src/redcumbre/index.ts'

export const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

const folder = new URL('../../../../test/fixtures/redcumbre/', import.meta.url)

const files = readdirSync(folder)

export const names = files.map((file) => file.replace(/\.json$/, '')) as (keyof RedcumbreEvents)[]

export type Payload = Record<string, unknown> & { timestamp: string }

export function fixture(name: string): Payload {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Payload
}

export function request(body: string | Buffer): WebhookRequest {
  const bytes = Buffer.from(body)
  const signature = createHmac('sha256', secret).update(bytes).digest('hex')
  return {
    method: 'POST',
    url: '/',
    headers: fromRawHeaders(['X-Webhook-Signature', signature]),
    body: bytes,
  }
}

export const silent = (): void => {}

/** A receiver whose clock stands at a payload's time. */
export function receiverAt(timestamp: string, options: AckOnAcceptedOptions<RedcumbreEvents> = {}) {
  const observations: Observation[] = []
  const now = Date.parse(timestamp)
  const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
  const receiver = createReceiver(redcumbre(secret), {
    handle: 'all',
    clock,
    inbox: memoryInbox({ clock, maxIdempotencyKeys: 1_000 }),
    observer: (observation) => observations.push(observation),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...options,
  })
  const receive = (payload: unknown) => receiver.receive(request(JSON.stringify(payload)))
  return { receiver, observations, receive }
}

/** The outcome of each payload. */
export async function kindsOf(...payloads: readonly Payload[]): Promise<readonly string[]> {
  const { receive } = receiverAt(String(payloads[0]?.timestamp))
  const kinds: string[] = []
  for (const payload of payloads) {
    const outcome = await receive(payload)
    kinds.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind)
  }
  return kinds
}

/** The payload at a later time, as a retry whose time was made anew states it, or as the next event does. */
export function later(payload: Payload, ms = 1_000): Payload {
  return { ...payload, timestamp: new Date(Date.parse(payload.timestamp) + ms).toISOString() }
}
