import type { Delivery } from '../delivery.ts'
import type { AcceptResult, Consumer, Inbox } from '../inbox/inbox.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { type Awaitable, isPromiseLike } from '../lib/options.ts'
import { pause } from '../lib/pace.ts'
import type { Decision, Desk } from './desk.ts'
import { pollMs } from './poll.ts'

/** What an inbox desk works with. */
export interface InboxDeskSettings {
  readonly inbox: Inbox
  readonly consumer: Consumer
  readonly acceptTimeoutMs: number
  readonly minRetentionMs: number
  readonly clock: Clock
}

/** `ack: 'accepted'`: the answer says that the inbox has the delivery. */
export class InboxDesk implements Desk {
  readonly #settings: InboxDeskSettings

  constructor(settings: InboxDeskSettings) {
    this.#settings = settings
  }

  accept(delivery: Delivery, until: number): Awaitable<Decision> {
    try {
      const { inbox, minRetentionMs } = this.#settings
      const result = inbox.accept(delivery, { minRetentionMs })
      if (isPromiseLike(result) || result === 'in-flight') return this.#acceptLater(delivery, result, until)
      return toDecision(result)
    } catch (error) {
      return { decision: 'inbox-failed', error }
    }
  }

  /** Waits for the store, and for a copy that is being accepted: in flight is never 200. */
  async #acceptLater(delivery: Delivery, first: Awaitable<AcceptResult>, until: number): Promise<Decision> {
    const { inbox, acceptTimeoutMs, minRetentionMs, clock } = this.#settings
    let result = first
    for (let turn = 0; ; turn++) {
      const leftMs = Math.max(0, until - clock.monotonic())
      try {
        const settled = await withDeadline(Promise.resolve(result), Math.min(leftMs, acceptTimeoutMs), clock)
        if (settled === timedOut) return 'inbox-timeout'
        if (settled !== 'in-flight') return toDecision(settled)
        const waitMs = pollMs(turn)
        if (clock.monotonic() + waitMs >= until) return 'in-flight'
        await pause(waitMs, clock)
        result = inbox.accept(delivery, { minRetentionMs })
      } catch (error) {
        return { decision: 'inbox-failed', error }
      }
    }
  }

  start(): void {
    this.#settings.consumer.start()
  }

  atRest(): Promise<void> {
    return this.#settings.consumer.atRest()
  }

  async close(timeoutMs: number): Promise<void> {
    await this.#settings.consumer.close({ timeoutMs })
    await this.#settings.inbox.close({ timeoutMs })
  }
}

/** An inbox that answers none of these vouches for nothing. */
function toDecision(result: Exclude<AcceptResult, 'in-flight'>): Decision {
  switch (result) {
    case 'accepted':
    case 'duplicate':
    case 'conflict':
      return result
    case 'full':
      return 'inbox-full'
    default:
      return { decision: 'inbox-failed', error: new TypeError('The inbox answered no result of an accept') }
  }
}
