import { describe, expect, it } from 'vitest'
import { fromRawHeaders, hmac } from '../../src/index.ts'
import { mayReadTrace, RequestScope } from '../../src/receiver/request-scope.ts'
import type { TraceCarrier } from '../../src/receiver/tracer.ts'
import { secret } from '../support/acme.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function scopeOf(raw: readonly string[], readsHeaders = true, carrier?: TraceCarrier): RequestScope {
  return new RequestScope(fromRawHeaders(raw), 100, { readsHeaders, ackTimeoutMs: 50 }, carrier)
}

describe('the name of a request', () => {
  it('is its x-request-id', () => {
    expect(scopeOf(['X-Request-Id', 'r-1', 'traceparent', traceparent]).requestId).toBe('r-1')
  })

  it('is the trace id of its traceparent where it has no x-request-id', () => {
    expect(scopeOf(['Traceparent', traceparent]).requestId).toBe(traceId)
  })

  it('is made where it has neither, once', () => {
    const scope = scopeOf([])
    expect(scope.requestId).toMatch(uuid)
    expect(scope.requestId).toBe(scope.requestId)
    expect(scopeOf([]).requestId).not.toBe(scope.requestId)
  })

  it.each([
    ['is empty', ['X-Request-Id', '']],
    ['holds a space', ['X-Request-Id', 'a b']],
    ['holds a line break', ['X-Request-Id', 'a\nb']],
    ['is not ASCII', ['X-Request-Id', 'ñ']],
    ['is longer than 200 characters', ['X-Request-Id', 'a'.repeat(201)]],
    ['stands twice', ['X-Request-Id', 'a', 'X-Request-Id', 'b']],
    ['is a trace of zeros', ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`]],
    ['is a parent of zeros', ['traceparent', `00-${traceId}-${'0'.repeat(16)}-01`]],
    ['is of version ff', ['traceparent', `ff-${traceId}-00f067aa0ba902b7-01`]],
    ['is in capitals', ['traceparent', traceparent.toUpperCase()]],
    ['has text behind it', ['traceparent', `${traceparent}-x`]],
  ])('is made where what came %s', (_, raw) => {
    expect(scopeOf(raw).headers).toEqual({ 'x-request-id': expect.stringMatching(uuid) })
  })

  it('is made where the adapter fails to give its headers, and where one of them may be the key', () => {
    const values = (): never => {
      throw new Error('no headers')
    }
    const scope = new RequestScope({ values }, 0, { readsHeaders: true, ackTimeoutMs: 1 })
    expect(scope.requestId).toMatch(uuid)
    expect(scopeOf(['X-Request-Id', 'hunter2', 'traceparent', traceparent], false).headers).toEqual({
      'x-request-id': expect.stringMatching(uuid),
    })
  })
})

describe('what a program by hand gives for headers, or a tracer for a place', () => {
  it('is no reason to throw, whatever it is: the name is made', () => {
    const odd = [
      [7],
      [{ toString: () => expect.unreachable() }],
      undefined,
      7,
      'text',
      Promise.reject(new Error('no')),
    ]
    for (const answer of odd) {
      const scope = new RequestScope({ values: () => answer as never }, 0, {
        readsHeaders: true,
        ackTimeoutMs: 1,
      })
      expect(scope.headers).toEqual({ 'x-request-id': expect.stringMatching(uuid) })
    }
    const thrown = Object.defineProperty({}, 'traceparent', { get: () => expect.unreachable() })
    for (const carrier of [7, 'text', { traceparent: 7 }, { traceparent: 'x' }, thrown, null])
      expect(scopeOf([], true, carrier as never).headers).toEqual({
        'x-request-id': expect.stringMatching(uuid),
      })
  })
})

describe('the place in a trace that is kept', () => {
  it("is the request's own, the parts of its tracestate as one list", () => {
    const raw = ['traceparent', traceparent, 'tracestate', 'a=1', 'Tracestate', 'b=2']
    expect(scopeOf(raw).headers).toEqual({ 'x-request-id': traceId, traceparent, tracestate: 'a=1,b=2' })
  })

  it('has no tracestate that is too long or holds a control character', () => {
    for (const state of [`a=${'1'.repeat(511)}`, 'a=\u0001'])
      expect(scopeOf(['traceparent', traceparent, 'tracestate', state]).headers).toEqual({
        'x-request-id': traceId,
        traceparent,
      })
  })

  it("is the tracer's where it gives one, and the request keeps its name", () => {
    const own = `00-${traceId}-b7ad6b7169203331-01`
    const raw = ['X-Request-Id', 'r-1', 'traceparent', traceparent, 'tracestate', 'a=1']
    expect(scopeOf(raw, true, { traceparent: own }).headers).toEqual({
      'x-request-id': 'r-1',
      traceparent: own,
    })
    expect(scopeOf(raw, true, { traceparent: own, tracestate: 'c=3' }).headers).toMatchObject({
      tracestate: 'c=3',
    })
  })
})

describe('the headers of tracing', () => {
  const unsigned = (headers?: readonly string[]) => ({ signs: [], headers }) as never
  it('are read of a scheme that signs, and of one whose key stands in another header', () => {
    expect(mayReadTrace(hmac({ header: 'X-Signature', secret }))).toBe(true)
    expect(mayReadTrace(unsigned(['authorization']))).toBe(true)
  })

  it('are not read where one of them is the key, or nobody knows which header is', () => {
    expect(mayReadTrace(unsigned(['X-Request-Id']))).toBe(false)
    expect(mayReadTrace(unsigned())).toBe(false)
  })
})

describe('the time that an answer may take', () => {
  const untilOf = (timeLeftMs: unknown): number =>
    new RequestScope(
      fromRawHeaders([]),
      100,
      { readsHeaders: true, ackTimeoutMs: 50 },
      undefined,
      timeLeftMs as number,
    ).until

  it('is what the runtime leaves of it', () => {
    expect([untilOf(20), untilOf(-5), untilOf(undefined)]).toEqual([120, 95, 150])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1_000, '20', null, {}])(
    'is no other than it was where an adapter says %s',
    (given) => {
      expect(untilOf(given)).toBe(150)
    },
  )
})
