import { type ContractCase, providerContract } from '@acuse/core/testing'
import { describe, expect, it } from 'vitest'
import { failingCases } from './failing-cases.ts'
import { rightProvider } from './right-provider.ts'
import { type WrongProvider, wrongReadings } from './wrong-providers.ts'
import { wrongClaims, wrongSchemes } from './wrong-schemes.ts'

const secrets = ['b1d4c0ffee5eed00b1d4c0ffee5eed01', '8d02c0ffee5eed008d02c0ffee5eed02'] as const

/** As a sender of the right provider repeats an event. */
const retry = (payload: object) => ({ ...payload, attempt: 2 })

function casesOf({ wrong, inbox }: Pick<WrongProvider, 'wrong' | 'inbox'>): readonly ContractCase[] {
  const cases = providerContract<string>({ provider: wrong, secrets, retry, ...(inbox && { inbox }) })
  return cases.filter(({ leftOut }) => leftOut === undefined)
}

const all = [...wrongReadings, ...wrongSchemes, ...wrongClaims]

describe('the suite of providers', () => {
  it('passes the provider that the wrong ones are made of, and leaves no case out', async () => {
    const cases = providerContract<string>({ provider: rightProvider, secrets, retry })
    expect(cases.filter(({ leftOut }) => leftOut !== undefined).map(({ name }) => name)).toEqual([])
    expect(await failingCases(cases)).toEqual([])
  })

  for (const { failsAt, fault, ...subject } of all) {
    it(`fails one that ${fault}`, async () => {
      expect(await failingCases(casesOf(subject))).toEqual([...failsAt].sort())
    })
  }

  it('has no case that every wrong provider passes', () => {
    const names = casesOf({ wrong: rightProvider }).map(({ name }) => name)
    const failing = new Set(all.flatMap(({ failsAt }) => failsAt))
    expect(names.filter((name) => !failing.has(name))).toEqual([])
  })
})
