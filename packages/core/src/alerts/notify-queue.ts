import { timedOut, withDeadline } from '../lib/deadline.ts'
import { describeError } from '../lib/describe-error.ts'
import { toLoggedError } from '../log/logged-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Logger } from '../model/logger.ts'
import type { Alert, Notifier } from './alert.ts'

/** How alerts are sent. */
export interface NotifySettings {
  readonly clock: Clock
  readonly logger: Logger
  readonly timeoutMs: number
  readonly attempts: number
}

const minDelayMs = 1_000
const maxPending = 100

/** Gives one notifier its alerts, one at a time and in order, each a bounded number of times. Never throws. */
export class NotifyQueue {
  readonly #notify: Notifier
  readonly #settings: NotifySettings
  readonly #pending: Alert[] = []
  #running: Promise<void> | undefined
  #isClosing = false
  #endPause = (): void => {}

  constructor(notify: Notifier, settings: NotifySettings) {
    this.#notify = notify
    this.#settings = settings
  }

  push(alert: Alert): void {
    this.#pending.push(alert)
    const dropped = this.#pending.length > maxPending ? this.#pending.shift() : undefined
    if (dropped) this.#warn(dropped, new Error(`more than ${maxPending} alerts wait to be sent`))
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Sends what waits, each once, and resolves when nothing is on its way. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#endPause()
    await this.#running
  }

  async #run(): Promise<void> {
    // A notifier is never called inside of an observer.
    await Promise.resolve()
    for (let alert = this.#pending.shift(); alert; alert = this.#pending.shift()) await this.#send(alert)
  }

  async #send(alert: Alert): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#try(alert)
      if (failure === undefined) return
      if (attempt >= this.#settings.attempts || this.#isClosing) return this.#warn(alert, failure.error)
      await this.#pause(minDelayMs * 4 ** (attempt - 1))
    }
  }

  async #try(alert: Alert): Promise<{ readonly error: unknown } | undefined> {
    const { timeoutMs, clock } = this.#settings
    const controller = new AbortController()
    try {
      const told = (async () => this.#notify(alert, { signal: controller.signal }))()
      if ((await withDeadline(told, timeoutMs, clock)) !== timedOut) return undefined
      throw new Error(`the notifier was not done within ${timeoutMs} ms`)
    } catch (error) {
      controller.abort(error)
      return { error }
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#settings.clock.schedule(delayMs, resolve)
      this.#endPause = () => {
        cancel()
        resolve()
      }
    })
  }

  #warn(alert: Alert, error: unknown): void {
    const details = { err: toLoggedError(error), alert: alert.name, state: alert.state }
    const why = describeError(error).message
    this.#settings.logger.warn(details, `nobody was told that ${alert.summary} (${alert.state}): ${why}`)
  }
}
