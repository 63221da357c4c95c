import { createHmac } from 'node:crypto'
import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  type Inbox,
  memoryInbox,
  type Observation,
  type Outcome,
  type Provider,
  type Receiver,
  type ReceiverOptions,
  type WebhookRequest,
} from '../../src/index.ts'
import { bytesOf } from './acme.ts'
import { type ManualClock, manualClock } from './clock.ts'

/** Not that of `acme`: one key at two endpoints is a warning. */
const secret = 'another-secret-of-more-than-sixteen-bytes'

/** Events whose payloads nobody documents. */
export interface AnyEvents {
  [name: string]: Record<string, unknown>
}

/** The options of a receiver with an inbox. */
type Options = Extract<ReceiverOptions<AnyEvents>, { ack?: 'accepted' }>

/** A provider that is nobody's and states all as data: the body is signed, and has a type and an id. */
export function ruled(changes: Partial<Provider<AnyEvents>> = {}): Provider<AnyEvents> {
  return defineProvider<AnyEvents>({
    name: 'ruled',
    path: '/webhooks/ruled',
    scheme: hmac({ header: 'X-Acme-Signature', secret }),
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    ...changes,
  })
}

/** A receiver of {@link ruled} on a clock that stands still, and everything that it says. */
export interface RuledBench {
  readonly receiver: Receiver<AnyEvents>
  readonly inbox: Inbox
  readonly clock: ManualClock
  readonly observations: Observation[]
  /** Lines of the log, without those of each single delivery. */
  readonly lines: string[]
  codes(): string[]
}

export function ruledBench(
  changes: Partial<Provider<AnyEvents>> = {},
  options: Options = {},
  level: 'accepted' | 'handled' = 'accepted',
): RuledBench {
  const clock = manualClock()
  const observations: Observation[] = []
  const lines: string[] = []
  const note = (_: object, message: string): void => {
    // Files share a process, and their providers a key.
    if (!message.includes('take the same key')) lines.push(message)
  }
  const inbox = options.inbox ?? memoryInbox({ clock, random: () => 1, maxIdempotencyKeys: 20_000 })
  const usual = {
    clock,
    observer: (observation: Observation) => observations.push(observation),
    logger: { debug: () => {}, info: note, warn: note, error: note },
  }
  const { inbox: _, ...others } = options
  const all = level === 'handled' ? { ...usual, ...others, ack: level } : { ...usual, ...options, inbox }
  const receiver = createReceiver(ruled(changes), all as ReceiverOptions<AnyEvents>)
  const codes = (): string[] =>
    observations.flatMap((observation) => (observation.type === 'rejected' ? [observation.code] : []))
  return { receiver, inbox, clock, observations, lines, codes }
}

/** A signed request, with other headers. */
export function request(
  payload: unknown,
  headers: readonly string[] = [],
  changes: Partial<WebhookRequest> = {},
): WebhookRequest {
  const body = payload instanceof Uint8Array ? payload : bytesOf(payload)
  const raw = ['X-Acme-Signature', createHmac('sha256', secret).update(body).digest('hex'), ...headers]
  return { method: 'POST', url: '/webhooks/ruled', headers: fromRawHeaders(raw), body, ...changes }
}

/** What became of a request, in a word or a code. */
export function verdictOf(outcome: Outcome): string {
  return outcome.kind === 'rejected' ? `${outcome.status} ${outcome.code}` : outcome.kind
}

/** How often each of them came. */
export function countsOf(verdicts: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return Object.fromEntries(counts)
}
