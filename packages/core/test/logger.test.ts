import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Signal } from '../src/index.ts'
import { logSignal, processWarnings } from '../src/logger.ts'
import { manualClock } from './support/clock.ts'

const about = { provider: 'acme', id: 'i', event: 'order.paid' }
const error = new Error('disk')

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('logSignal', () => {
  it.each<[Signal, string, string]>([
    [{ type: 'accepted', ...about, keyId: 'default' }, 'debug', 'acme order.paid i: accepted'],
    [{ type: 'duplicate', ...about }, 'debug', 'acme order.paid i: duplicate'],
    [{ type: 'handled', ...about, attempt: 1, handlers: 1 }, 'debug', 'acme order.paid i: handled'],
    [
      { type: 'rejected', provider: 'acme', code: 'time-past', status: 401 },
      'info',
      'acme: rejected 401 time-past',
    ],
    [
      { type: 'rejected', provider: 'acme', code: 'inbox-failed', status: 503, error },
      'error',
      'acme: rejected 503 inbox-failed',
    ],
    [
      { type: 'rejected', provider: 'acme', code: 'body-consumed', status: 500 },
      'error',
      'acme: rejected 500 body-consumed',
    ],
    [
      { type: 'retried', ...about, attempt: 2, delayMs: 9, error },
      'warn',
      'acme order.paid i: attempt 2 failed, next in 9 ms',
    ],
    [
      { type: 'dead', ...about, attempt: 2, reason: 'closed', error },
      'error',
      'acme order.paid i: dead letter, closed, attempts made: 2',
    ],
    [
      { type: 'dropped', ...about },
      'error',
      'acme order.paid i: dead letter dropped, the inbox is at its bound',
    ],
    [
      { type: 'pressure', provider: 'acme', resource: 'bytes', used: 0.8 },
      'warn',
      'acme: 80 % of the bytes that the inbox can hold',
    ],
  ])('writes %o', (signal, level, message) => {
    const lines: unknown[] = []
    const at = (name: string) => (details: object, text: string) => lines.push([name, details, text])
    logSignal({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, signal)
    expect(lines).toEqual([[level, signal, message]])
  })
})

describe('processWarnings', () => {
  it('speaks of what needs a person, with its cause, and of nothing else', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const logger = processWarnings(manualClock())
    logger.debug({}, 'a')
    logger.info({}, 'b')
    logger.warn({}, 'c')
    logger.error({ error }, 'd')
    logger.error({ error: 'text' }, 'e')
    expect(warned.mock.calls.map(([message]) => message)).toEqual(['c', 'd: Error: disk', 'e: text'])
  })

  it('speaks at most ten times a minute', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const clock = manualClock()
    const logger = processWarnings(clock)
    for (let n = 0; n < 50; n++) logger.error({}, 'x')
    expect(warned).toHaveBeenCalledTimes(10)
    await clock.advance(60_000)
    logger.error({}, 'x')
    expect(warned).toHaveBeenCalledTimes(11)
  })

  it('is silent where there is no process to warn', () => {
    vi.stubGlobal('process', undefined)
    expect(() => processWarnings(manualClock()).error({}, 'x')).not.toThrow()
    vi.stubGlobal('process', {})
    expect(() => processWarnings(manualClock()).error({}, 'x')).not.toThrow()
  })
})
