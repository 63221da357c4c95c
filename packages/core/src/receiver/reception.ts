import type { RecentPayloads } from '../handlers/recent-payloads.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Observer } from '../model/observation.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import type { WebhookRequest } from '../model/request.ts'
import { type Acceptance, type Arrived, toArrived } from './acceptance.ts'
import type { AckStrategy } from './ack/strategy.ts'
import { prepareKeys } from './authenticate.ts'
import { type DeliverySettings, type Known, toDelivery } from './build-delivery.ts'
import type { Greeting, Handshakes } from './handshakes.ts'
import { toExposed } from './keep-headers.ts'
import { type Proven, prove } from './prove.ts'
import type { Opened } from './read-body.ts'
import { type Reading, toReading } from './reading.ts'
import type { Receiver } from './receiver.ts'
import { letReconcile } from './reconciling.ts'
import { notTaken, type Refusal, type Refuse, stale } from './refusal.ts'
import type { RequestScope } from './request-scope.ts'
import type { ReceiverSettings } from './settings.ts'
import { checkTolerance } from './tolerance.ts'

/** Dependencies of {@link Reception}. */
export interface ReceptionSettings {
  readonly provider: Provider<object>
  readonly settings: ReceiverSettings
  readonly handshakes: Handshakes
  readonly acceptance: Acceptance
  readonly ack: AckStrategy
  readonly receiver: Pick<Receiver<never>, 'inbox'>
  readonly payloads: RecentPayloads
  readonly observer: Observer
  readonly refuse: Refuse
  readonly isClosing: () => boolean
  /** Begins to hand out. */
  readonly start: () => void
}

/** Steps 3 to 7: a request's way from its bytes to the outcome. */
export class Reception {
  /** What it is made of. */
  readonly parts: ReceptionSettings
  readonly #reading: Reading
  readonly #delivery: DeliverySettings
  /** Whether nobody's code has seen a payload, which may have changed it. */
  readonly #keepsPayloads: boolean

  constructor(dependencies: ReceptionSettings) {
    const { provider, settings } = dependencies
    this.parts = dependencies
    this.#reading = toReading(provider)
    this.#delivery = { ...settings, expose: toExposed(provider) }
    this.#keepsPayloads = settings.orderingKey === undefined && typeof provider.tenantOf !== 'function'
    const { receiver } = dependencies
    const { inbox } = receiver
    letReconcile(receiver, { ...dependencies, inbox, reading: this.#reading, delivery: this.#delivery })
  }

  receive(request: WebhookRequest, scope: RequestScope): Awaitable<Outcome> {
    const { handshakes, provider, settings, refuse } = this.parts
    const greeted = handshakes.answerUnproven(request)
    if (greeted) return this.greet(greeted, request.method, scope)
    const { acceptTimeoutMs, clock } = settings
    if (provider.scheme.prepare === undefined) return this.#receiveProvable(request, scope)
    const leftMs = Math.max(0, scope.until - clock.monotonic())
    // The inbox has its time after them, and half of what is left where that is short.
    const timeoutMs = Math.max(leftMs / 2, leftMs - acceptTimeoutMs)
    const waiting = prepareKeys(provider.scheme, request, { timeoutMs, clock })
    if (waiting === undefined) return this.#receiveProvable(request, scope)
    return waiting.then((fault) => (fault ? refuse(fault, scope) : this.#receiveProvable(request, scope)))
  }

  /** The answer to a handshake. */
  greet(greeted: Greeting | Refusal, method: string, scope: RequestScope): Outcome {
    const { observer, provider, refuse } = this.parts
    if ('code' in greeted) return refuse(greeted, scope)
    observer({ type: 'handshake', provider: provider.name, method, told: greeted.told })
    return { kind: 'answered', ...greeted.answer }
  }

  #receiveProvable(request: WebhookRequest, scope: RequestScope): Awaitable<Outcome> {
    const { settings, provider, handshakes, acceptance, refuse, isClosing, start } = this.parts
    const proven = prove(request, this.#reading, handshakes)
    if ('code' in proven) return refuse(proven, scope, request)
    const now = settings.clock.now()
    const { time } = this.#reading
    const fresh = checkTolerance(proven.time, time, settings.tolerance, now)
    const { keyId } = proven
    const late = 'code' in fresh ? { ...stale(fresh.code, proven.time, time, now), keyId } : undefined
    const [first] = proven.events
    if (late && (settings.onStale === 'refuse' || first === undefined))
      return refuse({ ...late, event: first?.envelope.type }, scope)
    if (proven.greeting) return this.greet(proven.greeting, request.method, scope)
    const occurredAt = 'code' in fresh ? undefined : fresh.occurredAt
    const receivedAt = new Date(now)
    const trace = scope.headers
    const known = { provider: provider.name, occurredAt, receivedAt, trust: 'signed' as const, trace }
    const arrived = proven.events.map((opened) => this.#arrive(request, opened, proven, known))
    if (isClosing()) return refuse({ ...notTaken('closed', arrived[0]?.delivery), keyId }, scope)
    if (late) return acceptance.keepStale(arrived, late, scope)
    start()
    return acceptance.accept(arrived, receivedAt, scope)
  }

  #arrive(request: WebhookRequest, opened: Opened, proven: Proven, known: Known): Arrived {
    const delivery = toDelivery(request, opened, proven, this.#delivery, known)
    if (this.#keepsPayloads) this.parts.payloads.put(delivery, opened.payload)
    return toArrived(delivery, opened, this.#reading, this.parts.provider.events)
  }
}
