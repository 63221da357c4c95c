import type { ContractCase } from '@acuse/core/testing'
import { it } from 'vitest'

/** A case that is left out is reported as skipped, with its reason. */
export function registerCases(cases: readonly ContractCase[]): void {
  for (const { name, leftOut, run } of cases) {
    if (leftOut === undefined) it(name, run)
    else it(name, ({ skip }) => skip(leftOut))
  }
}
