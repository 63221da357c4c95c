import type { Inbox, OfConflict } from '../inbox/inbox.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { isPromiseLike } from '../lib/options.ts'
import { about } from '../lib/tell.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Clock } from '../model/clock.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Observer } from '../model/observation.ts'
import { accepted, answeredEmpty, type Outcome } from '../model/outcome.ts'
import type { Provider, ProviderEvents } from '../model/provider.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { AckStrategy, Decision } from './ack/strategy.ts'
import type { Opened } from './read-body.ts'
import type { Reading } from './reading.ts'
import { failed, notTaken, type Refusal } from './refusal.ts'
import type { RequestScope } from './request-scope.ts'

/** A delivery, and what nobody signed of it. */
export interface Arrived {
  readonly delivery: Delivery
  /** A conflict is worth keeping where nobody can make many of them. */
  readonly ofConflict: OfConflict
  /** Whether a conflict can only be about the type: the idempotency key is the body's. */
  readonly isOfBody: boolean
}

/** A delivery, and what nobody signed of its event. */
export function toArrived(
  delivery: Delivery,
  { envelope }: Pick<Opened, 'envelope'>,
  { covered }: Pick<Reading, 'covered'>,
  events: ProviderEvents<object> | undefined,
): Arrived {
  const { type, signedType, idempotencyKey } = envelope
  const isBodySigned = covered.body || !covered.anything
  const isOfBody = isBodySigned && idempotencyKey === undefined
  const isSigned = type === signedType
  const keepsConflict = isBodySigned && (isSigned || isDocumented(type, events))
  const conflictMessage = isSigned ? undefined : isOfBody ? anotherType : anotherBodyOrType
  return { delivery, ofConflict: { keepsConflict, conflictMessage }, isOfBody }
}

const anotherType = 'The same body was accepted as another type, which nobody signed'
const anotherBodyOrType =
  'Another body, or this one as another type, which nobody signed, was accepted under this idempotency key'

function isDocumented(type: string, events: ProviderEvents<object> | undefined): boolean {
  const names: readonly string[] = Array.isArray(events) ? events : Object.keys(events ?? {})
  return names.includes(type)
}

/** Dependencies of {@link Acceptance}. */
export interface AcceptanceSettings {
  readonly ack: AckStrategy
  readonly inbox: Inbox | undefined
  readonly provider: Pick<Provider<object>, 'answers' | 'limits' | 'time'>
  readonly acceptTimeoutMs: number
  readonly clock: Clock
  readonly observer: Observer
  readonly refuse: (refusal: Refusal, scope: RequestScope) => Outcome
}

/** As many as a store writes down at once. */
const atOnce = 64
/** The sender's retry finds the store otherwise; the rest of a batch would not. */
const ofStore: ReadonlySet<RejectionCode> = new Set([
  'inbox-full',
  'inbox-failed',
  'inbox-timeout',
  'dedupe-full',
  'dedupe-failed',
  'dedupe-timeout',
  'closed',
])

/** What is left of the time for which a sender retries; known where the signed time is that of the event, and so of its first attempt. */
function retriesLeft(
  { limits, time }: AcceptanceSettings['provider'],
  occurredAt: Date | undefined,
  clock: Clock,
): number | undefined {
  if (limits?.retriesForMs === undefined || time?.of !== 'event' || occurredAt === undefined) return undefined
  return Math.max(0, occurredAt.getTime() + limits.retriesForMs - clock.now())
}

function isOfStore(outcome: Outcome): boolean {
  return outcome.kind === 'rejected' && ofStore.has(outcome.code)
}

function* inTurns<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}

/** Step 7: deliveries → the answer. All of a batch are taken, or the sender is told to come again. */
export class Acceptance {
  readonly #settings: AcceptanceSettings

  constructor(settings: AcceptanceSettings) {
    this.#settings = settings
  }

  accept(arrived: readonly Arrived[], receivedAt: Date, scope: RequestScope): Awaitable<Outcome> {
    const [only, another] = arrived
    if (only === undefined) return answeredEmpty(receivedAt, this.#settings.provider.answers)
    if (another === undefined) return this.#acceptOne(only, scope)
    return this.#acceptAll(arrived, receivedAt, scope)
  }

  #acceptOne(one: Arrived, scope: RequestScope): Awaitable<Outcome> {
    const decision = this.#settings.ack.accept(one.delivery, scope.until, one.ofConflict)
    if (!isPromiseLike(decision)) return this.#acknowledge(one, decision, scope)
    return Promise.resolve(decision).then((later) => this.#acknowledge(one, later, scope))
  }

  async #acceptAll(arrived: readonly Arrived[], receivedAt: Date, scope: RequestScope): Promise<Outcome> {
    const outcomes: Outcome[] = []
    for (const some of inTurns(arrived, Math.min(atOnce, this.#settings.ack.concurrency))) {
      outcomes.push(...(await Promise.all(some.map((one) => this.#acceptOne(one, scope)))))
      // A store that is down or full is not asked for each of ten thousand.
      if (outcomes.some(isOfStore)) break
    }
    const refused = outcomes.filter((outcome) => outcome.kind === 'rejected')
    const worst = refused.find(({ status }) => status >= 500) ?? refused[0]
    if (worst) return worst
    const kind = outcomes.some((outcome) => outcome.kind === 'accepted') ? 'accepted' : 'duplicate'
    const ids = arrived.map(({ delivery }) => delivery.id)
    return accepted(kind, ids, receivedAt, undefined, this.#settings.provider.answers)
  }

  #acknowledge(
    { delivery, isOfBody }: Arrived,
    { decision, response, error }: Decision,
    scope: RequestScope,
  ): Outcome {
    if (decision !== 'accepted' && decision !== 'duplicate') {
      const code = decision === 'conflict' && isOfBody ? 'type-conflict' : decision
      return this.#notTake(delivery, code, error, scope)
    }
    const { keyId, occurredAt, receivedAt } = delivery
    const { observer, clock, provider } = this.#settings
    observer({
      type: decision,
      ...about(delivery),
      keyId,
      durationMs: clock.monotonic() - scope.startedAt,
      signedAgoMs: occurredAt && receivedAt.getTime() - occurredAt.getTime(),
    })
    return accepted(decision, [delivery.id], receivedAt, response, provider.answers)
  }

  #notTake(delivery: Delivery, code: RejectionCode, error: unknown, scope: RequestScope): Outcome {
    const { provider, clock, refuse } = this.#settings
    const retriesLeftMs = retriesLeft(provider, delivery.occurredAt, clock)
    return refuse({ ...notTaken(code, delivery, error), retriesLeftMs }, scope)
  }

  /** The sender is told the same as without keeping; what cannot be kept is refused all the same. */
  async keepStale(arrived: readonly Arrived[], refusal: Refusal, scope: RequestScope): Promise<Outcome> {
    const outcomes: Outcome[] = []
    for (const some of inTurns(arrived, atOnce))
      outcomes.push(
        ...(await Promise.all(some.map(({ delivery }) => this.#keepOne(delivery, refusal, scope)))),
      )
    return outcomes[0] as Outcome
  }

  async #keepOne(delivery: Delivery, late: Refusal, scope: RequestScope): Promise<Outcome> {
    const { inbox, acceptTimeoutMs, clock, refuse } = this.#settings
    const refusal = { ...late, event: delivery.type, id: delivery.id }
    const timeoutMs = Math.min(acceptTimeoutMs, Math.max(0, scope.until - clock.monotonic()))
    try {
      const kept = inbox?.deadLetter(delivery, 'stale')
      if ((await withDeadline(Promise.resolve(kept), timeoutMs, clock)) !== timedOut)
        return refuse(refusal, scope)
      const error = new Error(`The inbox did not keep it within ${timeoutMs} ms`)
      return refuse({ ...refusal, error }, scope)
    } catch (error) {
      return refuse({ ...refusal, ...failed(refusal.code, error) }, scope)
    }
  }
}
