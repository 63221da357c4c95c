import { describe, expect, it } from 'vitest'
import { chart } from '../src/charts.ts'
import { Counters } from '../src/counters.ts'
import { Tokens, toSecret } from '../src/csrf.ts'
import { Format } from '../src/format.ts'
import { Jobs } from '../src/jobs.ts'
import { hexDump, prettyJson, toText } from '../src/pretty.ts'
import { Recent } from '../src/recent.ts'
import { Refusals } from '../src/refusals.ts'

const about = { provider: 'stripe', endpoint: 'stripe', id: 'x', event: 'invoice.paid' }
const acknowledged = { ...about, keyId: 'default', durationMs: 1 }
const minute = 60_000

describe('Counters', () => {
  it('counts by minute and provider, and forgets what is older than it keeps', () => {
    const counters = new Counters(3)
    counters.add({ type: 'accepted', ...acknowledged }, 0)
    counters.add({ type: 'accepted', ...acknowledged }, 2 * minute)
    counters.add({ type: 'retried', attempt: 1, delayMs: 1, error: 0, ...about }, 2 * minute)
    counters.add({ type: 'duplicate', ...acknowledged, provider: 'github' }, 2 * minute)
    expect(counters.read(2 * minute, 3).map(({ provider, series }) => [provider, series.accepted])).toEqual([
      ['github', [0, 0, 0]],
      ['stripe', [1, 0, 1]],
    ])
    expect(counters.read(2 * minute, 3)[1]?.series.failed).toEqual([0, 0, 1])
    // The fourth minute takes the place of the first.
    counters.add({ type: 'accepted', ...acknowledged }, 3 * minute)
    expect(counters.read(3 * minute, 3)[1]?.series.accepted).toEqual([0, 1, 1])
    expect(counters.read(9 * minute, 3)[1]?.series.accepted).toEqual([0, 0, 0])
  })

  it('takes a bounded number of providers, and counts the others together', () => {
    const counters = new Counters(1)
    for (let n = 0; n < 200; n++) counters.add({ type: 'duplicate', ...acknowledged, provider: `p${n}` }, 0)
    const read = counters.read(0, 1)
    expect(read).toHaveLength(65)
    expect(read.reduce((sum, { series }) => sum + (series.duplicate[0] ?? 0), 0)).toBe(200)
  })

  it('means the lag of what tells it', () => {
    const counters = new Counters(1)
    const handled = { type: 'handled', attempt: 1, handlers: 1, ...about } as const
    for (const lagMs of [100, 300]) counters.add({ ...handled, lagMs }, 0)
    counters.add(handled, 0)
    const [read] = counters.read(0, 1)
    expect([read?.series.lagMs, read?.series.lagged]).toEqual([[400], [2]])
  })
})

describe('Recent', () => {
  it('keeps the last 200, and answers those behind a number, newest first', () => {
    const recent = new Recent()
    for (let n = 1; n <= 250; n++) recent.add({ type: 'duplicate', ...acknowledged, id: String(n) }, n)
    expect(recent.since(248).map(({ id }) => id)).toEqual(['250', '249'])
    expect(recent.since(0)).toHaveLength(200)
    expect(recent.since(250)).toEqual([])
    // A page of an earlier process.
    expect(recent.since(9_000)).toHaveLength(200)
  })
})

describe('Refusals', () => {
  it('counts by provider and code, most frequent first, in a bounded memory', () => {
    const refusals = new Refusals()
    const rejected = {
      type: 'rejected',
      provider: 'stripe',
      endpoint: 'stripe',
      status: 401,
      authentic: false,
    } as const
    refusals.add({ ...rejected, code: 'time-past', authentic: true }, 1)
    for (let n = 0; n < 3; n++) refusals.add({ ...rejected, code: 'signature-mismatch' }, n)
    expect(refusals.counts.map(({ code, count, authentic }) => [code, count, authentic])).toEqual([
      ['signature-mismatch', 3, 0],
      ['time-past', 1, 1],
    ])
    for (let n = 0; n < 2_000; n++) refusals.add({ ...rejected, provider: `p${n}`, code: 'time-past' }, n)
    expect(refusals.counts).toHaveLength(500)
  })
})

describe('Jobs', () => {
  it('refuses more than run at a time, and forgets the oldest that ended', async () => {
    const jobs = new Jobs()
    const begin = (run: () => Promise<number>) =>
      jobs.start({ kind: 'redrive', inbox: 'main', user: '', startedAt: 0 }, run)
    const first = begin(async () => 1)
    for (let n = 0; n < 60; n++) await jobs.ended(begin(async () => 1)?.id ?? '')
    expect(jobs.get(first?.id ?? '')).toBeUndefined()
    for (let n = 0; n < 8; n++) expect(begin(() => new Promise(() => {}))).toBeDefined()
    expect(begin(async () => 1)).toBeUndefined()
  })

  it('keeps what a job threw, as text', async () => {
    const jobs = new Jobs()
    const job = jobs.start({ kind: 'discard', inbox: 'main', user: '', startedAt: 0 }, () => {
      throw new Error('the disk is full')
    })
    await jobs.ended(job?.id ?? '')
    expect(job).toMatchObject({ state: 'failed', message: 'Error: the disk is full' })
  })
})

describe('Tokens', () => {
  it('fit one user, one session, one key and half a day', () => {
    const tokens = new Tokens(toSecret('x'.repeat(32)))
    const token = tokens.make('ada', 's1', 0)
    expect(tokens.isGood(token, 'ada', 's1', 12 * 3_600_000 - 1_000)).toBe(true)
    expect(new Tokens(toSecret('x'.repeat(32))).isGood(token, 'ada', 's1', 0)).toBe(true)
    expect(new Tokens(toSecret(undefined)).isGood(token, 'ada', 's1', 0)).toBe(false)
    expect(tokens.isGood(token, 'ada', 's2', 0)).toBe(false)
    expect(tokens.isGood(token, 'bob', 's1', 0)).toBe(false)
    expect(tokens.isGood(token, 'ada', 's1', 12 * 3_600_000 + 1_000)).toBe(false)
    for (const wrong of [undefined, '', '.', token.slice(0, -1), `${token}x`, 'zzzzzzzzzz.x'])
      expect(tokens.isGood(wrong, 'ada', 's1', 0)).toBe(false)
  })
})

describe('prettyJson', () => {
  it('breaks lines and leaves every token as it was sent', () => {
    const text = '{"a":1.0,"n":12345678901234567890,"s":"\\u00f1 {,}\\"","e":{},"l":[],"x":[1,{"y":null}]}'
    const pretty = prettyJson(text, 10_000) ?? ''
    expect(pretty.split('\n').slice(0, 4)).toEqual([
      '{',
      '  "a": 1.0,',
      '  "n": 12345678901234567890,',
      '  "s": "\\u00f1 {,}\\"",',
    ])
    expect(pretty).toContain('"e": {},\n  "l": [],')
    expect(pretty.replaceAll(/\n\s*/g, '').replaceAll(': ', ':')).toBe(text)
  })

  it('answers nothing for what is no JSON, and ends where it is asked to', () => {
    expect(prettyJson('a=1&b=2', 100)).toBeUndefined()
    const deep = '['.repeat(5_000) + ']'.repeat(5_000)
    expect((prettyJson(deep, 2_000) ?? '').length).toBeLessThan(2_300)
    expect(prettyJson(`"${'\\"x'.repeat(200_000)}"`, 100)).toHaveLength(600_002)
  })
})

it('bytes that are no text are shown in hexadecimal', () => {
  expect(toText(Buffer.from([0xff]))).toBeUndefined()
  expect(hexDump(Buffer.from('GIF89a\u0001<'))).toBe(
    `0000  47 49 46 38 39 61 01 3c${' '.repeat(25)} GIF89a.<`,
  )
})

it('a chart is one path, has a name, and shows a peak however many minutes it stands for', () => {
  const svg = String(chart([...Array(179).fill(0), 7], 'stripe: "7"', 'calm'))
  expect(svg).toContain('aria-label="stripe: &quot;7&quot;"')
  expect(svg.match(/<path/g)).toHaveLength(2)
  expect(svg).toContain('d="M236 44v-40h3V44z"')
  expect(String(chart([0, 0], 'none', 'calm'))).toContain('d=""')
})

it('numbers and times are written as people of the language write them', () => {
  const [en, es] = [new Format('en'), new Format('es')]
  expect([en.number(12_345.67), es.number(12_345.67)]).toEqual(['12,345.7', '12.345,7'])
  expect([en.ago(200_000), en.ago(-200_000), en.ago(200)]).toEqual(['3 min. ago', 'in 3 min.', 'now'])
  expect([
    en.duration(830),
    en.duration(2_500),
    en.duration(200_000),
    en.duration(7_500_000),
    en.duration(90_000_000),
  ]).toEqual(['830 ms', '2.5 s', '3 min 20 s', '2 h 5 min', '1 d 1 h'])
  expect([en.bytes(12), en.bytes(1_234), en.bytes(2_500_000)]).toEqual(['12 B', '1.2 KB', '2.5 MB'])
  expect(en.time(new Date(Number.NaN))).toBe('')
})
