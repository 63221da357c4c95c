import type { SqliteSettings } from './options.ts'
import type { Writer } from './writer.ts'

const maxBatch = 500
const pauseMs = 20
const longestMs = 60_000
const shortestMs = 100

/** Forgets idempotency keys and bodies whose retention is over, a few at a time. */
export class Sweeper {
  readonly #writer: Writer
  readonly #settings: SqliteSettings
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(writer: Writer, settings: SqliteSettings) {
    this.#writer = writer
    this.#settings = settings
    this.#sweepLater(this.#everyMs())
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #everyMs(): number {
    const { retentionMs, bodiesForMs } = this.#settings
    return Math.min(longestMs, Math.max(shortestMs, Math.min(retentionMs, bodiesForMs ?? retentionMs) / 10))
  }

  #sweepLater(delayMs: number): void {
    if (this.#stopped) return
    this.#cancel = this.#settings.clock.schedule(delayMs, () => void this.#sweep())
  }

  async #sweep(): Promise<void> {
    try {
      const changes = Math.max(await this.#dropBodies(), await this.#forget())
      this.#sweepLater(changes < maxBatch ? this.#everyMs() : pauseMs)
    } catch {
      // The file is busy, or opened anew.
      this.#sweepLater(this.#everyMs())
    }
  }
  async #forget(): Promise<number> {
    const now = this.#settings.clock.now()
    // Without a look first, every process would take the lock each time.
    if (!this.#writer.read((sql) => sql.isAnyOver.get(now))) return 0
    return this.#writer.write(({ sql }) => sql.sweep.run(now, maxBatch).changes)
  }

  /** Of the event log; before the idempotency keys, which are kept at least as long. */
  async #dropBodies(): Promise<number> {
    const now = this.#settings.clock.now()
    if (!this.#writer.read((sql) => sql.isAnyUnretained.get(now))) return 0
    return this.#writer.write(({ sql }) => {
      sql.dropUnretained.run(now, maxBatch)
      return sql.forgetUnretained.run(now, maxBatch).changes
    })
  }
}
