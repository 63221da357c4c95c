import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { fromFetchHeaders, fromRawHeaders, systemClock } from '../src/index.ts'
import { verifySignature } from '../src/lib/crypto.ts'
import { timedOut, withDeadline } from '../src/lib/deadline.ts'
import { parseJson } from '../src/lib/json.ts'
import { parseTime } from '../src/lib/time.ts'
import { issuePaths } from '../src/schema.ts'
import { manualClock } from './support/clock.ts'

const json = (text: string | Uint8Array) => parseJson(Buffer.from(text as string))

describe('parseJson', () => {
  it('takes what JSON.parse takes', () => {
    for (const text of ['{}', '[]', 'null', '"a"', ' 1 ', '{"a":[{"b":"[[[{{{"}]}', '"\\"{\\\\"']) {
      expect(json(text)).toEqual({ value: JSON.parse(text) })
    }
  })

  it('refuses bytes that are not UTF-8, a byte order mark and UTF-16', () => {
    expect(json(new Uint8Array([0x22, 0xff, 0x22]))).toEqual({ problem: 'body-not-utf8' })
    expect(json(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).toEqual({ problem: 'body-not-utf8' })
    expect(json('\ufeff{}')).toEqual({ problem: 'body-not-json' })
    expect(parseJson(Buffer.from('\ufeff{}', 'utf16le'))).toEqual({ problem: 'body-not-utf8' })
    expect(parseJson(Buffer.from('{}', 'utf16le'))).toEqual({ problem: 'body-not-json' })
  })

  it('refuses what is not JSON', () => {
    for (const text of ['', ' ', '{', '{"a":}', "{'a':1}", '{}{}', 'NaN', '"open', '"\\']) {
      expect(json(text), text).toEqual({ problem: 'body-not-json' })
    }
  })

  it('takes 64 levels and refuses 65, however they are written', () => {
    expect(json('['.repeat(64) + ']'.repeat(64))).toHaveProperty('value')
    expect(json('['.repeat(65) + ']'.repeat(65))).toEqual({ problem: 'body-too-deep' })
    expect(json(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toEqual({ problem: 'body-too-deep' })
    expect(json(`[${'[],'.repeat(500)}[]]`)).toHaveProperty('value')
  })

  it('refuses a million levels', () => {
    const bytes = Buffer.from('['.repeat(1_000_000))
    expect(parseJson(bytes)).toEqual({ problem: 'body-too-deep' })
  })

  it('refuses a key __proto__, plain, escaped or deep; takes it as a value', () => {
    for (const text of [
      '{"__proto__":{}}',
      '[{"a":{"__proto__":1}}]',
      '{"\\u005f_proto__":1}',
      '{"__pr\\u006Fto__":1}',
    ]) {
      expect(json(text), text).toEqual({ problem: 'body-forbidden-key' })
    }
    for (const text of ['{"a":"__proto__"}', '{"a":"\\u00e9"}', '{"constructor":1}', '{"__proto":1}']) {
      expect(json(text), text).toEqual({ value: JSON.parse(text) })
    }
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('parseTime', () => {
  it('reads RFC 3339, with fractions and offsets', () => {
    expect(parseTime('2025-12-10T15:30:00Z', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30))
    expect(parseTime('2025-12-10T15:30:00.250Z', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30, 0, 250))
    expect(parseTime('2025-12-10T12:30:00-03:00', 'rfc3339')).toBe(Date.UTC(2025, 11, 10, 15, 30))
    expect(parseTime('2024-02-29T00:00:00Z', 'rfc3339')).toBe(Date.UTC(2024, 1, 29))
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
  ])('reads a time like RFC 3339 from %o', (text) => {
    expect(parseTime(text, 'rfc3339-like')).toBe(Date.UTC(2025, 11, 10, 15, 30))
  })

  it.each([
    '2025-12-10 15:30:00',
    '2025-02-30 15:30:00Z',
    '2025-12-10 15:30:00 CET',
    '2025-12-10  15:30:00Z',
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

describe('withDeadline', () => {
  it('answers with the value, the rejection, or that time ran out, and leaves no timer', async () => {
    const clock = manualClock()
    expect(await withDeadline(Promise.resolve(1), 10, clock)).toBe(1)
    await expect(withDeadline(Promise.reject(new Error('no')), 10, clock)).rejects.toThrow('no')
    expect(clock.scheduled).toBe(0)
    const late = withDeadline(new Promise(() => {}), 10, clock)
    await clock.advance(10)
    expect(await late).toBe(timedOut)
  })

  it('drops a rejection that comes too late', async () => {
    const clock = manualClock()
    let reject: (error: Error) => void = () => {}
    const late = withDeadline(
      new Promise((_, no) => {
        reject = no
      }),
      10,
      clock,
    )
    await clock.advance(10)
    reject(new Error('late'))
    expect(await late).toBe(timedOut)
  })
})

describe('verifySignature', () => {
  it('takes a primitive that throws for "not verified"', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(
      verifySignature({ hash: 'sha256', padding: 'pss' }, publicKey, Buffer.alloc(1), Buffer.alloc(64)),
    ).toBe(false)
  })
})

describe('verifySignature on workerd, which takes no key with options beside it', () => {
  it('verifies RSA-PSS all the same, and refuses another body', async () => {
    vi.resetModules()
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    const crypto = await import('../src/lib/crypto.ts')
    vi.unstubAllGlobals()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pss = { hash: 'sha256', padding: 'pss' } as const
    const signature = crypto.createSignature(pss, privateKey, Buffer.from('body'))
    expect(crypto.verifySignature(pss, publicKey, Buffer.from('body'), signature)).toBe(true)
    expect(crypto.verifySignature(pss, publicKey, Buffer.from('bodY'), signature)).toBe(false)
    expect(verifySignature(pss, publicKey, Buffer.from('body'), signature)).toBe(true)
  })
})

describe('systemClock', () => {
  it('tells wall and monotonic time, and runs what is scheduled unless it is cancelled', async () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000)
    const before = systemClock.monotonic()
    const ran: string[] = []
    const cancel = systemClock.schedule(1, () => ran.push('cancelled'))
    cancel()
    await new Promise<void>((resolve) => systemClock.schedule(2, () => resolve()))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(ran).toEqual([])
    expect(systemClock.monotonic()).toBeGreaterThan(before)
  })
})

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

describe('a deadline on a clock that fails', () => {
  it('rejects with what the clock threw, whatever becomes of the promise', async () => {
    const clock = {
      ...systemClock,
      schedule: () => {
        throw new Error('no timers')
      },
    }
    for (const promise of [Promise.resolve('late'), Promise.reject(new Error('late'))]) {
      await expect(withDeadline(promise, 10, clock)).rejects.toThrow('no timers')
    }
  })
})
