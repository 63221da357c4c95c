import { describe, expect, it } from 'vitest'
import { parseTime } from '../../src/lib/time.ts'

describe('parseTime', () => {
  it('reads RFC 3339, with fractions and offsets', () => {
    expect(parseTime('2025-12-10T15:30:00Z', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30))
    expect(parseTime('2025-12-10T15:30:00.250Z', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30, 0, 250))
    expect(parseTime('2025-12-10T12:30:00-03:00', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30))
    expect(parseTime('2024-02-29T00:00:00Z', 'rfc3339')).toBe(Date.UTC(2024, 1, 29))
    expect(parseTime('2000-02-29T00:00:00Z', 'rfc3339')).toBe(Date.UTC(2000, 1, 29))
    for (let month = 1; month <= 12; month++) {
      const last = new Date(Date.UTC(2025, month, 0)).toISOString()
      expect(parseTime(last, 'rfc3339')).toBe(Date.parse(last))
    }
  })

  it.each([
    '',
    ' 2025-12-10T15:30:00Z',
    '2025-12-10T15:30:00Z ',
    '2025-12-10T15:30:00',
    '2025-12-10 15:30:00Z',
    '2025-12-10T15:30Z',
    '2025-12-10T15:30:60Z',
    '2025-12-10T24:00:00Z',
    '2025-12-10T15:60:00Z',
    '2025-13-10T15:30:00Z',
    '2025-00-10T15:30:00Z',
    '2025-12-00T15:30:00Z',
    '2025-02-30T15:30:00Z',
    '2025-02-29T15:30:00Z',
    '1900-02-29T15:30:00Z',
    '2025-00-10T15:30:00Z',
    '2025-13-10T15:30:00Z',
    '2025-01-32T15:30:00Z',
    '2025-04-31T15:30:00Z',
    '2025-11-31T15:30:00Z',
    '2025-02-00T15:30:00Z',
    '2025-03-00T15:30:00Z',
    '2025-12-10T15:30:00.Z',
    '2025-12-10T15:30:00.1234567890123Z',
    '2025-12-10T15:30:00+0300',
    '2025-12-10T15:30:00+24:00',
    '２０25-12-10T15:30:00Z',
    '+002025-12-10T15:30:00Z',
    'Wed, 10 Dec 2025 15:30:00 GMT',
    '1765380600',
  ])('takes no RFC 3339 time from %o', (text) => {
    expect(parseTime(text, 'rfc3339')).toBeUndefined()
  })

  it('reads RFC 3339 in lower case, with up to twelve digits of a fraction, and any offset', () => {
    const at = Date.UTC(2025, 11, 10, 15, 30, 0, 123)
    expect(parseTime('2025-12-10t15:30:00.123456789012z', 'rfc3339')).toBe(at)
    expect(parseTime('2025-12-10T15:30:00.1239Z', 'rfc3339')).toBe(at)
    expect(parseTime('2025-12-11T15:29:00.123+23:59', 'rfc3339')).toBe(at)
    expect(parseTime('2025-12-10T15:30:00.123-00:00', 'rfc3339')).toBe(at)
    expect(parseTime('2025-12-10T15:30:00.1Z', 'rfc3339')).toBe(at - 23)
  })

  it.each([
    '2025-12-10T15:30:00Z',
    '2025-12-10 15:30:00+00:00',
    '2025-12-10 15:30:00.000123+00:00',
    '2025-12-10 15:30:00+0000',
    '2025-12-10 12:30:00 -0300',
    '2025-12-10 15:30:00 +0000 UTC',
    '2025-12-10 15:30:00 UTC',
    '2025-12-10 12:30:00 -0300 -03',
    '2025-12-10 09:30:00.000000001 -0600 CST',
    '2025-12-10 21:15:00 +0545 +0545',
    '2025-12-10 15:30:00.000456789 +0000 UTC m=+0.000012345',
  ])('reads a time like RFC 3339 from %o', (text) => {
    expect(parseTime(text, 'rfc3339-like')).toBe(Date.UTC(2025, 11, 10, 15, 30))
  })

  it.each([
    '2025-12-10 15:30:00',
    '2025-02-30 15:30:00Z',
    '2025-12-10 15:30:00 CET',
    '2025-12-10  15:30:00Z',
    '2025-12-10 12:30:00 -03',
    '2025-12-10 12:30:00 -0300 America/Santiago',
    '2025-12-10 12:30:00 -0300 -03 -03',
    '2025-12-10 15:30:00 UTC m=+0.000012345',
    '2025-12-10 15:30:00 +0000 UTC m=+1',
  ])('takes no time like RFC 3339 from %o', (text) => {
    expect(parseTime(text, 'rfc3339-like')).toBeUndefined()
  })

  it('reads Unix seconds with a fraction where they are stated, and nothing else there', () => {
    expect(parseTime(1765380600.1234, 'unix-seconds-float')).toBe(1_765_380_600_123)
    expect(parseTime('1765380600.5', 'unix-seconds-float')).toBe(1_765_380_600_500)
    expect(parseTime('1765380600', 'unix-seconds-float')).toBe(1_765_380_600_000)
    for (const value of ['1765380600.', '.5', '1e9', '1765380600123', '1765380600,5'])
      expect(parseTime(value, 'unix-seconds-float'), value).toBeUndefined()
  })

  it('takes no RFC 3339 time from what is not text', () => {
    for (const value of [1765380600, null, {}, [], true]) expect(parseTime(value, 'rfc3339')).toBeUndefined()
  })

  it('reads Unix seconds of ten digits and milliseconds of thirteen, as text or number', () => {
    expect(parseTime('1765380600', 'unix-seconds')).toBe(1_765_380_600_000)
    expect(parseTime(1765380600, 'unix-seconds')).toBe(1_765_380_600_000)
    expect(parseTime('1765380600123', 'unix-ms')).toBe(1_765_380_600_123)
  })

  it.each([
    '',
    'NaN',
    '1e9',
    '0x10',
    '1765380600abc',
    ' 1765380600 ',
    '1765380600.5',
    '-765380600',
    '+1765380600',
    '１７６５３８０６００',
    '01765380600',
    '9007199254740993',
    null,
    {},
    [1765380600],
    Number.NaN,
    1.5,
    true,
  ])('takes no Unix time from %o', (value) => {
    expect(parseTime(value, 'unix-seconds')).toBeUndefined()
    expect(parseTime(value, 'unix-ms')).toBeUndefined()
  })

  it('never takes seconds for milliseconds', () => {
    expect(parseTime('1765380600', 'unix-ms')).toBeUndefined()
    expect(parseTime('1765380600123', 'unix-seconds')).toBeUndefined()
  })
})
