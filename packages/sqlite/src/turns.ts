import type { Clock } from '@acuse/core'

const commitsInRow = 4
const heldInRowMs = 10
const breakMs = 3
const sharedForMs = 60_000
const youngMs = 100
const shortestPauseMs = 1
const youngPauseMs = 5

/**
 * Turns of several processes at the one lock for writing. SQLite queues nobody: who waits asks now and then, and who
 * writes without a break leaves it no moment to find. So who knows of others takes breaks, and who has waited long
 * asks most often.
 */
export class Turns {
  readonly #clock: Clock
  #version: unknown
  #othersAt = Number.NEGATIVE_INFINITY
  #inRow = 0
  #heldMs = 0
  #endedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param version SQLite's `data_version`: another one means that another connection has written */
  committed(version: unknown, tookMs: number): void {
    if (this.#version !== undefined && version !== this.#version) this.#metOthers()
    this.#version = version
    this.#inRow++
    this.#heldMs += tookMs
    this.#endedAt = this.#clock.monotonic()
  }

  /** How long to leave the lock alone before the next commit, in milliseconds. */
  get breakMs(): number {
    const now = this.#clock.monotonic()
    const freeMs = now - this.#endedAt
    if (freeMs >= breakMs) {
      this.#inRow = 0
      this.#heldMs = 0
    }
    const isShared = now - this.#othersAt < sharedForMs
    const isLong = this.#inRow >= commitsInRow || this.#heldMs >= heldInRowMs
    return isShared && isLong ? breakMs - freeMs : 0
  }

  /** How long to wait before the lock is asked for again, in milliseconds. */
  pauseMs(waitedMs: number): number {
    this.#metOthers()
    if (waitedMs >= youngMs) return shortestPauseMs
    // Random, so that two processes do not collide again and again.
    return shortestPauseMs + Math.random() * (youngPauseMs - shortestPauseMs)
  }

  #metOthers(): void {
    this.#othersAt = this.#clock.monotonic()
  }
}
