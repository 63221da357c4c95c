import type { WebhookEvent } from './event.ts'
import type { Lease } from './inbox/inbox.ts'
import type { Logger, LogMethod } from './logger.ts'
import type { HandlerContext } from './router.ts'

/** What one handler is told in one attempt; what costs something is made when it is asked for. */
export class AttemptContext implements HandlerContext {
  readonly id: string
  readonly attempt: number
  readonly #event: WebhookEvent
  readonly #lease: Lease
  readonly #logger: Logger
  readonly #timeout = new AbortController()
  #signal: AbortSignal | undefined

  constructor(event: WebhookEvent, lease: Lease, logger: Logger) {
    this.id = event.id
    this.attempt = lease.attempt
    this.#event = event
    this.#lease = lease
    this.#logger = logger
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.any([this.#timeout.signal, this.#lease.signal])
    return this.#signal
  }

  get log(): Logger {
    const { id, type, provider } = this.#event
    const about = { provider, event: type, id, attempt: this.attempt }
    const method =
      (level: keyof Logger): LogMethod =>
      (details, message) =>
        this.#logger[level]({ ...about, ...details }, message)
    return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
  }

  abort(reason: unknown): void {
    this.#timeout.abort(reason)
  }
}
