import { takeEndpoint } from '../../inbox/endpoints.ts'
import type { AcceptResult, ConsumeOptions, Consumer, Handle, Inbox, OfConflict } from '../../inbox/inbox.ts'
import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { isPromiseLike } from '../../lib/options.ts'
import { pause } from '../../lib/pace.ts'
import { captureContext } from '../../lib/root-context.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import { pollMs } from './poll.ts'
import type { AckStrategy, Decision, WorkerState } from './strategy.ts'
import { UnhandledReporter } from './unhandled-reporter.ts'
import { remindToWork } from './work-reminder.ts'

/** Settings of {@link AckOnAccepted}. */
export interface AckOnAcceptedSettings extends ConsumeOptions {
  readonly inbox: Inbox
  readonly provider: string
  readonly handle: Handle
  /** Whether deliveries are handed to handlers here. */
  readonly work: boolean
  readonly acceptTimeoutMs: number
  readonly minRetentionMs: number
  readonly clock: Clock
}

/** `ack: 'accepted'`: the answer says that the inbox has the delivery. */
export class AckOnAccepted implements AckStrategy {
  readonly isAcceptOnly: boolean
  readonly concurrency: number = Number.POSITIVE_INFINITY
  readonly #settings: AckOnAcceptedSettings
  #minRetentionMs: number
  readonly #consumer: Consumer | undefined
  readonly #reporter: UnhandledReporter | undefined
  readonly #giveBackEndpoint: () => void
  readonly #forgetReminder: (() => void) | undefined
  #isStarted = false

  constructor(settings: AckOnAcceptedSettings) {
    const { inbox, endpoint, work } = settings
    this.#settings = settings
    this.isAcceptOnly = !work
    this.#minRetentionMs = settings.minRetentionMs
    const giveBacks = (work ? (['accept', 'work'] as const) : (['accept'] as const)).map((part) =>
      takeEndpoint(inbox, endpoint, part),
    )
    this.#giveBackEndpoint = () => {
      for (const giveBack of giveBacks) giveBack()
    }
    if (!work) return
    const consumer = consumeInRootContext(settings)
    this.#consumer = consumer
    this.#reporter = new UnhandledReporter({ ...settings, consumer })
    this.#forgetReminder = remindToWork(inbox, endpoint, settings.clock)
  }

  accept(delivery: Delivery, until: number, ofConflict: OfConflict): Awaitable<Decision> {
    try {
      const { inbox, observer } = this.#settings
      const minRetentionMs = this.#minRetentionMs
      const accept = () => inbox.accept(delivery, { minRetentionMs, ...ofConflict, observer })
      const result = accept()
      if (isPromiseLike(result) || result === 'in-flight') return this.#acceptLater(accept, result, until)
      return toDecision(result)
    } catch (error) {
      return { decision: 'inbox-failed', error }
    }
  }

  /** Waits for the store, and for a copy that is being accepted: in flight is never 200. */
  async #acceptLater(
    accept: () => Awaitable<AcceptResult>,
    first: Awaitable<AcceptResult>,
    until: number,
  ): Promise<Decision> {
    const { acceptTimeoutMs, clock } = this.#settings
    let result = first
    for (let turn = 0; ; turn++) {
      const leftMs = Math.max(0, until - clock.monotonic())
      try {
        const settled = await withDeadline(Promise.resolve(result), Math.min(leftMs, acceptTimeoutMs), clock)
        if (settled === timedOut) return { decision: 'inbox-timeout' }
        if (settled !== 'in-flight') return toDecision(settled)
        const waitMs = pollMs(turn)
        if (clock.monotonic() + waitMs >= until) return { decision: 'in-flight' }
        await pause(waitMs, clock)
        result = accept()
      } catch (error) {
        return { decision: 'inbox-failed', error }
      }
    }
  }

  rememberFor(ms: number): void {
    this.#minRetentionMs = Math.max(this.#minRetentionMs, ms)
  }

  worker(): WorkerState | undefined {
    return this.#consumer && { isStarted: this.#isStarted, silentMs: this.#consumer.silentMs?.() }
  }

  start(): void {
    this.#isStarted = true
    this.#forgetReminder?.()
    this.#consumer?.start()
    this.#reporter?.start()
  }

  async onIdle(): Promise<void> {
    await this.#consumer?.onIdle()
  }

  async close(timeoutMs: number): Promise<void> {
    this.#forgetReminder?.()
    this.#reporter?.stop()
    const { inbox, clock } = this.#settings
    const until = clock.monotonic() + timeoutMs
    await this.#consumer?.close({ timeoutMs })
    // Both within the one time.
    await inbox.close({ timeoutMs: Math.max(0, Math.ceil(until - clock.monotonic())) })
    this.#giveBackEndpoint()
  }
}

/** Handlers run in the async context of the receiver's construction, whoever's request wakes the worker. */
function consumeInRootContext({ inbox, handle, observer, ...options }: AckOnAcceptedSettings): Consumer {
  const inContext = captureContext()
  const { endpoint, handles, concurrency, retry } = options
  return inbox.consume((delivery, lease) => inContext(handle, delivery, lease), {
    endpoint,
    handles,
    concurrency,
    retry,
    observer: (observation) => inContext(observer, observation),
  })
}

/** Any other answer of an inbox is a failure: it proves nothing. */
function toDecision(result: Exclude<AcceptResult, 'in-flight'>): Decision {
  switch (result) {
    case 'accepted':
    case 'duplicate':
    case 'conflict':
      return { decision: result }
    case 'full':
      return { decision: 'inbox-full' }
    default:
      return { decision: 'inbox-failed', error: new TypeError('The inbox answered no result of an accept') }
  }
}
