import { expect } from 'vitest'
import {
  fromRawHeaders,
  type Inbox,
  memoryInbox,
  type Outcome,
  type Provider,
  type WebhookRequest,
} from '../../src/index.ts'
import type { Handshake } from '../../src/provider-kit.ts'
import { incoming } from './acme.ts'
import { type AnyEvents, request, ruledBench, verdictOf } from './ruled.ts'

export type Changes = Partial<Provider<AnyEvents>>

export const token = 'the-token-that-we-gave'

/** An inbox that nobody may ask for anything but to hand out. */
export function untouchable(): Inbox {
  const refuse = () => expect.unreachable('a handshake asked the inbox')
  return Object.assign(memoryInbox({ maxIdempotencyKeys: 10 }), {
    accept: refuse,
    deadLetter: refuse,
    stats: refuse,
  })
}

export interface Sent {
  readonly method?: string
  readonly url?: string
  readonly headers?: readonly string[]
  readonly payload?: unknown
  readonly isSigned?: boolean
}

export function sent({
  method = 'POST',
  url = '/webhooks/ruled',
  headers = [],
  payload = '',
  isSigned = true,
}: Sent): WebhookRequest {
  const signed = request(payload, headers, { method, url })
  return isSigned && method === 'POST' ? signed : { ...signed, headers: fromRawHeaders(headers) }
}

/** What a receiver with handshakes answers, through both of its doors where it has a body. */
export async function answer(handshakes: readonly Handshake[], of: Sent, changes: Changes = {}) {
  const { receiver, observations, codes, lines } = ruledBench(
    { handshakes, ...changes },
    { inbox: untouchable() },
  )
  const outcome = await receiver.handle(incoming(sent(of)))
  return { outcome, verdict: verdictOf(outcome), observations, codes: codes(), lines }
}

/** The parts of an answer that a client sees. */
export function shown({ status, headers, body }: Outcome): Pick<Outcome, 'status' | 'headers' | 'body'> {
  return { status, headers, body }
}
export const nosniff = { 'x-content-type-options': 'nosniff' }
export const plain = { ...nosniff, 'content-type': 'text/plain; charset=utf-8' }
export const json = { ...nosniff, 'content-type': 'application/json' }

export const subscribe: Handshake = {
  method: 'GET',
  proof: { equals: { query: 'hub.verify_token' }, secret: token },
  when: { query: 'hub.mode', is: 'subscribe' },
  answer: { text: { query: 'hub.challenge', as: 'token' } },
}
export const ping: Handshake = { method: 'HEAD', proof: 'none', answer: {} }
export const origin: Handshake = {
  method: 'OPTIONS',
  proof: 'none',
  answer: {
    headers: {
      'WebHook-Allowed-Origin': { header: 'WebHook-Request-Origin', as: 'token' },
      'WebHook-Allowed-Rate': { text: '*' },
    },
  },
}
export const challenge: Handshake = {
  method: 'POST',
  proof: 'scheme',
  when: { body: 'type', is: 'url_verification' },
  answer: { json: { challenge: { body: 'challenge', as: 'token' }, version: 1, kind: 'x' } },
}
export const verification: Handshake = {
  method: 'POST',
  proof: 'none',
  when: { body: 'verification_token', exists: true },
  answer: { status: 202 },
  tell: { body: 'verification_token', as: 'token' },
}
export const all = [subscribe, ping, origin, challenge, verification]

export const hub = (changes: Record<string, string> = {}): string =>
  `/webhooks/ruled?${new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '1158201444', ...changes })}`
