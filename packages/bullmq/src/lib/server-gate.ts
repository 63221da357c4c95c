import type { Clock } from '@acuse/core'

/** Dependencies of a gate. */
export interface GateSetup {
  readonly clock: Clock
  /** The missing requirements of a queue, by the names that its keys begin with; rejects when the server cannot be asked. */
  check(queue: string): Promise<readonly string[]>
  /** Told of what is missing, with each check that finds it. */
  onRefused(missing: readonly string[]): void
}

interface Verdict {
  readonly missing: readonly string[]
  /** When it is asked anew. */
  readonly until: number
}

/** How long a refusal holds, in milliseconds: rights may be granted while it is connected. */
const refusalMs = 1_000

/** Lets nothing be accepted or handled on a connection until its server was found to meet the requirements. */
export class ServerGate {
  readonly #setup: GateSetup
  readonly #verdicts = new Map<string, Verdict>()
  readonly #asking = new Map<string, Promise<readonly string[]>>()
  #connection = 0

  constructor(setup: GateSetup) {
    this.#setup = setup
  }

  /** It may be another server from now on. */
  reset(): void {
    this.#connection++
    this.#verdicts.clear()
    this.#asking.clear()
  }

  /** The missing requirements of a queue; empty when it can be used. */
  missing(queue: string): Promise<readonly string[]> {
    const known = this.#verdicts.get(queue)
    if (known && this.#setup.clock.monotonic() < known.until) return Promise.resolve(known.missing)
    let asking = this.#asking.get(queue)
    if (!asking) {
      asking = this.#ask(queue, this.#connection)
      this.#asking.set(queue, asking)
    }
    return asking
  }

  async #ask(queue: string, connection: number): Promise<readonly string[]> {
    try {
      const missing = await this.#setup.check(queue)
      const isRefused = missing.length > 0
      if (isRefused) this.#setup.onRefused(missing)
      const until = isRefused ? this.#setup.clock.monotonic() + refusalMs : Number.POSITIVE_INFINITY
      if (connection === this.#connection) this.#verdicts.set(queue, { missing, until })
      return missing
    } finally {
      if (connection === this.#connection) this.#asking.delete(queue)
    }
  }
}
