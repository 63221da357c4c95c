import type { Figure, Form, LeftOut } from './figures.ts'
import type { Machine } from './machine.ts'
import type { Candidate, Effort } from './measure.ts'

/** What a section measures with, and where it puts what it measured. */
export interface Bench {
  readonly form: Form
  readonly machine: Machine
  /** The usual effort for functions. */
  readonly effort: Effort
  /** Measures functions in turns, prints them, and keeps the figures. */
  group(id: string, candidates: readonly Candidate[], effort: Effort): Promise<void>
  /** Keeps figures that were measured in another way, and prints them. */
  add(...figures: readonly Figure[]): void
  leaveOut(leftOut: LeftOut): void
}

/** A part of the run. */
export interface Section {
  readonly name: string
  run(bench: Bench): Promise<void>
}
