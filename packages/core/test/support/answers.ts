import { expect } from 'vitest'
import {
  type AckOnAcceptedOptions,
  type Inbox,
  memoryInbox,
  type Outcome,
  type Provider,
} from '../../src/index.ts'
import { type AcmeEvents, bench, incoming, paid, signed } from './acme.ts'
import { settled } from './clock.ts'

export const misconfigured = { status: 500, body: '{"error":"misconfigured"}', kind: 'rejected' }
export const unavailable = { status: 503, body: '{"error":"unavailable"}', kind: 'rejected' }
export const malformed = { status: 400, body: '{"error":"malformed"}', kind: 'rejected' }

export const smallInbox = (): Inbox => memoryInbox({ maxIdempotencyKeys: 10 })

/** The answers of both ways into a receiver to an authentic request, and the lines of the log; no handler may run. */
export async function answers(
  changes: Partial<Provider<AcmeEvents>>,
  options: AckOnAcceptedOptions<AcmeEvents> = {},
): Promise<{ outcomes: Outcome[]; lines: string[] }> {
  const lines: string[] = []
  const silent = (): void => {}
  // Of the second refusal of its kind in a minute the line is `debug`.
  const note = (_: object, message: string): void => void lines.push(message)
  const { receiver } = bench(
    { inbox: smallInbox(), logger: { debug: note, info: silent, warn: silent, error: note }, ...options },
    changes,
  )
  receiver.on('*', () => expect.unreachable())
  const outcomes = [await receiver.handle(incoming(signed(paid))), await receiver.receive(signed(paid))]
  await settled()
  expect((await receiver.inbox?.stats())?.waiting ?? 0).toBe(0)
  return { outcomes, lines }
}
