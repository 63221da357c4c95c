import type { Lease } from '../inbox.ts'

/**
 * The lease of one attempt. Its signal is its own, and made when it is asked for: one that lived as long as the inbox
 * would keep whatever listens to it.
 */
export class AttemptLease implements Lease {
  readonly attempt: number
  readonly completed: readonly string[]
  #controller: AbortController | undefined
  #reason: Error | undefined

  constructor(attempt: number, completed: readonly string[]) {
    this.attempt = attempt
    this.completed = completed
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** The result will not count any more. */
  abort(reason: Error): void {
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}
