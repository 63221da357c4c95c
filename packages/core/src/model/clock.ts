/**
 * Where time comes from. Inject one to test retries and timestamp tolerance without waiting.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for timestamp tolerance and receipts. */
  now(): number

  /** Milliseconds that never step back: for deadlines, leases and retention. */
  monotonic(): number

  /**
   * Runs `task` once, `delayMs` milliseconds from now; must not keep the process alive.
   * @returns a function that cancels it
   */
  schedule(delayMs: number, task: () => void): () => void
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    timer.unref?.()
    return () => clearTimeout(timer)
  },
}
