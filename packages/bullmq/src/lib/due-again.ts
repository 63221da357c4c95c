import type { Clock } from '@acuse/core'

/** BullMQ's own waking is given this long to come first, in milliseconds. */
const graceMs = 100
const most = 10_000

/**
 * BullMQ writes down by the wall clock when a job is due again, and a clock that is set back puts that off. So each
 * process remembers, by its monotonic clock, what it delayed itself.
 */
export class DueAgain {
  readonly #clock: Clock
  readonly #promote: (jobId: string) => Promise<unknown>
  readonly #cancels = new Set<() => void>()

  constructor(clock: Clock, promote: (jobId: string) => Promise<unknown>) {
    this.#clock = clock
    this.#promote = promote
  }

  add(jobId: string, delayMs: number): void {
    if (this.#cancels.size >= most) return
    const dueAt = Date.now() + delayMs
    const cancel = this.#clock.schedule(delayMs + graceMs, () => {
      this.#cancels.delete(cancel)
      // It is harmless when another was quicker; when it fails, the wall clock decides.
      if (Date.now() < dueAt) this.#promote(jobId).catch(() => {})
    })
    this.#cancels.add(cancel)
  }

  close(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }
}
