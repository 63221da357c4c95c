import type { Observation } from '@acuse/core'
import type { RefusedRequest } from '@acuse/core/capture-file'

const mostReasons = 500
const mostEndpoints = 100

/** How often requests were refused for one reason. */
export interface RefusalCount {
  readonly provider: string
  readonly code: string
  readonly status: number
  /** How many were proven to be the sender's. */
  readonly authentic: number
  readonly count: number
  /** When the last one came, in milliseconds since the epoch. */
  readonly lastAt: number
}

/** What was refused since the process began, by reason, and the requests that receivers capture. */
export class Refusals {
  readonly #counts = new Map<string, RefusalCount>()
  readonly #captured = new Map<string, readonly RefusedRequest[]>()

  /** Counts one. */
  add(observation: Observation, now: number): void {
    if (observation.type !== 'rejected') return
    const { provider, code, status, authentic } = observation
    const key = JSON.stringify([provider, code])
    const before = this.#counts.get(key)
    if (before === undefined && this.#counts.size >= mostReasons) return
    this.#counts.set(key, {
      provider,
      code,
      status,
      authentic: (before?.authentic ?? 0) + Number(authentic),
      count: (before?.count ?? 0) + 1,
      lastAt: now,
    })
  }

  /** The counts, most frequent first. */
  get counts(): readonly RefusalCount[] {
    return [...this.#counts.values()].sort((one, other) => other.count - one.count)
  }

  /** Takes all that a receiver has: each call replaces the one before. */
  keep(requests: readonly RefusedRequest[]): void {
    const [first] = requests
    if (first === undefined) return
    if (!this.#captured.has(first.endpoint) && this.#captured.size >= mostEndpoints) return
    this.#captured.set(first.endpoint, requests)
  }

  /** The captured requests, newest first. */
  get captured(): readonly RefusedRequest[] {
    return [...this.#captured.values()].flat().sort((one, other) => other.at.localeCompare(one.at))
  }

  /** One of them, by endpoint and its place from the oldest at that moment. */
  find(endpoint: string, at: string): RefusedRequest | undefined {
    return this.#captured.get(endpoint)?.find((request) => request.at === at)
  }
}
