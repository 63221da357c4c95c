import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Clock, Logger, Observation } from '../../src/index.ts'
import { fencedLogger, processWarnings } from '../../src/log/logger.ts'
import { createObservationLog, type ObservationLog } from '../../src/log/observation-log.ts'
import { remedies } from '../../src/log/remedies.ts'
import type { RejectedObservation } from '../../src/model/observation.ts'
import { rejectionAnswers } from '../../src/model/rejection.ts'
import { manualClock } from '../support/clock.ts'

const about = { provider: 'acme', endpoint: 'acme', id: 'i', event: 'order.paid' }
const door = { keyId: 'default', durationMs: 1 }
const error = new Error('disk')

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

type Line = readonly [level: string, message: string, details: object]

/** A logger that keeps its lines. */
function keeping(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: string) => (details: object, message: string) => lines.push([level, message, details])
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines }
}

function logged(clock: Clock = manualClock()): { log: ObservationLog; lines: Line[]; said(): Line[] } {
  const { logger, lines } = keeping()
  const said = () => lines.filter(([level]) => level !== 'debug')
  return { log: createObservationLog(fencedLogger(logger), clock), lines, said }
}

function refused(changes: Partial<RejectedObservation> = {}): RejectedObservation {
  return {
    type: 'rejected',
    provider: 'acme',
    endpoint: 'acme',
    code: 'signature-mismatch',
    status: 401,
    authentic: false,
    ...changes,
  }
}

function warned(): () => string[] {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  return () => spy.mock.calls.map(([message]) => String(message))
}

describe('the log of observations', () => {
  const rest = 'the inbox can hold (docs/troubleshooting.md#high-water-mark)'
  it.each<[Observation, string, string]>([
    [{ type: 'accepted', ...about, ...door }, 'debug', 'acme order.paid i: accepted'],
    [{ type: 'duplicate', ...about, ...door }, 'debug', 'acme order.paid i: duplicate'],
    [{ type: 'handled', ...about, attempt: 1, handlers: 1 }, 'debug', 'acme order.paid i: handled'],
    [
      { type: 'retried', ...about, attempt: 2, delayMs: 9, error },
      'warn',
      'acme order.paid i: attempt 2 failed, next in 9 ms: Error: disk (docs/troubleshooting.md#retried)',
    ],
    [
      { type: 'failed', ...about, attempt: 1, error },
      'warn',
      'acme order.paid i: handlers failed, the sender is told to retry: Error: disk (docs/troubleshooting.md#failed)',
    ],
    [
      { type: 'dead', ...about, attempt: 2, reason: 'closed', error },
      'error',
      'acme order.paid i: dead letter, closed, attempts made: 2: Error: disk (docs/troubleshooting.md#closed)',
    ],
    [
      { type: 'dropped', ...about },
      'error',
      'acme order.paid i: dead letter dropped, the inbox is at its bound (docs/troubleshooting.md#dropped)',
    ],
    [
      { type: 'high-water-mark', provider: 'acme', resource: 'bytes', used: 0.8 },
      'warn',
      `acme: 80 % of the bytes that ${rest}`,
    ],
  ])('writes %o', (observation, level, message) => {
    const { log, lines } = logged()
    log.write(observation)
    expect(lines.map(([at, text]) => [at, text])).toEqual([[level, message]])
  })

  it('says of an unhandled type how many wait, and what to do', () => {
    const { log, lines } = logged()
    log.write({ type: 'unhandled', provider: 'acme', endpoint: 'acme', event: 'order.paid', waiting: 3 })
    expect(lines).toMatchObject([
      ['warn', expect.stringMatching(/^acme: 3 of 'order\.paid' wait.*register a handler/), { waiting: 3 }],
    ])
  })

  it('puts an error under err, where every logger prints it, and its message into the text', () => {
    const { log, lines } = logged()
    const cause = Object.assign(new TypeError('no such column'), { code: '42703' })
    log.write({ type: 'dead', ...about, attempt: 1, reason: 'unrecoverable', error: cause })
    const [, text, details] = lines[0] as Line
    expect(text).toContain('TypeError: no such column')
    expect(JSON.parse(JSON.stringify(details))).toEqual({
      type: 'dead',
      ...about,
      attempt: 1,
      reason: 'unrecoverable',
      err: {
        name: 'TypeError',
        message: 'no such column',
        code: '42703',
        stack: expect.stringContaining('logger.test.ts'),
      },
    })
    expect((details as { err: unknown }).err).toBeInstanceOf(Error)
  })

  it.each<[string, unknown, string]>([
    ['text', 'no', 'no'],
    ['a number', 7, '7'],
    ['nothing', null, 'null'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['an error with an endless message', new Error('x'.repeat(5_000)), `Error: ${'x'.repeat(993)}`],
    [
      'what cannot be read',
      new Proxy({}, { get: () => expect.unreachable() }),
      'something was thrown that cannot be read',
    ],
  ])('bears %s that was thrown', (_, thrown, message) => {
    const { log, lines } = logged()
    log.write({ type: 'retried', ...about, attempt: 1, delayMs: 1, error: thrown })
    expect(lines).toMatchObject([['warn', expect.stringContaining(message), { err: { message } }]])
  })

  it('is one line, whatever a sender calls its event and whatever an error says', () => {
    const { log, lines } = logged()
    const event = 'x\n2026-11-25 INFO acme: handled\r\u001b[2J\u202e\u2028\ud800\u0085é😀'
    const escaped = 'x\\n2026-11-25 INFO acme: handled\\r\\u001b[2J\\u202e\\u2028\\ud800\\u0085é😀'
    const hostile = new Error(`no ${event}`)
    log.write({ type: 'dead', ...about, event, attempt: 1, reason: 'unrecoverable', error: hostile })
    log.write({ type: 'accepted', ...about, ...door, event })
    log.write(refused({ authentic: true, event, code: 'time-past', seconds: -301 }))
    log.write(refused({ authentic: true, event, code: 'time-past', seconds: -301 }))
    log.flush()
    expect(lines).toHaveLength(5)
    for (const [, text, details] of lines) {
      expect(text).toContain(escaped)
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(details).toMatchObject({ event: escaped })
    }
    expect(lines[0]).toMatchObject(['error', expect.anything(), { err: { message: `no ${escaped}` } }])
  })
})

describe('a refusal in the log', () => {
  it.each<[Partial<RejectedObservation>, string]>([
    [{ code: 'signature-mismatch' }, 'warn'],
    [{ code: 'header-missing' }, 'warn'],
    [{ code: 'address-refused' }, 'warn'],
    [{ code: 'body-too-large', status: 413 }, 'warn'],
    [{ code: 'overloaded', status: 503 }, 'warn'],
    [{ code: 'body-consumed', status: 500 }, 'error'],
    [{ code: 'body-aborted', status: 400 }, 'info'],
    [{ code: 'method-not-allowed', status: 405 }, 'info'],
    [{ code: 'time-past', authentic: true }, 'error'],
    [{ code: 'body-not-utf8', status: 400, authentic: true }, 'error'],
    [{ code: 'body-too-deep', status: 400, authentic: true }, 'error'],
    [{ code: 'media-type-unsupported', status: 415, authentic: true }, 'error'],
    [{ code: 'header-mismatch', authentic: true }, 'error'],
    [{ code: 'conflict', status: 409, authentic: true }, 'error'],
    [{ code: 'inbox-failed', status: 503, authentic: true, error }, 'error'],
    [{ code: 'dedupe-timeout', status: 503, authentic: true }, 'error'],
    [{ code: 'in-flight', status: 503, authentic: true }, 'warn'],
    [{ code: 'closed', status: 503, authentic: true }, 'warn'],
  ])('%o is %s: its level follows authenticity, not the status', (changes, level) => {
    const { log, lines } = logged()
    log.write(refused(changes))
    expect(lines.map(([at]) => at)).toEqual([level])
  })

  it('says which header, by how many seconds, what to do, and where to read on', () => {
    const { log, lines } = logged()
    log.write(refused({ code: 'header-missing', header: 'x-acme-signature' }))
    log.write(refused({ code: 'time-past', authentic: true, event: 'order.paid', seconds: -301 }))
    log.write(refused({ code: 'time-future', authentic: true, ...about, seconds: 62 }))
    log.write(refused({ code: 'inbox-failed', status: 503, authentic: true, ...about, error }))
    expect(lines.map(([, text]) => text)).toEqual([
      `acme: refused with 401 header-missing, header 'x-acme-signature'. ${remedies['header-missing']} (docs/troubleshooting.md#header-missing)`,
      `acme: authentic, and refused with 401 time-past (order.paid), 301 s in the past. ${remedies['time-past']} (docs/troubleshooting.md#time-past)`,
      `acme order.paid i: authentic, and refused with 401 time-future, 62 s in the future. ${remedies['time-future']} (docs/troubleshooting.md#time-future)`,
      `acme order.paid i: authentic, and refused with 503 inbox-failed: Error: disk. ${remedies['inbox-failed']} (docs/troubleshooting.md#inbox-failed)`,
    ])
  })

  it('has a remedy for every code', () => {
    expect(Object.keys(remedies).sort()).toEqual(Object.keys(rejectionAnswers).sort())
  })

  it('is one line a minute for each code and header, with a count; each is debug as well', async () => {
    const clock = manualClock()
    const { log, lines, said } = logged(clock)
    for (let n = 0; n < 1_000; n++) log.write(refused())
    for (let n = 0; n < 3; n++) log.write(refused({ code: 'header-missing', header: 'x-one' }))
    log.write(refused({ code: 'header-missing', header: 'x-two' }))
    expect(said()).toHaveLength(3)
    expect(lines).toHaveLength(1_004)
    await clock.advance(60_000)
    expect(
      said()
        .slice(3)
        .map(([level, text, details]) => [level, text.split('.')[0], details]),
    ).toEqual([
      [
        'warn',
        'acme: 999 more refused with 401 signature-mismatch in the last minute',
        { ...refused(), count: 999 },
      ],
      [
        'warn',
        "acme: 2 more refused with 401 header-missing in the last minute, header 'x-one'",
        { ...refused({ code: 'header-missing', header: 'x-one' }), count: 2 },
      ],
    ])
    for (let n = 0; n < 5; n++) log.write(refused())
    expect(said()).toHaveLength(5)
    await clock.advance(60_000)
    expect(said().slice(5)).toMatchObject([['warn', expect.stringContaining('5 more'), { count: 5 }]])
    await clock.advance(60_000)
    log.write(refused())
    expect(said()).toHaveLength(7)
    expect(clock.scheduled).toBe(0)
  })

  it('is told in the next minute by the next one where nothing runs after an answer', () => {
    const clock = { ...manualClock(), schedule: () => () => {} }
    let now = 0
    const { log, said } = logged({ ...clock, monotonic: () => now })
    for (let n = 0; n < 3; n++) log.write(refused())
    now = 60_000
    log.write(refused())
    expect(said().map(([, text]) => /\d+ more/.exec(text)?.[0])).toEqual([undefined, '2 more'])
  })

  it('counts those of what is authentic apart, with the events and how far they are off', () => {
    const { log, said } = logged()
    log.write(refused({ code: 'time-past' }))
    const late = (id: string, seconds: number) =>
      log.write(refused({ code: 'time-past', authentic: true, event: 'order.paid', id, seconds }))
    late('a', -301)
    late('b', -330)
    late('c', -302)
    late('c', -303)
    log.flush()
    expect(said().map(([level, text]) => [level, text.split('.')[0]])).toEqual([
      ['warn', 'acme: refused with 401 time-past'],
      ['error', 'acme order'],
      ['error', 'acme: 3 more authentic, and refused with 401 time-past in the last minute (order'],
    ])
    expect(said()[2]?.[1]).toContain('(order.paid b, order.paid c, …), 302 to 330 s in the past')
    for (let n = 0; n < 40; n++) late(`d${n}`, 5)
    log.flush()
    expect(said()[3]?.[1]).toContain('40 more')
    expect(said()[3]?.[1].match(/order\.paid d/g)).toHaveLength(10)
  })

  it('is written where the clock fails', () => {
    const clock = {
      ...manualClock(),
      monotonic: () => {
        throw new Error('no clock')
      },
    }
    const { log, said } = logged(clock)
    log.write(refused())
    log.write(refused())
    expect(said()).toHaveLength(2)
  })
})

describe('a logger', () => {
  it('that has a method log, as winston and the console have, gets the message first', () => {
    const calls: unknown[][] = []
    const method = (...args: unknown[]) => void calls.push(args)
    const logger = fencedLogger({
      log: method,
      debug: method,
      info: method,
      warn: method,
      error: method,
    } as Logger)
    logger.warn({ a: 1 }, 'text')
    expect(calls).toEqual([['text', { a: 1 }]])
  })

  it('is called as a method, and gets one line', () => {
    class Mine {
      readonly lines: string[] = []
      debug(_: object, message: string): void {
        this.lines.push(message)
      }
      info = this.debug
      warn = this.debug
      error = this.debug
    }
    const mine = new Mine()
    fencedLogger(mine).debug({}, 'two\nlines')
    expect(mine.lines).toEqual(['two\\nlines'])
  })
})

describe('process warnings', () => {
  it('speak of what needs a look, with its cause, and of nothing else', () => {
    const messages = warned()
    const logger = processWarnings(manualClock())
    logger.debug({}, 'a')
    logger.info({}, 'b')
    logger.warn({}, 'c')
    logger.error({ err: error }, 'd')
    logger.error({ err: 'text' }, 'e')
    expect(messages()).toEqual(['c', 'd: Error: disk', 'e: text'])
  })

  it('say once what failed', () => {
    const messages = warned()
    createObservationLog(processWarnings(manualClock()), manualClock()).write({
      type: 'retried',
      ...about,
      attempt: 1,
      delayMs: 1,
      error,
    })
    expect(messages()).toEqual([
      'acme order.paid i: attempt 1 failed, next in 1 ms: Error: disk (docs/troubleshooting.md#retried)',
    ])
  })

  it('are at most ten of a kind in a minute, and the rest is counted', async () => {
    const messages = warned()
    const clock = manualClock()
    const log = createObservationLog(processWarnings(clock), clock)
    for (let n = 0; n < 50; n++)
      log.write({ type: 'retried', ...about, id: `r${n}`, attempt: 1, delayMs: 9, error })
    expect(messages()).toHaveLength(10)
    await clock.advance(60_000)
    expect(messages().slice(10)).toEqual([
      expect.stringMatching(
        /^40 more like this one in the last minute: acme order\.paid r49: attempt 1 failed/,
      ),
    ])
    for (let n = 0; n < 50; n++) log.write({ type: 'retried', ...about, attempt: 1, delayMs: 9, error })
    expect(messages()).toHaveLength(20)
    log.flush()
    expect(messages().at(-1)).toMatch(/^41 more/)
  })

  it('of dead letters are not used up by a flood of anything else, nor by those of another reason', () => {
    const messages = warned()
    const clock = manualClock()
    const logger = processWarnings(clock)
    const log = createObservationLog(logger, clock)
    for (let n = 0; n < 1_000; n++) {
      log.write(refused())
      log.write(refused({ code: 'time-past', authentic: true, seconds: -400 }))
      log.write({ type: 'retried', ...about, attempt: 1, delayMs: 9, error })
      log.write({ type: 'dead', ...about, attempt: 0, reason: 'stale', error })
      logger.warn({ type: 'dead', reason: 'attempts-used-up' }, 'a line of a handler')
    }
    const before = messages().length
    expect(before).toBe(1 + 1 + 10 + 10 + 10)
    for (let n = 0; n < 9; n++)
      log.write({ type: 'dead', ...about, id: `d${n}`, attempt: 9, reason: 'attempts-used-up', error })
    expect(messages()).toHaveLength(before + 9)
  })

  it('are silent where there is no process to warn', () => {
    vi.stubGlobal('process', undefined)
    expect(() => processWarnings(manualClock()).error({}, 'x')).not.toThrow()
    vi.stubGlobal('process', {})
    expect(() => processWarnings(manualClock()).error({}, 'x')).not.toThrow()
  })
})
