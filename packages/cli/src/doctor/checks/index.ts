import type { Check } from '../check.ts'
import { answers } from './answers.ts'
import { authenticity } from './authenticity.ts'
import { bytes } from './bytes.ts'
import { crash } from './crash.ts'
import { limits } from './limits.ts'
import { malformedChecks } from './malformed.ts'
import { order } from './order.ts'
import { repeats } from './repeats.ts'

/** Every check, in the order in which they are made. A new one is added to one of these lists, and its texts in both languages. */
export const checks: readonly Check[] = [
  ...order,
  ...authenticity,
  ...bytes,
  ...repeats,
  ...malformedChecks,
  ...limits,
  ...crash,
  ...answers,
]
