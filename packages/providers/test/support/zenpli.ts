import { createHmac } from 'node:crypto'
import {
  type AckOnAcceptedOptions,
  createReceiver,
  fromRawHeaders,
  memoryInbox,
  type Observation,
  type Provider,
} from '@acuse/core'
import { afterEach, vi } from 'vitest'
import type { ZenpliEvents } from '../../src/zenpli/index.ts'

export const secret = 'b1d4c0ffee5eed00b1d4c0ffee5eed01'

export const now = Date.parse('2025-12-10T15:30:00Z')

export const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }

export const callback = { status: 'completed', session_id: '789xyz', result: { score: 0.9 } }

const silent = (): void => {}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

export function bench<Result>(
  provider: Provider<ZenpliEvents<Result>>,
  options: AckOnAcceptedOptions<ZenpliEvents<Result>> = {},
) {
  const observations: Observation[] = []
  const receiver = createReceiver(provider, {
    handle: 'all',
    clock,
    inbox: memoryInbox({ clock, maxIdempotencyKeys: 1_000 }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    observer: (observation) => observations.push(observation),
    ...options,
  })
  const send = async (payload: unknown, headers: Record<string, string>) => {
    const body = Buffer.from(JSON.stringify(payload))
    const raw = Object.entries({ 'X-Session-Id': '789xyz', ...headers }).flat()
    return receiver.receive({ method: 'POST', url: '/', headers: fromRawHeaders(raw), body })
  }
  const hmacOf = (payload: unknown, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', secret).update(JSON.stringify(payload)).digest(encoding)
  const sendHmac = (payload: unknown, headers: Record<string, string> = {}) =>
    send(payload, { 'X-Zenpli-HMAC-Signature': hmacOf(payload), ...headers })
  return { receiver, observations, send, sendHmac, hmacOf }
}
