import { RecentPayloads } from '../handlers/recent-payloads.ts'
import type { Handler, HandlerOptions, Registration } from '../handlers/registration.ts'
import { createRouter, type Router } from '../handlers/router.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { sturdyClock } from '../lib/check-clock.ts'
import { checkEngine } from '../lib/check-engine.ts'
import { checkOptions } from '../lib/check-options.ts'
import { checkTimeoutMs, isPromiseLike } from '../lib/options.ts'
import { pathMatcher } from '../lib/paths.ts'
import { tell } from '../lib/tell.ts'
import { writeFailure } from '../log/logger.ts'
import { createObservationLog, type ObservationLog } from '../log/observation-log.ts'
import { warnOnce } from '../log/warn.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Clock } from '../model/clock.ts'
import type { UnknownEvent } from '../model/event.ts'
import type { Observation, Observer } from '../model/observation.ts'
import { type Outcome, rejected } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import type { IncomingRequest, WebhookRequest } from '../model/request.ts'
import { Acceptance } from './acceptance.ts'
import { chooseAckStrategy } from './ack/choose-strategy.ts'
import type { AckStrategy } from './ack/strategy.ts'
import { stayAwake, toEndWarning, toHold } from './after-answer.ts'
import { Handshakes } from './handshakes.ts'
import { hintOf } from './hint.ts'
import { Intake } from './intake.ts'
import { type LateCaptures, loadCaptures } from './load-captures.ts'
import { loadKeys } from './load-keys.ts'
import { letWatchPaths } from './misrouted.ts'
import type { ReceiverOptions } from './options.ts'
import type { Receiver } from './receiver.ts'
import { Reception } from './reception.ts'
import { failed, type Refusal, type Refuse, type RefusedHead, toRejected } from './refusal.ts'
import { mayReadTrace, RequestScope, type ScopeHead, type ScopeSettings } from './request-scope.ts'
import { type ReceiverSettings, toSettings } from './settings.ts'
import { warnOfSharedKeys } from './shared-keys.ts'
import { traceRequest } from './trace-request.ts'
import type { TraceCarrier } from './tracer.ts'

/**
 * Makes a receiver for one provider's webhooks.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { concurrency: 5 })
 * receiver.on('bhe.emitida', async ({ id, payload }, { log }) => {
 *   log.info({ id }, payload.bheId)
 * })
 * receiver.work()
 */
export function createReceiver<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events> = {},
): Receiver<Events> {
  checkEngine()
  return new ReceiverImpl(provider, options)
}

class ReceiverImpl<Events extends object> implements Receiver<Events> {
  readonly provider: Provider<Events>
  readonly path: string
  readonly inbox: Inbox | undefined
  readonly answers: (path: string) => boolean
  readonly #settings: ReceiverSettings
  readonly #router: Router<Events>
  readonly #clock: Clock
  readonly #sturdyClock: Clock
  readonly #intake: Intake
  readonly #ack: AckStrategy
  readonly #handshakes: Handshakes
  readonly #reception: Reception
  readonly #scope: ScopeSettings
  readonly #payloads = new RecentPayloads()
  readonly #log: ObservationLog
  readonly #captures: LateCaptures | undefined
  readonly #hold = toHold()
  readonly #warnOfEnd: (() => void) | undefined
  #started = false
  #closing = false

  constructor(provider: Provider<Events>, options: ReceiverOptions<Events>) {
    this.provider = provider
    this.#settings = toSettings(provider, options)
    this.#router = createRouter(provider, options)
    const { path, clock, acknowledging, ackTimeoutMs } = this.#settings
    this.#scope = { readsHeaders: mayReadTrace(provider.scheme), ackTimeoutMs }
    this.path = path
    this.answers = pathMatcher(path)
    this.inbox = acknowledging.ack === 'handled' ? undefined : acknowledging.inbox
    this.#clock = clock
    this.#sturdyClock = sturdyClock(clock)
    this.#warnOfEnd = toEndWarning(acknowledging)
    this.#captures = loadCaptures(provider, this.#settings)
    this.#log = createObservationLog(this.#settings.logger, this.#sturdyClock)
    const observer: Observer = (observation) => this.#signal(observation)
    this.#ack = chooseAckStrategy(provider, this.#router, this.#settings, this.#payloads, observer)
    this.#handshakes = new Handshakes(provider.handshakes, provider.scheme)
    this.#reception = this.#toReception(observer)
    this.#intake = new Intake(this.#reception)
    letWatchPaths(this, { provider, ...this.#settings, observer })
    warnOfSharedKeys(provider.scheme, this.#settings.endpoint, this.#settings.logger)
    for (const { code, message } of provider.warnings ?? []) warnOnce(code, message)
  }

  #toReception(observer: Observer): Reception {
    const refuse: Refuse = (refusal, scope, request) => this.#refuse(refusal, scope, request)
    const { provider, inbox } = this
    return new Reception({
      provider: provider as Provider<object>,
      settings: this.#settings,
      handshakes: this.#handshakes,
      acceptance: new Acceptance({
        ack: this.#ack,
        inbox,
        provider,
        acceptTimeoutMs: this.#settings.acceptTimeoutMs,
        clock: this.#sturdyClock,
        observer,
        refuse,
      }),
      payloads: this.#payloads,
      ack: this.#ack,
      receiver: this,
      observer,
      refuse,
      isClosing: () => this.#closing,
      start: () => this.#start(),
    })
  }

  readonly on: Registration<Events>['on'] = (pattern: string, handler: unknown, options?: HandlerOptions) => {
    this.#router.add(pattern, handler, options)
    this.#lookAgain()
  }

  readonly onUnknown = (handler: Handler<UnknownEvent>, options?: HandlerOptions): void => {
    this.#router.onUnknown(handler, options)
    this.#lookAgain()
  }

  readonly respond: Registration<Events>['respond'] = (pattern, responder) => {
    if (this.inbox)
      throw new TypeError("respond needs ack: 'handled': else the answer does not wait for handlers")
    this.#router.respond(pattern, responder)
  }

  work(): void {
    if (this.#ack.isAcceptOnly)
      throw new TypeError('work() in a receiver with work: false, which only accepts: leave one of them out')
    this.#start()
  }

  async handle(request: IncomingRequest): Promise<Outcome> {
    return traceRequest(request, this.provider.name, this.#settings, (carrier) =>
      this.#handle(request, carrier),
    )
  }

  receive(request: WebhookRequest): Awaitable<Outcome> {
    if (!this.#settings.tracer) return this.#receive(request)
    return traceRequest(request, this.provider.name, this.#settings, async (carrier) =>
      this.#receive(request, carrier),
    )
  }

  async #handle(request: IncomingRequest, carrier?: TraceCarrier): Promise<Outcome> {
    let scope: RequestScope | undefined
    let body: Uint8Array | undefined
    const take = async (): Promise<Outcome> => {
      this.#start()
      scope = this.#toScope(request, carrier)
      return this.#intake.take(request, scope, (bytes) => {
        body = bytes
      })
    }
    const outcome = await this.#hold(take()).catch((error: unknown) => {
      return { ...this.#refuse(failed('receiver-failed', error), scope), close: true }
    })
    this.#captures?.add(request, body, outcome)
    stayAwake(request, outcome, this, this.#warnOfEnd)
    return outcome
  }

  #receive(request: WebhookRequest, carrier?: TraceCarrier): Awaitable<Outcome> {
    let scope: RequestScope | undefined
    const refuse = (error: unknown): Outcome => this.#refuse(failed('receiver-failed', error), scope)
    try {
      scope = this.#toScope(request, carrier)
      const outcome = this.#reception.receive(request, scope)
      const capture = (made: Outcome): Outcome => {
        this.#captures?.add(request, request.body, made)
        return made
      }
      return isPromiseLike(outcome) ? outcome.then(capture).then(undefined, refuse) : capture(outcome)
    } catch (error) {
      return refuse(error)
    }
  }

  #toScope({ headers, timeLeftMs }: ScopeHead, carrier: TraceCarrier | undefined): RequestScope {
    return new RequestScope(headers, this.#clock.monotonic(), this.#scope, carrier, timeLeftMs)
  }

  #refuse(refusal: Refusal, scope: RequestScope | undefined, request?: RefusedHead): Outcome {
    const outcome = rejected(refusal.code, this.provider.answers, this.#handshakes.methods)
    const { name, scheme } = this.provider
    const about = { provider: name, endpoint: this.#settings.endpoint, status: outcome.status }
    const durationMs = scope && this.#sturdyClock.monotonic() - scope.startedAt
    const observation = toRejected(refusal, about, { requestId: scope?.requestId, durationMs })
    this.#signal(observation, request && (() => hintOf(refusal.code, scheme, request)))
    return outcome
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    loadKeys(this.provider, this.#settings)
    this.#ack.start()
  }

  /** Later, when the program has registered all its handlers. */
  #lookAgain(): void {
    if (this.#started)
      Promise.resolve()
        .then(() => this.#ack.start())
        .catch((error) =>
          writeFailure(this.#settings.logger, `${this.provider.name}: the inbox did not start`, error),
        )
  }

  #signal(observation: Observation, hint?: () => string | undefined): void {
    // A logger or an observer that throws must not change an answer, nor silence the others: all are fenced.
    this.#log.write(observation, hint)
    for (const observer of this.#settings.observers) tell(observer, observation)
  }

  onIdle(): Promise<void> {
    return this.#ack.onIdle()
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkOptions('close options', options, { timeoutMs: 'number' })
    const timeoutMs = checkTimeoutMs(options.timeoutMs ?? this.#settings.closeTimeoutMs)
    this.#closing = true
    await this.#ack.close(timeoutMs)
    await this.#captures?.close(timeoutMs)
    this.#log.flush()
  }
}
