import { describe, expect, it } from 'vitest'
import { hmac, type Provider } from '../../src/index.ts'
import { coveredBy } from '../../src/lib/parts.ts'
import { watchedView } from '../../src/receiver/envelope-view.ts'
import { readEnvelope } from '../../src/receiver/read-envelope.ts'
import { toReading } from '../../src/receiver/reading.ts'
import { type AcmeEvents, acme, paid, secret, signed } from '../support/acme.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

type Read = Provider<AcmeEvents>['envelope']

const bodyHash = 'hash-of-the-body'
const request = { ...signed(paid, ['X-Event', 'order.paid', 'X-Time', 'noon']), url: '/a?b', method: 'PUT' }
const read = (envelope: unknown, changes: Partial<Provider<AcmeEvents>> = {}) =>
  readEnvelope(toReading(acme({ ...changes, envelope: envelope as Read })), paid, request, bodyHash)
const answering = (answer: object) => read(() => answer)
const invalid = (message: string) => ({ code: 'envelope-invalid', error: new TypeError(message) })
const instead =
  "It answers { type, time, idempotencyKey }, or why there is none, such as { code: 'envelope-invalid' }"

describe('the reading of an envelope', () => {
  it('gives type, time and idempotency key, and nothing else of the answer', () => {
    const envelope = { type: 'order.paid', time: 'noon', idempotencyKey: ['a', 'b'] }
    expect(answering({ ...envelope, more: 1 })).toEqual({ ...envelope, signedType: 'order.paid' })
  })

  it('hands over the payload, the request and the body hash', () => {
    const seen: unknown[] = []
    const envelope: Read = (payload, { method, url, headers, body }, hash) => {
      seen.push(payload, method, url, headers.values('x-time'), body, hash)
      return { type: 'order.paid' }
    }
    read(envelope)
    expect(seen.slice(0, 6)).toEqual([paid, 'PUT', '/a?b', ['noon'], request.body, bodyHash])
    expect(seen.slice(6)).toEqual([paid, 'POST', '/', [], request.body, bodyHash])
  })

  it.each([
    ['of one character', 'a', true],
    ['of 200 characters', 'a'.repeat(200), true],
    ['of 201 characters', 'a'.repeat(201), false],
    ['without one', '', false],
    ['that is no text', ['a'], false],
  ])('takes a type %s: %#', (_, type, isTaken) => {
    expect(answering({ type })).toEqual(
      isTaken
        ? { type, time: undefined, idempotencyKey: undefined, signedType: type }
        : { code: 'envelope-invalid' },
    )
  })

  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [['a', ' '], undefined],
    [['a', ' undefined '], undefined],
    [['null'], undefined],
    [['NaN'], undefined],
    [['[object Object]'], undefined],
    [['a', 7], undefined],
    [['a', undefined], undefined],
    [[], undefined],
    ['a', undefined],
    [null, undefined],
  ])('takes for an idempotency key only names: of %j it takes %j', (given, taken) => {
    expect(answering({ type: 'a', idempotencyKey: given })).toHaveProperty('idempotencyKey', taken)
  })

  it.each([
    [{ code: 'envelope-invalid' }, { code: 'envelope-invalid' }],
    [
      { code: 'header-missing', header: 'x-id', more: 1 },
      { code: 'header-missing', header: 'x-id' },
    ],
    [{ code: 'header-repeated', header: 7 }, { code: 'header-repeated' }],
    [{ code: 'header-mismatch' }, { code: 'header-mismatch' }],
    [{ code: 'time-past' }, { code: 'envelope-invalid' }],
  ])('gives why there is none: %j', (answer, refusal) => {
    expect(answering(answer)).toEqual(refusal)
  })

  it.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'undefined'],
    ['null', () => null, 'null'],
    ['text', () => 'order.paid', 'string'],
    ['a promise', async () => ({ type: 'a' }), 'a promise: it must answer at once'],
    ['a promise that rejects', () => Promise.reject(new Error('no')), 'a promise: it must answer at once'],
  ])('says what was answered instead of one: %s', (_, envelope, found) => {
    expect(read(envelope)).toEqual(invalid(`envelope() of the provider answered ${found}. ${instead}`))
  })

  it('gives what was thrown', () => {
    const error = new Error('a bug of the provider')
    const thrown = () => {
      throw error
    }
    expect(read(thrown)).toEqual({ code: 'envelope-invalid', error })
  })
})

describe('an envelope that is read from what the scheme does not sign', () => {
  const proven = { time: paid.at, idempotencyKey: [paid.id], signedType: 'order.paid' }
  const typeOf = (look: (seen: typeof request) => string): Read => {
    return ({ id, at }, seen) => ({
      type: look(seen as typeof request),
      time: at,
      idempotencyKey: [String(id)],
    })
  }
  const event = (seen: typeof request) => seen.headers.values('x-event')[0] ?? 'none'

  it.each<[string, (seen: typeof request) => string, string]>([
    ['header', event, 'none'],
    ['method', ({ method }) => method, 'POST'],
    ['path', ({ url }) => url, '/'],
  ])('has a type that is not proven, beside the one that is: %s', (_, look, signedType) => {
    expect(read(typeOf(look))).toEqual({ ...proven, type: look(request), signedType })
  })

  it('has the same proven type whether the header comes or not, so that it is one event', () => {
    const { headers, ...rest } = request
    const bare = { ...rest, headers: { values: () => [] } }
    const reading = toReading(acme({ envelope: typeOf(event) }))
    expect(headers.values('x-event')).toEqual(['order.paid'])
    expect(readEnvelope(reading, paid, bare, bodyHash)).toEqual({
      ...proven,
      type: 'none',
      signedType: 'none',
    })
    expect(readEnvelope(reading, paid, request, bodyHash)).toMatchObject({ signedType: 'none' })
    const empty = toReading(acme({ envelope: typeOf((seen) => seen.headers.values('x-event')[0] ?? '') }))
    expect(readEnvelope(empty, paid, request, bodyHash)).toMatchObject({ signedType: undefined })
  })

  it('has a type that is proven where it does not depend on what was looked at', () => {
    expect(read(typeOf((seen) => (event(seen), 'order.paid')))).toEqual({ ...proven, type: 'order.paid' })
  })

  it('is proven where the scheme signs the header', () => {
    const signs = [{ header: 'X-Event', as: 'id' }, { text: '.' }, { raw: 'body' }] as const
    const scheme = hmac({ header: 'X-Acme-Signature', secret, signs })
    expect(read(typeOf(event), { scheme })).toEqual({ ...proven, type: 'order.paid' })
  })

  it('is as proven as the rest where the scheme signs nothing', () => {
    const scheme = { ...acme().scheme, signs: [] }
    expect(read(typeOf(event), { scheme })).toEqual({ ...proven, type: 'order.paid' })
  })

  it.each<[string, () => unknown]>([
    ['is none', () => ({ code: 'header-missing' })],
    ['is thrown', () => expect.unreachable()],
    ['is no envelope', () => undefined],
  ])('has no idempotency key where without it the answer %s', (_, without) => {
    const envelope: Read = (payload, seen) =>
      seen.headers.values('x-event').length > 0
        ? { type: 'order.paid', time: payload['at'], idempotencyKey: ['a'] }
        : (without() as never)
    expect(read(envelope)).toEqual({
      ...proven,
      type: 'order.paid',
      idempotencyKey: undefined,
      signedType: undefined,
    })
  })

  it('is refused for its time where the provider states that this is signed', () => {
    const envelope: Read = (_, seen) => ({ type: 'a', time: seen.headers.values('x-time')[0] })
    const time = { of: 'event', format: 'rfc3339', required: true, signed: true } as const
    expect(read(envelope, { time })).toEqual(
      invalid(
        'The provider states a signed time (time.signed), and reads it from what its scheme does not sign: say signed: false',
      ),
    )
    const found = { type: 'a', time: 'noon', idempotencyKey: undefined, signedType: 'a' }
    expect(read(envelope, { time: { ...time, signed: false } })).toEqual(found)
    expect(read(envelope, { time: undefined as never })).toEqual(found)
  })
})

describe('the view of a request that is watched', () => {
  it('notes what is looked at, not that it is there', () => {
    const asked = { hasUnsigned: false }
    const covered = coveredBy({ signs: [{ header: 'x-id', as: 'id' }, { raw: 'body' }] })
    const view = watchedView(request, covered, asked)
    expect(view.body).toBe(request.body)
    view.headers.values('x-id')
    expect(asked.hasUnsigned).toBe(false)
    view.headers.values('x-event')
    expect(asked.hasUnsigned).toBe(true)
  })
})
