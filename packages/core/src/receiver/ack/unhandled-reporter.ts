import type { Consumer } from '../../inbox/inbox.ts'
import type { Clock } from '../../model/clock.ts'
import type { Observer } from '../../model/observation.ts'

/** Dependencies of a reporter. */
export interface UnhandledReporterSettings {
  readonly consumer: Pick<Consumer, 'unhandled'>
  readonly provider: string
  readonly endpoint: string
  readonly observer: Observer
  readonly clock: Clock
}

/** Time for handlers that are registered a little later. */
const firstMs = 5_000
const everyMs = 60_000

/** Tells of deliveries that wait and that nothing handles in this process: once a minute for each type. */
export class UnhandledReporter {
  readonly #settings: UnhandledReporterSettings
  #cancel: (() => void) | undefined

  constructor(settings: UnhandledReporterSettings) {
    this.#settings = settings
  }

  start(): void {
    this.#cancel ??= this.#lookIn(firstMs)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = () => {}
  }

  #lookIn(delayMs: number): () => void {
    return this.#settings.clock.schedule(delayMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    const { consumer, provider, endpoint, observer } = this.#settings
    const before = this.#cancel
    try {
      for (const { type: event, waiting } of await consumer.unhandled()) {
        observer({ type: 'unhandled', provider, endpoint, event, waiting })
      }
    } catch {
      // The store is away, and whoever accepts or leases says so; the next look may find it back.
    }
    // Not stopped meanwhile.
    if (this.#cancel === before) this.#cancel = this.#lookIn(everyMs)
  }
}
