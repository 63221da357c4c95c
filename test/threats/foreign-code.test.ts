import { describe, expect, it } from 'vitest'
import { fuzzForeignCode } from '../fuzz/foreign-code.ts'

// The long form is `pnpm fuzz`.
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const count = 2_000

describe(`THREATS 40: schemes, keys, envelopes, observers and loggers that misbehave at random (N ${count}, seed ${seed})`, () => {
  it('40: no handler runs, nothing is accepted, nothing rejects, and every answer is constant', async () => {
    expect(await fuzzForeignCode({ seed, count })).toEqual({
      count,
      accepted: 0,
      handled: 0,
      rejections: 0,
      strangeAnswers: 0,
      firstFailure: undefined,
    })
  })
})
