import { describe, expect, it } from 'vitest'
import { describeError, readThrown } from '../../src/lib/describe-error.ts'
import { thrownValues } from '../../src/testing/thrown-values.ts'

describe('describeError', () => {
  for (const [name, make] of Object.entries(thrownValues)) {
    it(`describes ${name}, and does not throw`, () => {
      const { message, stack = '' } = describeError(make())
      expect(message).toBeTypeOf('string')
      expect(message.length).toBeGreaterThan(0)
      expect(message.length).toBeLessThanOrEqual(1_000)
      expect(stack.length).toBeLessThanOrEqual(4_000)
    })
  }

  it('gives name, message and stack of an error', () => {
    const { message, stack } = describeError(new RangeError('too far'))
    expect(message).toBe('RangeError: too far')
    expect(stack).toContain('describe-error.test.ts')
  })

  it('gives the stacks of the causes', () => {
    const error = new Error('the invoice was not stored', { cause: new TypeError('no such column') })
    expect(describeError(error).stack).toMatch(/not stored.*\nCaused by: TypeError: no such column\n/s)
  })

  it('gives the messages of an aggregate that has none of its own', () => {
    const refused = [new Error('connect ECONNREFUSED ::1:5432'), 'connect ECONNREFUSED 127.0.0.1:5432']
    expect(describeError(new AggregateError(refused)).message).toBe(
      'AggregateError: connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
    )
    expect(describeError({ name: 'Odd', errors: 'none' }).message).toBe('Odd')
    const cursed = Object.assign([], { slice: () => new Error('no') })
    expect(
      describeError({
        message: '',
        errors: new Proxy(cursed, {
          get: () => {
            throw new Error('trap')
          },
        }),
      }).message,
    ).toBe('an object with the keys message, errors')
  })

  it('gives the text of what is no error', () => {
    expect(describeError('no such customer')).toEqual({ message: 'no such customer', stack: undefined })
    expect(describeError(undefined).message).toBe('undefined')
    expect(describeError(Symbol('x')).message).toBe('Symbol(x)')
    expect(describeError({ message: 'a plain object' }).message).toBe('a plain object')
    expect(describeError({ code: 'E1', status: 400 }).message).toBe('an object with the keys code, status')
    expect(describeError({}).message).toBe('[object Object]')
    expect(describeError('').message).toBe('something was thrown that cannot be read')
    expect(describeError({ name: '' }).message).toBe('an object with the keys name')
  })

  it('cuts what is long', () => {
    const { message, stack } = describeError(new Error('ñ'.repeat(50_000)))
    expect(message).toBe(`Error: ${'ñ'.repeat(993)}`)
    expect(stack).toHaveLength(4_000)
  })
})

describe('readThrown', () => {
  it('reads a property where there is one to read', () => {
    expect(readThrown(new TypeError('x'), 'name')).toBe('TypeError')
    expect(
      readThrown(
        Object.assign(() => {}, { code: 7 }),
        'code',
      ),
    ).toBe(7)
    expect(readThrown('text', 'length')).toBeUndefined()
    expect(readThrown(null, 'name')).toBeUndefined()
  })
})
