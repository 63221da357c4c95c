import { describe, expect, it } from 'vitest'
import { issuePaths } from '../../src/model/schema.ts'

describe('issuePaths', () => {
  it('names the first ten places, never a value, in at most 2 KB', () => {
    const issues = Array.from({ length: 20_000 }, () => ({
      message: 'hunter2',
      path: ['a'.repeat(5_000), { key: 0 }],
    }))
    const paths = issuePaths(issues)
    expect(paths).toHaveLength(10)
    expect(Buffer.byteLength(paths.join(', '))).toBeLessThanOrEqual(2_048)
    expect(paths.join()).not.toContain('hunter2')
    expect(issuePaths([{ message: 'x', path: ['montos', { key: 'liquido' }] }, { message: 'y' }])).toEqual([
      'montos.liquido',
      '(payload)',
    ])
  })

  it('names fields, and never the keys of a record, which are data', () => {
    const keys = [
      'juan.perez@example.com',
      '12.345.678-5',
      '+56 9 8765 4321',
      'user-12345678',
      'a\nb',
      '7',
      '',
    ]
    const path = (key: PropertyKey) => issuePaths([{ message: 'x', path: ['people', key, 'net_total'] }])
    for (const key of keys) expect(path(key), key).toEqual(['people.*.net_total'])
    expect(path(Symbol('juan@example.com'))).toEqual(['people.*.net_total'])
    expect(path(7)).toEqual(['people.7.net_total'])
  })
})
