import type { Inbox, InboxStats } from '@acuse/core'
import { timedOut, withDeadline } from '@acuse/core/inbox-kit'
import { Counter, Gauge } from 'prom-client'
import type { LabelNames } from './label-names.ts'
import type { Settings } from './options.ts'

const states = ['waiting', 'leased', 'delayed', 'dead'] as const

/** Asks an inbox how it is: once for all gauges of a scrape, and never twice at a time. */
class InboxReader {
  readonly #inbox: Inbox
  readonly #settings: Settings
  readonly #onFailure: () => void
  #asking: Promise<InboxStats> | undefined
  #reading: Promise<InboxStats | undefined> | undefined
  #readAt = Number.NEGATIVE_INFINITY

  constructor(inbox: Inbox, settings: Settings, onFailure: () => void) {
    this.#inbox = inbox
    this.#settings = settings
    this.#onFailure = onFailure
  }

  /** `undefined`: it did not say so in time. */
  read(): Promise<InboxStats | undefined> {
    const now = this.#settings.clock.monotonic()
    if (this.#reading === undefined || now - this.#readAt >= this.#settings.statsCacheMs) {
      this.#readAt = now
      this.#reading = this.#ask()
    }
    return this.#reading
  }

  async #ask(): Promise<InboxStats | undefined> {
    const { statsTimeoutMs, clock } = this.#settings
    try {
      // One that hangs is waited for again, not asked once more.
      this.#asking ??= Promise.resolve(this.#inbox.stats()).finally(() => {
        this.#asking = undefined
      })
      const stats = await withDeadline(this.#asking, statsTimeoutMs, clock)
      if (stats !== timedOut) return stats
    } catch {}
    this.#onFailure()
    return undefined
  }
}

/** Registers the gauges of inboxes, which are read as they are scraped. */
export function createInboxGauges(settings: Settings, events: LabelNames): void {
  const { prefix, register, inboxes } = settings
  const registers = [register]
  const failures = new Counter({
    name: `${prefix}inbox_stats_failures_total`,
    help: 'Scrapes to which an inbox did not say how it is.',
    labelNames: ['inbox'],
    registers,
  })
  const readers = Object.entries(inboxes).map(([name, inbox]) => {
    failures.inc({ inbox: name }, 0)
    return [name, new InboxReader(inbox, settings, () => failures.inc({ inbox: name }))] as const
  })
  const gauge = (
    name: string,
    help: string,
    labels: readonly string[],
    write: (gauge: Gauge, inbox: string, stats: InboxStats | undefined) => void,
  ): void => {
    const made: Gauge = new Gauge({
      name: prefix + name,
      help,
      labelNames: ['inbox', ...labels],
      registers,
      async collect() {
        const read = await Promise.all(
          readers.map(async ([inbox, reader]) => [inbox, await reader.read()] as const),
        )
        made.reset()
        for (const [inbox, stats] of read) write(made, inbox, stats)
      },
    })
  }
  gauge('inbox_up', '1 where the inbox said how it is, else 0.', [], (up, inbox, stats) => {
    up.set({ inbox }, stats === undefined ? 0 : 1)
  })
  gauge(
    'inbox_oldest_age_seconds',
    'The age of the oldest delivery that is not handled; 0 when there is none.',
    [],
    (age, inbox, stats) => {
      if (stats !== undefined) age.set({ inbox }, stats.oldestAgeMs / 1_000)
    },
  )
  gauge(
    'inbox_deliveries',
    'Deliveries in the inbox, by state.',
    ['endpoint', 'provider', 'event', 'state'],
    (deliveries, inbox, stats) => {
      for (const { endpoint, provider, type, ...counts } of stats?.types ?? [])
        for (const state of states) {
          const event = events.of(provider, type)
          // Added up: several types may be `other`.
          deliveries.inc({ inbox, endpoint, provider, event, state }, counts[state])
        }
    },
  )
}
