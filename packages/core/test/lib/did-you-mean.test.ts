import { describe, expect, it } from 'vitest'
import { didYouMean } from '../../src/lib/did-you-mean.ts'

const known = [
  'bhe.emitida',
  'bhe.emision_fallida',
  'bhe.emision_terminada',
  'onexo.tenant_creado',
  'bhe.*',
  '*',
]

describe('an unknown name', () => {
  it.each([
    ['bhe.emitda', " Did you mean 'bhe.emitida'?"],
    ['BHE.Emitida', " Did you mean 'bhe.emitida'?"],
    ['bhe.emision-fallida', " Did you mean 'bhe.emision_fallida'?"],
    ['emitida', " Did you mean 'bhe.emitida'?"],
    ['bhr.*', " Did you mean 'bhe.*'?"],
    ['', " Did you mean '*'?"],
  ])('%s is taken for what is near', (name, end) => {
    expect(didYouMean(name, known)).toBe(end)
  })

  it('that is near to none is taken for none', () => {
    expect(didYouMean('invoice.paid', known)).toBe('')
  })

  it('of ten million characters is compared with none', () => {
    expect(didYouMean('x'.repeat(10_000_000), known)).toBe('')
  })

  it('is answered by at most three, nearest first and each once', () => {
    const near = ['abcx', 'abcd1', 'abcd', 'abcd', 'abcy']
    expect(didYouMean('abcd', near)).toBe(" Did you mean 'abcd' or 'abcx' or 'abcd1'?")
  })
})
