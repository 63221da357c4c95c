import type { HandlerTransaction, Lease } from '../inbox.ts'
import type { LeasedDelivery, LeaseSource } from './lease-source.ts'

/**
 * A delivery in a handler's hands, or about to be settled. Its signal is its own, and made when it is asked for: one that
 * lived as long as the inbox would keep whatever listens to it.
 */
export class Running<Leased extends LeasedDelivery> implements Lease {
  readonly leased: Leased
  readonly attempt: number
  readonly completed: readonly string[]
  readonly isReplay: boolean
  #controller: AbortController | undefined
  #reason: Error | undefined

  readonly transaction: (() => HandlerTransaction) | undefined

  constructor(leased: Leased, source: Pick<LeaseSource<Leased>, 'transaction'>) {
    this.leased = leased
    this.transaction = source.transaction?.bind(source, leased)
    this.attempt = leased.attempt
    this.completed = leased.completed
    this.isReplay = leased.isReplay ?? false
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Whether the result does not count. */
  get isGivenUp(): boolean {
    return this.#reason !== undefined
  }

  /** The result will not count any more. */
  giveUp(reason: Error): void {
    if (this.#reason) return
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}
