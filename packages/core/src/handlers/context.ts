import type { HandlerTransaction, Lease } from '../inbox/inbox.ts'
import { printable } from '../lib/printable.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Logger, LogMethod } from '../model/logger.ts'
import type { HandlerContext, InboxTransactions } from './registration.ts'

/** The context of one handler in one attempt; costly parts are made on demand. */
export class AttemptContext implements HandlerContext {
  readonly id: string
  readonly attempt: number
  readonly isReplay: boolean
  readonly keyId: string
  readonly trust: HandlerContext['trust']
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly #delivery: Delivery
  readonly #lease: Lease
  readonly #logger: Logger
  #controller: AbortController | undefined
  #isOver = false
  #timeout: Error | undefined
  #begun: HandlerTransaction | undefined

  constructor(delivery: Delivery, lease: Lease, logger: Logger) {
    this.id = delivery.id
    this.attempt = lease.attempt
    this.isReplay = lease.isReplay ?? false
    this.keyId = delivery.keyId
    this.trust = delivery.trust ?? 'signed'
    this.headers = delivery.headers
    this.requestId = delivery.headers['x-request-id']
    this.#delivery = delivery
    this.#lease = lease
    this.#logger = logger
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#open()
    return this.#controller.signal
  }

  get log(): Logger {
    const { id, type, provider } = this.#delivery
    const { requestId } = this
    const about = { provider, event: printable(type), id, attempt: this.attempt, requestId }
    const method =
      (level: keyof Logger): LogMethod =>
      (details, message) =>
        this.#logger[level]({ ...about, ...details }, message)
    return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') }
  }

  /** Bound, as handlers take it out of the context. */
  get transaction(): HandlerContext['transaction'] {
    // Which kind it is, the inbox that the program chose and its package's types agree on.
    return <Store extends keyof InboxTransactions>() => this.#begin() as InboxTransactions[Store]
  }

  /** The transaction that the handler began. */
  get begun(): HandlerTransaction | undefined {
    return this.#begun
  }

  /** The handler took too long. */
  abort(reason: Error): void {
    this.#timeout = reason
    this.#controller?.abort(reason)
  }

  /** The handler has returned: the lease, which may last longer, keeps nothing of it. */
  end(): void {
    this.#isOver = true
    if (this.#controller) this.#lease.signal.removeEventListener('abort', this.#follow)
  }

  #begin(): unknown {
    if (this.#isOver) throw new Error(`transaction() was called after the handler of '${this.id}' had ended`)
    this.#begun ??= this.#lease.transaction?.()
    if (this.#begun) return this.#begun.begin()
    throw new TypeError(
      "transaction() needs an inbox that has transactions, and this receiver's has none: see 'Effects exactly once' in docs/acknowledging.md",
    )
  }

  /** Not `AbortSignal.any`, which its sources keep for as long as they live. */
  #open(): AbortController {
    const controller = new AbortController()
    const { signal } = this.#lease
    if (this.#timeout) controller.abort(this.#timeout)
    else if (signal.aborted) controller.abort(signal.reason)
    else if (!this.#isOver) signal.addEventListener('abort', this.#follow, { once: true })
    return controller
  }

  readonly #follow = (): void => {
    this.#controller?.abort(this.#lease.signal.reason)
  }
}
