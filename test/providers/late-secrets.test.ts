import { systemClock } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { everyProvider } from './every-provider.ts'

const options = { clock: systemClock, timeoutMs: 1_000 }

// Pairs of keys are taken apart before their provider sees them.
const shared = Object.entries(everyProvider).filter(([, { secret }]) => typeof secret() === 'string')

it('are most of the catalogue', () => {
  expect(shared.length).toBeGreaterThan(35)
})

describe.each(shared)('%s', (_, { provider, secret }) => {
  const key = secret()
  it('takes its secret as a function, which is asked when it is needed', async () => {
    const late = (answer: () => unknown) => provider(answer as never).scheme
    const given = provider([key as never]).scheme
    const scheme = late(() => key)
    expect(scheme.loadKeys).toBeTypeOf('function')
    expect(await scheme.loadKeys?.(options)).toBeUndefined()
    expect(scheme.keyMarks?.()).toEqual(given.keyMarks?.())
    const unset = late(() => undefined)
    expect(await unset.loadKeys?.(options)).toMatchObject({ code: 'keys-failed' })
  })
})
