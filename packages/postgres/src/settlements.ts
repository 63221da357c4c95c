import type { Driver, Row } from './driver.ts'
import type { Leased } from './rows.ts'
import type { Statements } from './statements.ts'

const maxRows = 256
const maxUnderWay = 2

interface Waiting {
  readonly leased: Pick<Leased, 'seq' | 'token'>
  readonly resolve: (isWritten: boolean) => void
  readonly reject: (error: unknown) => void
}

/** Dependencies of {@link Settlements}. */
export interface SettlementsSetup {
  readonly driver: Pick<Driver, 'query' | 'queryPrepared'>
  readonly sql: Statements
  /** How long bodies of handled deliveries are kept; `undefined`: they are not. */
  readonly bodiesForMs: number | undefined
}

/** Writes down what is handled; what ends together, and while another statement is on its way, in one statement. */
export class Settlements {
  readonly #driver: Pick<Driver, 'query' | 'queryPrepared'>
  readonly #sql: Statements
  readonly #bodiesForMs: number | undefined
  #waiting: Waiting[] = []
  #underWay = 0
  #isPlanned = false

  constructor({ driver, sql, bodiesForMs }: SettlementsSetup) {
    this.#driver = driver
    this.#sql = sql
    this.#bodiesForMs = bodiesForMs
  }

  /** `false`: the lease is another's by now. */
  done(leased: Pick<Leased, 'seq' | 'token'>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ leased, resolve, reject })
      this.#plan()
    })
  }

  /** In the next turn: handlers that do nothing end together. */
  #plan(): void {
    if (this.#isPlanned || this.#waiting.length === 0 || this.#underWay >= maxUnderWay) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      this.#underWay++
      void this.#write(this.#waiting.splice(0, maxRows)).finally(() => {
        this.#underWay--
        this.#plan()
      })
      this.#plan()
    })
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    // In one order, so that two processes that hold keys of each other wait instead of going round in a circle.
    const sorted = batch.toSorted((one, other) => Number(one.leased.seq) - Number(other.leased.seq))
    try {
      const rows = await this.#end(
        sorted.map(({ leased }) => leased.seq),
        sorted.map(({ leased }) => leased.token),
      )
      const gone = new Set(rows.map((row) => row['seq']))
      for (const { leased, resolve } of batch) resolve(gone.has(leased.seq))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  #end(seqs: readonly string[], tokens: readonly string[]): Promise<readonly Row[]> {
    if (this.#bodiesForMs === undefined) return this.#driver.queryPrepared(this.#sql.done, [seqs, tokens])
    return this.#driver.queryPrepared(this.#sql.doneRetained, [seqs, tokens, this.#bodiesForMs])
  }
}
