import type { DoctorTexts } from './texts/index.ts'

/** What a finding weighs in the score. */
export const severities = { critical: 10, high: 5, medium: 3, low: 1 } as const

/** How much harm a finding does. */
export type Severity = keyof typeof severities

/** The code of a check: the name of its texts. */
export type CheckCode = keyof DoctorTexts['checks']

/** The name of what was sent: its text says it in each language. */
export type ProbeName = keyof DoctorTexts['probes']

/** What a check cannot do without: a channel of effects; a receiver that the doctor starts and kills; its output. */
export type Need = 'effects' | 'start' | 'output'

/** What came of a probe; what is absent says nothing. */
export interface Came {
  /** The HTTP status. */
  readonly status?: number | undefined
  /** Why there was no answer. */
  readonly failure?: 'timeout' | 'network' | undefined
  /** How long the answer took, or was waited for, in milliseconds. */
  readonly durationMs?: number | undefined
  /** How often the effect of the event was seen. */
  readonly runs?: number | undefined
  /** A few characters of the answer or of the log. */
  readonly excerpt?: string | undefined
}

/** One observation that is against a receiver. */
export interface Evidence {
  readonly probe: ProbeName
  readonly came: Came
}

/** What came of a check: what speaks against the receiver, nothing where it passed; or it has no meaning for this sender. */
export type CheckOutcome = readonly Evidence[] | 'does-not-apply'
