import { admit } from './admit.ts'
import { type Delivery, toDeliveryId, toFingerprint } from './delivery.ts'
import type { UnknownEvent } from './event.ts'
import { checkFreshness, type FreshnessWindow, minRetentionMs } from './freshness.ts'
import { createHandle } from './handle.ts'
import type { AcceptResult, Consumer, Inbox } from './inbox/inbox.ts'
import { type ByteBudget, createByteBudget } from './lib/byte-budget.ts'
import type { Clock } from './lib/clock.ts'
import { timedOut, withDeadline } from './lib/deadline.ts'
import { type Awaitable, isPromiseLike } from './lib/options.ts'
import { warnOnce } from './lib/warn.ts'
import { type Logger, logSignal } from './logger.ts'
import { open } from './open.ts'
import { accepted, type Outcome, rejected } from './outcome.ts'
import type { Envelope, Provider } from './provider.ts'
import { type ReceiverOptions, type ReceiverSettings, toSettings } from './receiver-options.ts'
import type { RejectionCode } from './rejection.ts'
import type { IncomingRequest, WebhookRequest } from './request.ts'
import { createRouter, type Handler, type Registration, type Router } from './router.ts'
import type { Signal } from './signal.ts'

/** Requests in, outcomes out; and, behind the inbox, events to handlers. */
export interface Receiver<Events extends object> extends Registration<Events> {
  /** Whose webhooks it receives. */
  readonly provider: Provider<Events>
  /** The path that adapters answer. */
  readonly path: string
  /** Where deliveries are kept. */
  readonly inbox: Inbox
  /** Whether a path is the receiver's, with or without a trailing slash; case matters. */
  answers(path: string): boolean
  /** The whole way of a request to its answer, its body not yet read. Never rejects. */
  handle(request: IncomingRequest): Promise<Outcome>
  /**
   * The same from authenticity on, for bytes in hand. Answers with a value when the inbox does. Never
   * throws or rejects.
   */
  receive(request: WebhookRequest): Awaitable<Outcome>
  /**
   * Resolves when nothing that was accepted is left to handle, retries included. For runtimes that end with the
   * answer unless they are told to wait.
   */
  atRest(): Promise<void>
  /**
   * Refuses new deliveries (503), lets handlers finish, and closes the inbox.
   * @param options.timeoutMs the longest wait for handlers, in milliseconds; default 10 000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>
}

/**
 * Makes a receiver for one provider's webhooks.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function createReceiver<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events> = {},
): Receiver<Events> {
  return new ReceiverImpl(provider, options)
}

class ReceiverImpl<Events extends object> implements Receiver<Events> {
  readonly provider: Provider<Events>
  readonly path: string
  readonly inbox: Inbox
  readonly #settings: ReceiverSettings
  readonly #router: Router<Events>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #freshness: FreshnessWindow
  readonly #minRetentionMs: number
  readonly #bytesInFlight: ByteBudget
  readonly #consumer: Consumer
  #closing = false

  constructor(provider: Provider<Events>, options: ReceiverOptions<Events>) {
    this.provider = provider
    this.#settings = toSettings(provider, options)
    this.#router = createRouter(provider, options.on, options.onUnknown)
    const { path, inbox, clock, logger, freshness } = this.#settings
    this.path = path
    this.inbox = inbox
    this.#clock = clock
    this.#logger = logger
    this.#freshness = freshness
    this.#bytesInFlight = createByteBudget(this.#settings.maxBytesInFlight)
    this.#minRetentionMs = minRetentionMs(freshness, provider.time)
    this.#consumer = this.#consume()
    for (const { code, message } of provider.cautions ?? []) warnOnce(code, message)
  }

  readonly on: Registration<Events>['on'] = (pattern, handler) => this.#router.on(pattern, handler)

  readonly onUnknown = (handler: Handler<UnknownEvent>): void => this.#router.onUnknown(handler)

  answers(path: string): boolean {
    return path === this.path || path === (this.path.endsWith('/') ? this.path.slice(0, -1) : `${this.path}/`)
  }

  async handle(request: IncomingRequest): Promise<Outcome> {
    const startedAt = this.#clock.monotonic()
    const refusal = admit(request, this.provider.scheme, this.#settings)
    if (refusal) return this.#refuse(refusal)
    const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = this.#settings
    const share = this.#bytesInFlight.share()
    try {
      const body = await request.read({ maxBytes, timeoutMs, clock: this.#clock, take: share.take })
      if (typeof body === 'string') return this.#refuseUnread(body, request)
      const { method, url, headers } = request
      return await this.#receive({ method, url, headers, body }, startedAt)
    } finally {
      share.giveBack()
    }
  }

  receive(request: WebhookRequest): Awaitable<Outcome> {
    return this.#receive(request, this.#clock.monotonic())
  }

  #receive(request: WebhookRequest, startedAt: number): Awaitable<Outcome> {
    const verdict = this.provider.scheme.verify(request)
    if (typeof verdict === 'string') return this.#refuse(verdict)
    const fingerprint = toFingerprint(request.body)
    let envelope: Envelope | RejectionCode
    try {
      envelope = open(request, this.provider, fingerprint)
    } catch (error) {
      return this.#refuse('envelope-invalid', error)
    }
    if (typeof envelope === 'string') return this.#refuse(envelope)
    const now = this.#clock.now()
    const occurredAt = checkFreshness(envelope.time, this.provider.time, this.#freshness, now)
    if (typeof occurredAt === 'string') return this.#refuse(occurredAt)
    const { type, identity = [fingerprint] } = envelope
    const { name } = this.provider
    const delivery: Delivery = {
      id: toDeliveryId(name, type, identity),
      provider: name,
      type,
      fingerprint,
      keyId: verdict.keyId,
      occurredAt,
      receivedAt: new Date(now),
      body: request.body,
    }
    return this.#accept(delivery, startedAt)
  }

  #accept(delivery: Delivery, startedAt: number): Awaitable<Outcome> {
    if (this.#closing) return this.#refuse('closed')
    try {
      const result = this.inbox.accept(delivery, { minRetentionMs: this.#minRetentionMs })
      if (!isPromiseLike(result)) return this.#acknowledge(delivery, result)
      return this.#acceptLater(delivery, result, startedAt)
    } catch (error) {
      return this.#refuse('inbox-failed', error)
    }
  }

  async #acceptLater(
    delivery: Delivery,
    result: PromiseLike<AcceptResult>,
    startedAt: number,
  ): Promise<Outcome> {
    const { ackTimeoutMs, acceptTimeoutMs } = this.#settings
    const leftMs = ackTimeoutMs - (this.#clock.monotonic() - startedAt)
    try {
      const settled = await withDeadline(result, Math.max(0, Math.min(leftMs, acceptTimeoutMs)), this.#clock)
      if (settled === timedOut) return this.#refuse('inbox-timeout')
      return this.#acknowledge(delivery, settled)
    } catch (error) {
      return this.#refuse('inbox-failed', error)
    }
  }

  #acknowledge(delivery: Delivery, result: AcceptResult): Outcome {
    if (result === 'full') return this.#refuse('inbox-full')
    if (result === 'conflict') return this.#refuse('conflict')
    const { provider, id, type: event, keyId } = delivery
    if (result === 'accepted') this.#signal({ type: 'accepted', provider, id, event, keyId })
    else this.#signal({ type: 'duplicate', provider, id, event })
    return accepted(result, id, delivery.receivedAt)
  }

  #refuse(code: RejectionCode, error?: unknown): Outcome {
    const outcome = rejected(code)
    const about = { provider: this.provider.name, code, status: outcome.status }
    this.#signal({ type: 'rejected', ...about, ...(error === undefined ? undefined : { error }) })
    return outcome
  }

  #refuseUnread(code: RejectionCode, request: IncomingRequest): Outcome {
    if (code !== 'body-consumed') return this.#refuse(code)
    const remedy = request.consumedRemedy ?? 'Hand the request to the receiver before anything reads its body'
    return this.#refuse(code, new Error(`The body was read before the receiver saw it. ${remedy}`))
  }

  #consume(): Consumer {
    const { concurrency, retry } = this.#settings
    const observer = (signal: Signal): void => this.#signal(signal)
    const handle = createHandle(this.provider, this.#router)
    return this.inbox.consume(handle, { provider: this.provider.name, concurrency, retry, observer })
  }

  #signal(signal: Signal): void {
    try {
      logSignal(this.#logger, signal)
      this.#settings.observer?.(signal)
    } catch {
      // An observer or a logger that throws must not change an answer.
    }
  }

  atRest(): Promise<void> {
    return this.#consumer.atRest()
  }

  async close({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing = true
    await this.#consumer.close({ timeoutMs })
    await this.inbox.close({ timeoutMs })
  }
}
