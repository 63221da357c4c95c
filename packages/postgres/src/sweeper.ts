import type { Driver } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import type { Statements } from './statements.ts'

const maxBatch = 1_000
const pauseMs = 20
const longestMs = 60_000
const shortestMs = 100

/** Forgets idempotency keys and bodies whose retention is over, a few at a time. */
export class Sweeper {
  readonly #driver: Pick<Driver, 'query'>
  readonly #sql: Statements
  readonly #settings: PostgresSettings
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(driver: Pick<Driver, 'query'>, sql: Statements, settings: PostgresSettings) {
    this.#driver = driver
    this.#sql = sql
    this.#settings = settings
  }

  start(): void {
    if (!this.#cancel) this.#sweepLater(this.#everyMs)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  get #everyMs(): number {
    const { retentionMs, bodiesForMs } = this.#settings
    return Math.min(longestMs, Math.max(shortestMs, Math.min(retentionMs, bodiesForMs ?? retentionMs) / 10))
  }

  #sweepLater(delayMs: number): void {
    if (this.#isStopped) return
    this.#cancel = this.#settings.clock.schedule(delayMs, () => void this.#sweep())
  }

  async #sweep(): Promise<void> {
    try {
      const bodies = await this.#driver.query(this.#sql.sweepRetained)
      const keys = await this.#driver.query(this.#sql.sweep)
      const most = Math.max(bodies.length, keys.length)
      this.#sweepLater(most < maxBatch / 2 ? this.#everyMs : pauseMs)
    } catch {
      // Postgres is away, or the tables are.
      this.#sweepLater(this.#everyMs)
    }
  }
}
