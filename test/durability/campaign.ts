import type { Row } from '../support/report.ts'

/** How long it goes on: as `pnpm campaigns` does, or as `pnpm durability`. */
export type Form = 'short' | 'long'

/** Something that is done to a receiver or an inbox, and what must come of it. */
export interface Campaign {
  readonly name: string
  /** A description in one line. */
  readonly what: string
  /**
   * Does it, in the short form or in the long one.
   * @returns what came of it; every hard goal must be met
   */
  run(form: Form, seed: number): Promise<readonly Row[]>
}

/** A hard goal: the count is zero. */
export function none(figure: string, count: number): Row {
  return { figure, value: String(count), goal: { words: '0', met: count === 0, hard: true } }
}

/** A figure without a goal. */
export function told(figure: string, value: number | string): Row {
  return { figure, value: String(value) }
}
