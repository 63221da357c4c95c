import { timedOut, withDeadline } from '../lib/deadline.ts'
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

/** For stores: a deadline around every call, whatever its client promises, and no waiting for what is down. */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { name, timeoutMs, failures, probeMs, clock } = options
  let failed = 0
  let open = false
  /** Whether the next call is let through while it is open. */
  let mayTry = false
  let closed = false
  let cancelProbe: (() => void) | undefined

  async function inTime<T>(call: () => Promise<T>): Promise<T> {
    const value = await withDeadline(call(), timeoutMs, clock)
    if (value === timedOut) throw new Error(`${name} did not answer within ${timeoutMs} ms`)
    return value
  }

  function shut(): void {
    open = false
    mayTry = false
    failed = 0
  }

  function probeLater(probe: (() => Promise<unknown>) | undefined): void {
    if (closed) return
    cancelProbe = clock.schedule(probeMs, () => {
      if (probe) inTime(async () => probe()).then(shut, () => probeLater(probe))
      else mayTry = true
    })
  }

  /** The one call that is let through while the breaker is open. */
  async function tryAlone<T>(call: () => Promise<T>): Promise<T> {
    mayTry = false
    try {
      const value = await inTime(call)
      shut()
      return value
    } catch (error) {
      probeLater(undefined)
      throw error
    }
  }

  return {
    async run(call, probe) {
      if (open && mayTry) return tryAlone(call)
      if (open) throw new Error(`${name} does not answer; it is probed every ${probeMs} ms`)
      try {
        const value = await inTime(call)
        failed = 0
        return value
      } catch (error) {
        failed++
        if (failed >= failures && !open) {
          open = true
          probeLater(probe)
        }
        throw error
      }
    },
    get isOpen() {
      return open && !mayTry
    },
    close() {
      closed = true
      cancelProbe?.()
    },
  }
}
