import { describe, expect, it } from 'vitest'
import { fromRawHeaders } from '../../src/index.ts'
import { fromFetchHeaders } from '../../src/model/headers.ts'

describe('request headers', () => {
  it('keep every occurrence apart, whatever the case of the name', () => {
    const headers = fromRawHeaders(['X-A', '1', 'x-a', '2', 'X-AB', '3', 'X-B', '4', 'X-A', '5', 'odd'])
    expect(headers.values('x-a')).toEqual(['1', '2', '5'])
    expect(headers.values('x-b')).toEqual(['4'])
    expect(headers.values('x-c')).toEqual([])
    expect(headers.values('odd')).toEqual([])
    expect(headers.values('__proto__')).toEqual([])
  })

  it('come from fetch as fetch has them: repeated ones joined', () => {
    const headers = fromFetchHeaders(
      new Headers([
        ['X-A', '1'],
        ['x-a', '2'],
        ['x-b', ''],
      ]),
    )
    expect(headers.values('x-a')).toEqual(['1, 2'])
    expect(headers.values('x-b')).toEqual([''])
    expect(headers.values('x-c')).toEqual([])
  })
})
