import { createHash } from 'node:crypto'
import type { PoolClient, QueryResult } from 'pg'
import { codeOf } from './errors.ts'

/**
 * Answers where a pooler shares connections by transaction and keeps no prepared statements: the one that was prepared is on
 * another connection, or stands on this one already. Nothing was run then. 26000: it is not there; 42P05: it is; 08P01: PgBouncer's
 * own word for the first.
 */
const notKept: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '08P01'])

/** Statements under names, which each connection parses and plans once. Where names do not last, none are given any more. */
export class Prepared {
  readonly #names = new Map<string, string>()
  #isOn: boolean

  constructor(isOn: boolean) {
    this.#isOn = isOn
  }

  async query(client: PoolClient, text: string, given: readonly unknown[]): Promise<QueryResult> {
    const values = [...given]
    if (!this.#isOn) return client.query(text, values)
    try {
      return await client.query({ name: this.#nameOf(text), text, values })
    } catch (error) {
      if (!notKept.has(codeOf(error))) throw error
      this.#isOn = false
      return client.query(text, values)
    }
  }

  /** By its text, so that two programs behind one pooler mean the same by one name. */
  #nameOf(text: string): string {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    const name = `acuse_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
    this.#names.set(text, name)
    return name
  }
}
