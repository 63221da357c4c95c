import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { wholeNumber } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'

/** Options of {@link createCircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** The name of the store behind it, for the messages of its errors, such as `Redis`. */
  readonly name: string
  /** The longest wait for a call, in milliseconds. */
  readonly timeoutMs: number
  /** Opens after so many failures in a row. */
  readonly failures: number
  /** How often to probe while it is open, in milliseconds. */
  readonly probeMs: number
  /** Where time comes from. */
  readonly clock: Clock
}

/** Calls with a deadline, refused at once while what is behind them is known to be down. */
export interface CircuitBreaker {
  /**
   * Makes a call. Rejects with the call's error, or when it does not answer in time, or at once while the
   * breaker is open. A call that rejected may still be applied.
   * @param probe tried instead while the breaker is open; when it succeeds, the breaker closes. Without one the next
   * call after `probeMs` is let through, alone, and closes the breaker when it succeeds: where nothing else shows as well
   * that such calls succeed again
   */
  run<T>(call: () => Promise<T>, probe?: () => Promise<unknown>): Promise<T>
  /** Whether a call would be refused now. */
  readonly isOpen: boolean
  /** Probes no more. */
  close(): void
}

const optionKinds: OptionKinds<CircuitBreakerOptions> = {
  name: 'text',
  timeoutMs: 'number',
  failures: 'number',
  probeMs: 'number',
  clock: 'clock',
}

/**
 * For stores: a deadline around every call, whatever its client promises, and no waiting for what is down.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { systemClock } from '@acuse/core'
 * import { createCircuitBreaker } from '@acuse/core/inbox-kit'
 *
 * const breaker = createCircuitBreaker({
 *   name: 'Postgres',
 *   timeoutMs: 1_000,
 *   failures: 5,
 *   probeMs: 500,
 *   clock: systemClock,
 * })
 * export const query = <T>(call: () => Promise<T>): Promise<T> => breaker.run(call)
 */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  checkOptions('createCircuitBreaker options', options, optionKinds)
  wholeNumber('timeoutMs', options.timeoutMs, 1, maxMs)
  wholeNumber('failures', options.failures, 1, maxFailures)
  wholeNumber('probeMs', options.probeMs, 1, maxMs)
  return new StoreBreaker(options)
}

const maxMs = 86_400_000
const maxFailures = 1_000_000

class StoreBreaker implements CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  #failed = 0
  #isOpen = false
  /** Whether the next call is let through while it is open. */
  #mayTry = false
  #isClosed = false
  #cancelProbe: (() => void) | undefined

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
  }

  async run<T>(call: () => Promise<T>, probe?: () => Promise<unknown>): Promise<T> {
    const { name, failures, probeMs } = this.#options
    if (this.#isOpen && this.#mayTry) return this.#tryAlone(call)
    if (this.#isOpen) throw new Error(`${name} does not answer; it is probed every ${probeMs} ms`)
    try {
      const value = await this.#inTime(call)
      this.#failed = 0
      return value
    } catch (error) {
      this.#failed++
      if (this.#failed >= failures && !this.#isOpen) {
        this.#isOpen = true
        this.#probeLater(probe)
      }
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#mayTry
  }

  close(): void {
    this.#isClosed = true
    this.#cancelProbe?.()
  }

  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    const { name, timeoutMs, clock } = this.#options
    const value = await withDeadline(call(), timeoutMs, clock)
    if (value === timedOut) throw new Error(`${name} did not answer within ${timeoutMs} ms`)
    return value
  }

  #shut(): void {
    this.#isOpen = false
    this.#mayTry = false
    this.#failed = 0
  }

  #probeLater(probe: (() => Promise<unknown>) | undefined): void {
    if (this.#isClosed) return
    const { clock, probeMs } = this.#options
    this.#cancelProbe = clock.schedule(probeMs, () => {
      if (!probe) this.#mayTry = true
      else
        this.#inTime(async () => probe()).then(
          () => this.#shut(),
          () => this.#probeLater(probe),
        )
    })
  }

  /** The one call that is let through while the breaker is open. */
  async #tryAlone<T>(call: () => Promise<T>): Promise<T> {
    this.#mayTry = false
    try {
      const value = await this.#inTime(call)
      this.#shut()
      return value
    } catch (error) {
      this.#probeLater(undefined)
      throw error
    }
  }
}
