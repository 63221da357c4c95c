import { pause } from '../../lib/pace.ts'
import { tell } from '../../lib/tell.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Observation, Observer } from '../../model/observation.ts'
import type { AcceptResult, Consumer, HandleResult, Inbox } from '../inbox.ts'

/** The part of the fallback inbox that a forwarder uses. */
export interface ForwarderSetup {
  readonly fallback: Inbox
  readonly endpoint: string
  readonly clock: Clock
  /** Puts a delivery into the primary. */
  readonly accept: (delivery: Delivery) => Promise<AcceptResult>
  readonly isPrimaryAway: () => boolean
  /** How often to look whether it is back, in milliseconds. */
  readonly checkMs: number
}

const concurrency = 10
const maxCheckMs = 5_000
/** With full jitter 1 000 attempts take about 7 days: the most that a policy allows. */
const retry = { attempts: 1_000, crashes: 1_000, minDelayMs: 1_000, maxDelayMs: 1_200_000 }
/** Observations to pass on. A forwarded delivery is not handled yet, so its `handled` here is not one of them. */
const told: readonly Observation['type'][] = ['dead', 'dropped', 'high-water-mark']

/** A consumer of the fallback, whose handle accepts into the primary. */
export class Forwarder {
  /** Receives the observations of deliveries that are not forwarded. */
  observer: Observer = () => {}
  readonly #setup: ForwarderSetup
  readonly #consumer: Consumer
  #stopped = false

  constructor(setup: ForwarderSetup) {
    this.#setup = setup
    this.#consumer = setup.fallback.consume((delivery, { signal }) => this.#forward(delivery, signal), {
      endpoint: setup.endpoint,
      handles: () => ({ except: [] }),
      concurrency,
      retry,
      observer: (observation) => {
        if (told.includes(observation.type)) tell(this.observer, observation)
      },
    })
  }

  start(): void {
    this.#consumer.start()
  }

  onIdle(): Promise<void> {
    return this.#consumer.onIdle()
  }

  /** Waits for the primary no longer. */
  stop(): void {
    this.#stopped = true
  }

  close(options: { readonly timeoutMs: number }): Promise<void> {
    this.stop()
    return this.#consumer.close(options)
  }

  async #forward(delivery: Delivery, signal: AbortSignal): Promise<HandleResult> {
    const { accept, isPrimaryAway } = this.#setup
    // An outage costs an attempt or two, however long it is: attempts are for what the primary refuses.
    for (let turn = 0; ; turn++) {
      const mayWait = () => !this.#stopped && !signal.aborted
      while (isPrimaryAway() && mayWait()) await this.#pause(turn)
      try {
        const result = await accept(delivery)
        // The primary keeps a conflict as a dead letter of its own.
        if (result !== 'full' && result !== 'in-flight') return { status: 'done', handlers: 0 }
        return failed(new Error(`The primary inbox answers: ${result}`))
      } catch (error) {
        if (!isPrimaryAway() || !mayWait()) return failed(error)
      }
    }
  }

  /** Longer with each failure of its own: one that the primary never takes must leave the trying to others. */
  #pause(turn: number): Promise<void> {
    const { clock, checkMs } = this.#setup
    return pause(Math.min(maxCheckMs, checkMs * 2 ** Math.min(turn, 10)), clock)
  }
}

function failed(error: unknown): HandleResult {
  return { status: 'failed', error, completed: [] }
}
