import { describe, expect, it } from 'vitest'
import { fromRawHeaders, type WebhookRequest } from '../../src/index.ts'
import { toAddressList } from '../../src/lib/addresses.ts'
import { authenticate, checkHeaders } from '../../src/receiver/authenticate.ts'
import { toDelivery, toDeliveryId } from '../../src/receiver/build-delivery.ts'
import { precheck } from '../../src/receiver/precheck.ts'
import { prove } from '../../src/receiver/prove.ts'
import { type Opened, openEvents, readPayload } from '../../src/receiver/read-body.ts'
import { toReading } from '../../src/receiver/reading.ts'
import { failed, unread } from '../../src/receiver/refusal.ts'
import { findTenant } from '../../src/receiver/tenant.ts'
import { acme, paid, signed } from '../support/acme.ts'
import { schemeOf } from '../support/schemes.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const request = signed(paid)
const late = 'a promise: it must answer at once'
const error = new Error('a bug of the program')
const thrown = () => {
  throw error
}
const rejecting = () => Promise.reject(error)

describe('the head of a request', () => {
  const limits = { maxBodyBytes: 100, ipAllowlist: undefined }
  const check = (raw: readonly string[], changes: Partial<Parameters<typeof precheck>[0]> = {}, more = {}) =>
    precheck({ method: 'POST', url: '/', headers: fromRawHeaders(raw), ...changes }, schemeOf(), {
      ...limits,
      ...more,
    })

  it('may declare a body of as many bytes as there may be, and no more', () => {
    expect(check(['Content-Length', '100'])).toBeUndefined()
    expect(check(['Content-Length', '101'])).toEqual({ code: 'body-too-large' })
    expect(check(['Content-Length', '1', 'Content-Length', '101'])).toEqual({ code: 'body-too-large' })
  })

  it.each(['identity', '', ' UTF-8 , utf8', 'Identity,identity'])(
    'may say that the body is as it is: %j',
    (coding) => {
      expect(check(['Content-Encoding', coding])).toBeUndefined()
    },
  )

  it.each(['gzip', 'identity, br', 'utf-16'])('may not say that the body is encoded: %j', (coding) => {
    expect(check(['Content-Encoding', coding])).toEqual({ code: 'encoding-unsupported' })
    expect(check(['Content-Encoding', 'identity', 'Content-Encoding', coding])).toEqual({
      code: 'encoding-unsupported',
    })
  })

  it('must come from a listed address where there is a list, and its address must be text', () => {
    const listed = { ipAllowlist: toAddressList(['192.0.2.0/24']) }
    expect(check([], { clientAddress: '192.0.2.7' }, listed)).toBeUndefined()
    expect(check([], { clientAddress: '198.51.100.7' }, listed)).toEqual({ code: 'address-refused' })
    expect(check([], {}, listed)).toEqual({ code: 'address-refused' })
    const message = 'clientAddress answered object: it must answer text at once, or undefined'
    expect(() => check([], { clientAddress: rejecting() as never }, listed)).toThrow(new TypeError(message))
    expect(check([], { clientAddress: 7 as never })).toBeUndefined()
  })

  it('is refused for what the scheme finds in its headers last', () => {
    const faulty = schemeOf({ check: () => ({ code: 'header-missing', header: 'x-a' }) })
    const of = (method: string) => precheck({ ...request, method }, faulty, limits)
    expect(of('POST')).toEqual({ code: 'header-missing', header: 'x-a' })
    expect(of('GET')).toEqual({ code: 'method-not-allowed' })
  })
})

describe("a scheme's answer", () => {
  const verify = (answer: unknown) => authenticate(schemeOf({ verify: () => answer }), request)
  const check = (answer: unknown) => checkHeaders(schemeOf({ check: () => answer }), request.headers)

  it.each<[unknown, unknown]>([
    [{ keyId: 'k' }, { keyId: 'k' }],
    [
      { keyId: 'k', tenant: 't' },
      { keyId: 'k', tenant: 't' },
    ],
    [{ code: 'signature-mismatch' }, { code: 'signature-mismatch' }],
    [{ code: 'signature-mismatch', header: 'x-a' }, { code: 'signature-mismatch' }],
    [
      { code: 'header-malformed', header: 'x-a' },
      { code: 'header-malformed', header: 'x-a' },
    ],
    [{ code: 'header-malformed', header: '' }, { code: 'header-malformed' }],
    [{ code: 'header-malformed', header: 7 }, { code: 'header-malformed' }],
    [
      { code: 'keys-failed', error },
      { code: 'keys-failed', error },
    ],
    [
      { code: 'scheme-failed', error },
      { code: 'scheme-failed', error },
    ],
    [{ code: 'keys-failed' }, { code: 'keys-failed', error: new Error('undefined was thrown') }],
  ])('%o is taken as %o', (answer, verdict) => {
    expect(verify(answer)).toEqual(verdict)
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'boolean'],
    [{ keyId: '' }, 'object'],
    [{ keyId: 'k', tenant: '' }, 'object'],
    [{ keyId: 'k', ok: false }, 'object'],
    [{ code: 'inbox-full' }, 'object'],
    [Promise.resolve({ keyId: 'k' }), late],
    [Object.assign(Promise.resolve(), { code: 'signature-mismatch' }), late],
  ])('%o is none, and the log says what is one', (answer, found) => {
    const message = `verify() of the scheme 'by-hand' answered ${found}. It answers { keyId: 'name of the key' } as proof, or why not, such as { code: 'signature-mismatch' }`
    expect(verify(answer)).toEqual({ code: 'scheme-failed', error: new TypeError(message) })
  })

  it.each<[unknown, string]>([
    [null, 'null'],
    [false, 'boolean'],
    [{ keyId: 'k' }, 'object'],
    [{ code: 'keys-failed' }, 'object'],
    [Promise.resolve(), late],
  ])('%o to the question for its headers is none, and the log says what is one', (answer, found) => {
    const message = `check() of the scheme 'by-hand' answered ${found}. It answers undefined to go on, or why not, such as { code: 'header-missing' }`
    expect(check(answer)).toEqual({ code: 'scheme-failed', error: new TypeError(message) })
  })

  it('that is a promise which rejects ends no process', () => {
    expect(authenticate(schemeOf({ verify: rejecting }), request)).toMatchObject({ code: 'scheme-failed' })
    expect(checkHeaders(schemeOf({ check: rejecting }), request.headers)).toMatchObject({
      code: 'scheme-failed',
    })
  })

  it('that is thrown is the fault of the set-up', () => {
    expect(authenticate(schemeOf({ verify: thrown }), request)).toEqual({ code: 'scheme-failed', error })
    expect(checkHeaders(schemeOf({ check: thrown }), request.headers)).toEqual({
      code: 'scheme-failed',
      error,
    })
    expect(check(undefined)).toBeUndefined()
  })
})

describe('the tenant of a delivery', () => {
  const find = (tenantOf: unknown, payload: object = { a: { id: 't' }, n: 7 }, keyId = 't') =>
    findTenant(payload as never, { keyId, tenant: 'mark' }, tenantOf as never)

  it('is whose key it was where the payload is not asked', () => {
    expect(find(undefined)).toEqual({ tenant: 'mark' })
  })

  it('is the one that the payload names where that is the name of the key', () => {
    expect(find('a.id')).toEqual({ tenant: 't' })
    expect(find(({ a }: { a: { id: string } }) => a.id)).toEqual({ tenant: 't' })
    expect(find('n', { n: 7 }, '7')).toEqual({ tenant: '7' })
  })

  it.each([['a'], ['b'], [() => undefined], [() => 't2'], [() => ['t']], [() => new String('t')]])(
    'is nobody where it is another: %o',
    (tenantOf) => {
      expect(find(tenantOf)).toEqual({ code: 'tenant-mismatch' })
    },
  )

  it('is nobody where a number is not written so', () => {
    expect(find('n', { n: 7.5 }, '7.5')).toEqual({ code: 'tenant-mismatch' })
    expect(find('n', { n: 7 }, '07')).toEqual({ code: 'tenant-mismatch' })
  })

  it('that is another is refused as an authentic one, as a body that cannot be read is', () => {
    const another = acme({ tenantOf: () => 'another' })
    expect(prove(request, toReading(another))).toEqual({
      code: 'tenant-mismatch',
      authentic: true,
      keyId: 'default',
    })
    expect(prove(signed('{}'), toReading(acme()))).toEqual({
      code: 'envelope-invalid',
      authentic: true,
      keyId: 'default',
    })
    const forged = signed(paid, ['X-Acme-Signature', '0'.repeat(64)])
    expect(prove(forged, toReading(another))).toEqual({ code: 'signature-mismatch' })
  })

  it("is the program's fault where it is thrown, or comes later", () => {
    expect(find(thrown)).toEqual({ code: 'receiver-failed', error })
    const message =
      'tenantOf() of the provider answered a promise: it must answer at once. It answers the name of the tenant'
    expect(find(rejecting)).toEqual({ code: 'receiver-failed', error: new TypeError(message) })
  })
})

describe('a refusal', () => {
  it('has an error for whatever was thrown', () => {
    expect(failed('receiver-failed', undefined)).toEqual({
      code: 'receiver-failed',
      error: new Error('undefined was thrown'),
    })
    expect(failed('receiver-failed', null)).toEqual({ code: 'receiver-failed', error: null })
  })

  it('of a body that was read before says what to do, as the adapter knows it', () => {
    const of = (remedy: string) => ({
      code: 'body-consumed',
      error: new Error(`The body was read before the receiver saw it. ${remedy}`),
    })
    expect(unread('body-consumed', {})).toEqual(
      of('Hand the request to the receiver before anything reads its body'),
    )
    expect(unread('body-consumed', { consumedRemedy: 'Mount it first' })).toEqual(of('Mount it first'))
    expect(unread('body-timeout', { consumedRemedy: 'Mount it first' })).toEqual({ code: 'body-timeout' })
  })
})

describe('a delivery', () => {
  const opened = {
    envelope: { type: 'order.paid', idempotencyKey: ['a'], signedType: 'order.paid' },
    payload: { type: 'order.paid' },
    body: request.body,
    isJson: false,
    bodyHash: 'hash',
    usualKey: ['hash'],
  }
  const lines: [object, string][] = []
  const log = (details: object, message: string) => void lines.push([details, message])
  const settings = {
    endpoint: 'acme',
    keepHeaders: [] as readonly string[],
    orderingKey: undefined as never,
    expose: [] as readonly string[],
    logger: { debug: log, info: log, warn: log, error: log } as never,
  }
  const trace = Object.freeze({ 'x-request-id': 'r' })
  const proven = { provider: 'acme', occurredAt: undefined, trust: 'signed' as const }
  const known = { ...proven, receivedAt: new Date(0), trace }
  const raw = ['X-A', '1', 'x-b', '2', 'x-a', '3']
  const sent: WebhookRequest = { ...request, headers: fromRawHeaders(raw) }
  const deliver = (changes: object = {}, of: object = {}, tenant?: string) =>
    toDelivery(sent, { ...opened, ...of }, { keyId: 'k', tenant }, { ...settings, ...changes }, known)

  it('is what was proven, under an id of its endpoint, type and idempotency key', () => {
    expect(deliver()).toEqual({
      id: toDeliveryId('acme', 'order.paid', ['a']),
      endpoint: 'acme',
      provider: 'acme',
      type: 'order.paid',
      bodyHash: 'hash',
      keyId: 'k',
      occurredAt: undefined,
      receivedAt: new Date(0),
      headers: trace,
      orderingKey: undefined,
      body: sent.body,
      trust: 'signed',
    })
    const { envelope } = opened
    expect(deliver({}, { envelope: { ...envelope, idempotencyKey: undefined } }).id).toBe(
      toDeliveryId('acme', 'order.paid', ['hash']),
    )
    expect(deliver({}, { envelope: { ...envelope, signedType: undefined } }).id).toBe(
      toDeliveryId('acme', undefined, ['a']),
    )
    expect(deliver({}, {}, 't').id).toBe(toDeliveryId('acme', 'order.paid', ['a'], 't'))
  })

  it('has another id with each other part', () => {
    const ids = [
      toDeliveryId('acme', 'a', ['b']),
      toDeliveryId('acme', undefined, ['a', 'b']),
      toDeliveryId('acme', 'a', ['b'], 't'),
      toDeliveryId('acme', 'a', ['b', 't']),
      toDeliveryId('acme', 'null', ['b']),
      toDeliveryId('acme', undefined, ['b']),
      toDeliveryId('acme,t', 'a', ['b']),
    ]
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/)
  })

  it('has the headers that are kept, as far as they came, their values joined', () => {
    const { headers } = deliver({ keepHeaders: ['x-a', 'x-b', 'x-c'] })
    expect(headers).toEqual({ 'x-a': '1, 3', 'x-b': '2', 'x-request-id': 'r' })
    expect(Object.isFrozen(deliver().headers)).toBe(true)
  })

  it('has the key that orders it, and none where that fails, which the log says', () => {
    expect(
      deliver({ orderingKey: ({ type, id }: { type: string; id: string }) => type + id }).orderingKey,
    ).toBe(`order.paid${deliver().id}`)
    expect(deliver({ orderingKey: () => undefined }).orderingKey).toBeUndefined()
    expect(lines).toEqual([])
    for (const [keyOf, message] of [
      [thrown, error.message],
      [() => 7, 'orderingKey must return a string or undefined'],
      [rejecting, 'orderingKey must return a string or undefined'],
    ] as const) {
      expect(deliver({ orderingKey: keyOf }).orderingKey).toBeUndefined()
      expect(lines.pop()?.[1]).toBe(
        `acme order.paid ${deliver().id}: orderingKey failed: ${keyOf === thrown ? 'Error' : 'TypeError'}: ${message}`,
      )
    }
  })
})

describe('a body', () => {
  const opened = (payload: unknown, changes: object, headers: readonly string[] = []) => {
    const reading = toReading({ ...acme(), ...changes })
    const read = readPayload(signed(payload, headers), reading)
    const events = 'code' in read ? read : openEvents(read, reading)
    return 'code' in events ? events : (events.events[0] as Opened)
  }

  it('is told apart by its bytes, or by what it says where parts of it may differ', () => {
    const hashOf = (text: string, changes: object = {}) => {
      const result = opened(text, changes)
      return 'code' in result ? result.code : result.bodyHash
    }
    const [one, other] = ['{"type":"a","n":1}', '{"n":1, "type":"a"}']
    expect(hashOf(one)).not.toBe(hashOf(other))
    expect(hashOf(one, { volatile: [] })).toBe(hashOf(one))
    expect(hashOf(one, { volatile: ['m'] })).toBe(hashOf(other, { volatile: ['m'] }))
    expect(hashOf('{"type":"a","n":2}', { volatile: ['n'] })).toBe(hashOf(one, { volatile: ['n'] }))
  })

  it.each([
    ['application/json', true],
    [' Application/JSON ;charset=utf-8;x=y', true],
    ['text/plain', false],
    ['application/json, text/plain', false],
  ])('of the media type %j is taken where the provider states application/json: %o', (type, isTaken) => {
    const result = opened(paid, { bodies: { 'application/json': 'json' } }, ['Content-Type', type])
    expect('code' in result ? result : true).toEqual(isTaken ? true : { code: 'media-type-unsupported' })
  })

  it.each<[readonly string[], object | undefined]>([
    [['X-Id', 'o-1'], undefined],
    [[], { code: 'header-missing', header: 'x-id' }],
    [['X-Id', 'o-2'], { code: 'header-mismatch', header: 'x-id' }],
  ])('must be repeated by the headers that the provider states: %j', (headers, refusal) => {
    const result = opened(paid, { repeats: { 'X-Id': 'id' } }, headers)
    expect('code' in result ? result : undefined).toEqual(refusal)
  })

  it('that says a number is repeated by no text', () => {
    expect(opened({ ...paid, id: 7 }, { repeats: { 'X-Id': 'id' } }, ['X-Id', '7'])).toEqual({
      code: 'header-mismatch',
      header: 'x-id',
    })
  })

  it.each([
    ['nonsense', 'body-not-json'],
    ['[]', 'envelope-invalid'],
    ['{}', 'envelope-invalid'],
  ])('%j is refused as %s', (text, code) => {
    expect(opened(text, {})).toEqual({ code })
  })
})
