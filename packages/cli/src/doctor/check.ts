import type { CheckCode, CheckOutcome, Need, Severity } from './evidence.ts'
import type { Examined } from './examined.ts'

/** One thing that a receiver may do wrong, as data. Its title, meaning and remedy stand in `texts/` under its code. */
export interface Check {
  readonly code: CheckCode
  readonly severity: Severity
  /** Without these it is not looked at. Default: none. */
  readonly needs?: readonly Need[]
  /** With one of these findings it is not looked at: what it would see could not be told apart from them. Default: none. */
  readonly unless?: readonly CheckCode[]
  /** `beside`: while others run, because it takes long. `crash`: when those are over, because it may end the process. `last`: it looks at all that was seen. */
  readonly when?: 'beside' | 'crash' | 'last'
  run(examined: Examined): Promise<CheckOutcome>
}
