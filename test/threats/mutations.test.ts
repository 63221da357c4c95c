import { describe, expect, it } from 'vitest'
import { createFuzzer } from '../fuzz/mutations.ts'
import { createProviderFuzzer } from '../fuzz/providers/campaign.ts'
import { faultNames } from '../fuzz/providers/judge.ts'
import { planted, withFault } from '../fuzz/providers/planted.ts'

// 200 000 and 100 000 are in `pnpm campaigns`, and 5 000 000 of each are `pnpm fuzz`.
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const count = 20_000

describe(`mutated requests over all schemes (N ${count}, seed ${seed})`, () => {
  it('are refused when anything that counts was changed, verify when nothing was, and throw nothing', () => {
    const totals = createFuzzer({ seed }).run(count)
    expect(totals.firstFailure).toBeUndefined()
    expect(totals).toMatchObject({ count, falseAccepts: 0, falseRefusals: 0, thrown: 0 })
    expect(totals.unchanged).toBeGreaterThan(0)
    expect(Object.values(totals.byScheme).every((made) => made >= count / 100)).toBe(true)
  }, 180_000)
})

const providerCount = 5_000

describe(`mutated requests to the receivers of all providers (N ${providerCount}, seed ${seed})`, () => {
  it('are taken only where they are proven, run no event twice, and end in no 5xx, no throw and no reflection', async () => {
    const fuzzer = await createProviderFuzzer({ seed })
    const totals = await fuzzer.run(providerCount)
    await fuzzer.close()
    expect(totals.firstFailure).toBeUndefined()
    expect(totals.faults).toEqual(Object.fromEntries(faultNames.map((name) => [name, 0])))
    expect(totals.accepted).toBeGreaterThan(providerCount / 10)
    expect(totals.greeted).toBeGreaterThan(0)
    expect(Object.values(totals.byProvider).every((made) => made > 0)).toBe(true)
  }, 180_000)

  it.each(Object.keys(planted))(
    'tell %s',
    async (name) => {
      const fuzzer = await createProviderFuzzer({ seed, only: withFault(name) })
      const fault = planted[name]?.fault ?? 'thrown'
      let totals = await fuzzer.run(0)
      while (totals.faults[fault] === 0 && totals.count < 3_000) totals = await fuzzer.run(100)
      await fuzzer.close()
      expect(totals.faults[fault]).toBeGreaterThan(0)
    },
    60_000,
  )
})
