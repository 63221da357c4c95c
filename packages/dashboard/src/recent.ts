import type { Observation } from '@acuse/core'

const most = 200

/** An observation as the live view shows it. It holds nothing of a payload. */
export interface RecentEvent {
  /** Counts up. */
  readonly n: number
  /** When, in milliseconds since the epoch. */
  readonly at: number
  readonly what: Observation['type']
  readonly provider: string
  /** The event's type; empty where it is not known. */
  readonly event: string
  /** The delivery's id; empty where there is none. */
  readonly id: string
  /** A code, a reason or a number of an attempt; empty where there is none. */
  readonly detail: string
}

/** The last observations of this process. */
export class Recent {
  readonly #events: RecentEvent[] = []
  #last = 0

  /** Remembers one, and forgets the oldest. */
  add(observation: Observation, now: number): void {
    this.#last++
    this.#events.push({
      n: this.#last,
      at: now,
      what: observation.type,
      provider: observation.provider,
      event: 'event' in observation ? (observation.event ?? '') : '',
      id: 'id' in observation ? (observation.id ?? '') : '',
      detail: detailOf(observation),
    })
    if (this.#events.length > most) this.#events.shift()
  }

  /** Those behind a number, newest first. One that is ahead of ours is of an earlier process: all are new. */
  since(n: number): readonly RecentEvent[] {
    const from = n > this.#last ? 0 : n
    return this.#events.filter((event) => event.n > from).reverse()
  }

  /** The number of the last one. */
  get last(): number {
    return this.#last
  }
}

function detailOf(observation: Observation): string {
  switch (observation.type) {
    case 'rejected':
      return `${observation.status} ${observation.code}`
    case 'dead':
      return observation.reason
    case 'handled':
      return `#${observation.attempt}${tookOf(observation.durationMs)}`
    case 'accepted':
    case 'duplicate':
      return tookOf(observation.durationMs).trim()
    case 'retried':
    case 'failed':
      return `#${observation.attempt} ${observation.handler ?? ''}`.trim()
    case 'fallback':
      return observation.inUse ? '→' : '←'
    case 'high-water-mark':
      return `${observation.resource} ${Math.round(observation.used * 100)} %`
    case 'unhandled':
      return String(observation.waiting)
    default:
      return ''
  }
}

function tookOf(durationMs: number | undefined): string {
  return durationMs === undefined ? '' : ` ${Math.round(durationMs)} ms`
}
