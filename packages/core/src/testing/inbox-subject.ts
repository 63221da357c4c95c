import assert from 'node:assert/strict'
import type {
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  HandleDone,
  HandleFailed,
  Inbox,
  OfConflict,
} from '../inbox/inbox.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { DeadLetterSummary } from '../model/dead-letter.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Observation } from '../model/observation.ts'
import { toBodyHash, toDeliveryId } from '../receiver/build-delivery.ts'

/** An inbox under test. */
export interface InboxSubject {
  /** The inbox: empty, and of this subject alone. */
  readonly inbox: Inbox
  /** Another instance on the same storage, as after a crash of the first; a durable inbox has it. */
  reopen?(): Awaitable<Inbox>
  /** An inbox of its own that is full with so many deliveries that are not yet handled; a bounded inbox has it. */
  bounded?(maxDeliveries: number): Awaitable<Inbox>
  /** An inbox of its own that keeps the bodies of what is handled for an hour at the least; an inbox with an event log has it. */
  retaining?(): Awaitable<Inbox>
  /**
   * Ends `inbox`, or an instance that `reopen` made, as SIGKILL ends its process: from now on it renews, settles and gives
   * back nothing, though its handlers may go on. Give such a subject short leases: cases wait for one to run out.
   * @returns a function that lets it go on, as a process that had only stood still
   */
  crash?(instance: Inbox): Awaitable<() => Awaitable<void>>
  /** Sets the wall clock of all its instances, by so many milliseconds forward, or back where it is negative. */
  setClock?(byMs: number): Awaitable<void>
  /** Closes what it opened, and frees what it holds. */
  dispose(): Awaitable<void>
}

/**
 * Abilities that not every inbox has: leaving to others the types that nothing handles (`types`), telling copies from what was
 * accepted (`copies`), handing out in order of arrival (`order`) and one at a time by key (`orderingKey`), keeping
 * over a restart (`reopen`), several instances on one storage at once, as of several processes (`share`), giving back at
 * a close what is not finished (`giveBack`), forgetting an idempotency key soon after the shortest retention asked (`forget`),
 * refusing what is beyond a bound (`bounded`), showing what a crashed instance leaves behind (`crash`), working under a
 * wall clock that a test can set (`clock`), listing deliveries in every state (`deliveries`), and keeping the bodies of
 * what is handled (`retain`).
 */
export type InboxAbility = (typeof inboxAbilities)[number]

export const inboxAbilities = [
  'types',
  'copies',
  'order',
  'orderingKey',
  'reopen',
  'share',
  'giveBack',
  'forget',
  'bounded',
  'crash',
  'clock',
  'deliveries',
  'retain',
] as const

/** Cases by name; the names of what they need stand before a colon. */
export type InboxChecks = Readonly<Record<string, (subject: InboxSubject) => Promise<void>>>

/** A consumer with what was handed out to it and what its observer was told. */
export interface Watched {
  readonly consumer: Consumer
  readonly handed: Delivery[]
  readonly observations: Observation[]
}

const provider = 'acme'
/** Another name than the provider's: each has its own part. */
const endpoint = 'acme-kyb'
export const done: HandleDone = { status: 'done', handlers: 1 }
export const succeed: Handle = async () => done
const dayMs = 86_400_000

export function failed(message: string, ...completed: string[]): HandleFailed {
  return { status: 'failed', error: new Error(message), completed }
}

/** The value, which must be there. */
export function present<T>(value: T | undefined): T {
  assert.notEqual(value, undefined)
  return value as T
}

/** A delivery unlike any other. */
export function delivery(overrides: Partial<Delivery> = {}): Delivery {
  const body = overrides.body ?? Buffer.from(JSON.stringify({ nonce: crypto.randomUUID() }))
  return {
    id: toDeliveryId(endpoint, 'thing.made', [crypto.randomUUID()]),
    endpoint,
    provider,
    type: 'thing.made',
    bodyHash: toBodyHash(body),
    keyId: 'default',
    occurredAt: new Date(Date.now() - 1_000),
    receivedAt: new Date(),
    headers: {},
    orderingKey: undefined,
    body,
    trust: 'signed',
    ...overrides,
  }
}

/** The same idempotency key with another body. */
export function otherBodyOf(original: Delivery): Delivery {
  return delivery({ id: original.id, type: original.type })
}

export async function accept(
  inbox: Inbox,
  one: Delivery,
  minRetentionMs: number = dayMs,
  options: OfConflict = {},
): Promise<AcceptResult> {
  return await inbox.accept(one, { minRetentionMs, ...options })
}

export async function acceptAll(inbox: Inbox, all: readonly Delivery[]): Promise<void> {
  for (const one of all) assert.equal(await accept(inbox, one), 'accepted')
}

/** Consumes, and starts. */
export function consume(inbox: Inbox, handle: Handle, options: Partial<ConsumeOptions> = {}): Watched {
  const watched = prepare(inbox, handle, options)
  watched.consumer.start()
  return watched
}

/** Consumes, and does not start yet. */
export function prepare(inbox: Inbox, handle: Handle, options: Partial<ConsumeOptions> = {}): Watched {
  const handed: Delivery[] = []
  const observations: Observation[] = []
  const consumer = inbox.consume(
    (one, lease) => {
      handed.push(one)
      return handle(one, lease)
    },
    {
      endpoint,
      handles: () => ({ except: [] }),
      concurrency: 4,
      retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 5 },
      observer: (observation) => void observations.push(observation),
      ...options,
    },
  )
  return { consumer, handed, observations }
}

/** Observations of this kind. */
export function told<Type extends Observation['type']>(
  { observations }: Watched,
  type: Type,
): Extract<Observation, { readonly type: Type }>[] {
  return observations.filter((each): each is Extract<Observation, { type: Type }> => each.type === type)
}

/** Accepts all of them and makes dead letters of them. */
export async function deadLetterAll(inbox: Inbox, all: readonly Delivery[]): Promise<void> {
  await acceptAll(inbox, all)
  const error = new Error('It cannot be handled')
  const { consumer } = consume(inbox, async () => ({ status: 'dead', reason: 'unrecoverable', error }))
  await consumer.onIdle()
  await consumer.close({ timeoutMs: 5_000 })
}

export async function listDead(inbox: Inbox): Promise<readonly DeadLetterSummary[]> {
  return (await inbox.deadLetters.list()).letters
}

/** Waits until it is so, for 60 s at most. */
export async function until(what: string, isSo: () => Awaitable<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, `not within 60 s: ${what}`)
    await pause(5)
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

/** A promise to be resolved from outside. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const opener = new AbortController()
  const opened = new Promise<void>((resolve) => opener.signal.addEventListener('abort', () => resolve()))
  return { opened, open: () => opener.abort() }
}
