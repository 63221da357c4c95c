import { describe, expect, it } from 'vitest'
import { fuzzForeignCode, noTotals } from '../fuzz/foreign-code.ts'
import { foreignParts } from '../fuzz/foreign-parts.ts'
import { fuzzForeignHost } from '../fuzz/foreign-socket.ts'

// 2 000 are in `pnpm campaigns`, and 100 000 are `pnpm fuzz`.
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const count = 500

describe(`THREATS 40: ${foreignParts.join(', ')}, of which one misbehaves at random (N ${count}, seed ${seed})`, () => {
  it('40: no handler runs that must not, nothing forged is accepted, nothing rejects, and every answer is constant', async () => {
    const { faults, failures } = await fuzzForeignCode({ seed, count })
    expect(failures).toEqual([])
    expect(faults).toEqual(noTotals().faults)
  })

  it('40: a host whose receivers misbehave answers each request, and lives', async () => {
    const { answers, faults } = await fuzzForeignHost({ seed, count: 500 })
    expect(
      Object.values(faults).every((times) => times === 0),
      JSON.stringify(faults),
    ).toBe(true)
    expect(Object.values(answers).reduce((sum, times) => sum + times, 0)).toBe(500)
  })
})
