import { describe, expect, it } from 'vitest'
import { createFuzzer } from '../fuzz/mutations.ts'

// 200 000 are in `pnpm campaigns`, and 5 000 000 are `pnpm fuzz`.
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const count = 50_000

describe(`mutated requests over all schemes (N ${count}, seed ${seed})`, () => {
  it('are refused when anything that counts was changed, verify when nothing was, and throw nothing', () => {
    const totals = createFuzzer({ seed }).run(count)
    expect(totals.firstFailure).toBeUndefined()
    expect(totals).toMatchObject({ count, falseAccepts: 0, falseRefusals: 0, thrown: 0 })
    expect(totals.unchanged).toBeGreaterThan(0)
    expect(Object.values(totals.byScheme).every((made) => made >= count / 100)).toBe(true)
  }, 180_000)
})
