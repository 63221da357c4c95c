import { describe, expect, it } from 'vitest'
import type { RejectionCode, WebhookRequest } from '../../src/index.ts'
import { rejectionAnswers } from '../../src/model/rejection.ts'
import type { IncomingRequest } from '../../src/model/request.ts'
import { bench, bytesOf, incoming, paid, signatureOf, signed } from '../support/acme.ts'
import { lettersOf } from '../support/letters.ts'

const unauthorized = {
  status: 401,
  body: '{"error":"unauthorized"}',
  headers: { 'content-type': 'application/json' },
}

describe('the answer', () => {
  it('to a new delivery is 200 with the time of receipt', async () => {
    const { receiver } = bench()
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({
      kind: 'accepted',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"success":true,"receivedAt":"2025-12-10T15:30:00.000Z"}',
      close: false,
    })
  })

  it('to a duplicate is 200 and says so', async () => {
    const { receiver } = bench()
    const first = await receiver.handle(incoming(signed(paid)))
    const second = await receiver.handle(incoming(signed(paid)))
    expect(second).toMatchObject({
      kind: 'duplicate',
      status: 200,
      body: '{"success":true,"receivedAt":"2025-12-10T15:30:00.000Z","duplicate":true}',
    })
    expect(first).toMatchObject({ kind: 'accepted', id: expect.any(String) })
    expect('id' in second && 'id' in first && second.id === first.id).toBe(true)
  })

  it('to the same idempotency key with another body is 409, and the copy is kept', async () => {
    const { receiver, codes } = bench()
    await receiver.receive(signed(paid))
    expect(await receiver.receive(signed({ ...paid, amount: 13 }))).toMatchObject({
      status: 409,
      body: '{"error":"conflict"}',
    })
    expect(codes()).toEqual(['conflict'])
    expect(await lettersOf(receiver.inbox, { reason: 'conflict' })).toHaveLength(1)
  })

  it.each<[RejectionCode, number, string]>([
    ['method-not-allowed', 405, 'method_not_allowed'],
    ['encoding-unsupported', 415, 'unsupported_media_type'],
    ['media-type-unsupported', 415, 'unsupported_media_type'],
    ['body-too-large', 413, 'content_too_large'],
    ['body-timeout', 408, 'request_timeout'],
    ['body-consumed', 500, 'misconfigured'],
    ['header-missing', 401, 'unauthorized'],
    ['signature-mismatch', 401, 'unauthorized'],
    ['time-past', 401, 'unauthorized'],
    ['body-not-json', 400, 'malformed'],
    ['conflict', 409, 'conflict'],
    ['inbox-full', 503, 'unavailable'],
  ])('to %s is %i', (code, status, error) => {
    expect(rejectionAnswers[code]).toEqual({ status, error })
  })

  it('to anything but POST is 405 and names what is allowed', async () => {
    const { receiver } = bench()
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'post', '__proto__', '']) {
      const outcome = await receiver.handle(incoming(signed(paid), { method }))
      expect(outcome, method).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    }
  })

  it('to an encoded body is 415, whatever the coding; Content-Encoding: identity is none', async () => {
    const { receiver } = bench()
    for (const coding of ['gzip', 'deflate', 'br', 'gzip, identity', 'identity, gzip', 'GZIP', 'utf-8, br']) {
      const outcome = await receiver.handle(incoming(signed(paid, ['Content-Encoding', coding])))
      expect(outcome.status, coding).toBe(415)
    }
    const stacked = signed(paid, ['Content-Encoding', 'identity', 'Content-Encoding', 'br'])
    expect((await receiver.handle(incoming(stacked))).status).toBe(415)
    for (const plain of ['Identity', 'identity, identity', '', ' ', 'UTF-8', 'utf8']) {
      const outcome = await receiver.handle(incoming(signed(paid, ['Content-Encoding', plain])))
      expect(outcome.status, plain).toBe(200)
    }
  })

  it('to a body that declares itself too large is 413, unread, and the connection is closed', async () => {
    const { receiver } = bench({ maxBodyBytes: 100 })
    const read = (): never => expect.unreachable()
    const declared = incoming(signed(paid, ['Content-Length', '101']), { read })
    expect(await receiver.handle(declared)).toMatchObject({ status: 413, close: true })
  })

  it.each(['body-too-large', 'body-timeout', 'body-aborted'] as const)(
    'to a body that is %s is its own',
    async (code) => {
      const { receiver, codes } = bench()
      const outcome = await receiver.handle(incoming(signed(paid), { read: async () => code }))
      expect(outcome).toMatchObject({ code, status: rejectionAnswers[code].status })
      expect(codes()).toEqual([code])
    },
  )

  it('to a consumed body is 500 at once, and the log says how to fix it', async () => {
    const lines: string[] = []
    const silent = (): void => {}
    const { receiver } = bench({
      observer: (observation) => lines.push(String(observation.type === 'rejected' && observation.error)),
      logger: { debug: silent, info: silent, warn: silent, error: (_, message) => lines.push(message) },
    })
    const consumed = (remedy: Partial<IncomingRequest>) =>
      incoming(signed(paid), { read: () => 'body-consumed', ...remedy })
    expect(await receiver.handle(consumed({}))).toMatchObject({
      status: 500,
      body: '{"error":"misconfigured"}',
    })
    await receiver.handle(consumed({ consumedRemedy: 'Mount it first' }))
    expect(lines.join('\n')).toContain('before anything reads its body')
    expect(lines.join('\n')).toContain('Mount it first')
  })

  it('is one constant 401 for every cause', async () => {
    const body = bytesOf(paid)
    const good = signatureOf(body)
    const causes: [WebhookRequest, RejectionCode][] = [
      [signed(paid, ['X-Acme-Signature', '']), 'header-missing'],
      [signed(paid, ['X-Acme-Signature', good, 'X-ACME-SIGNATURE', good]), 'header-repeated'],
      [signed(paid, ['X-Acme-Signature', good.toUpperCase()]), 'header-malformed'],
      [signed(paid, ['X-Acme-Signature', signatureOf(bytesOf('{}'))]), 'signature-mismatch'],
      [signed({ ...paid, at: undefined }), 'time-missing'],
      [signed({ ...paid, at: '1765380600' }), 'time-malformed'],
      [signed({ ...paid, at: '2025-12-10T15:24:59Z' }), 'time-past'],
      [signed({ ...paid, at: '2025-12-10T15:31:01Z' }), 'time-future'],
    ]
    for (const [request, code] of causes) {
      const { receiver, codes } = bench()
      expect(await receiver.handle(incoming(request)), code).toMatchObject({ ...unauthorized, code })
      expect(codes()).toEqual([code])
    }
  })

  it.each<[string, unknown, RejectionCode]>([
    ['bytes that are not UTF-8', Buffer.from([0xff]), 'body-not-utf8'],
    ['no bytes', Buffer.alloc(0), 'body-not-json'],
    ['what is not JSON', 'event=paid', 'body-not-json'],
    ['JSON that is too deep', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'body-too-deep'],
    ['a key __proto__', '{"__proto__":{"polluted":true}}', 'body-forbidden-key'],
    ['a list', '[]', 'envelope-invalid'],
    ['null', 'null', 'envelope-invalid'],
    ['text', '"text"', 'envelope-invalid'],
    ['no type', '{}', 'envelope-invalid'],
    ['a type that is no text', '{"type":{}}', 'envelope-invalid'],
    ['an empty type', '{"type":""}', 'envelope-invalid'],
    ['an endless type', JSON.stringify({ type: 'a'.repeat(201) }), 'envelope-invalid'],
  ])('to an authentic body that holds %s is 400', async (_, payload, code) => {
    const { receiver, codes } = bench()
    expect(await receiver.receive(signed(payload))).toMatchObject({
      status: 400,
      body: '{"error":"malformed"}',
    })
    expect(codes()).toEqual([code])
  })

  it('to a payload that breaks the provider itself is 400, and the observation says what broke', async () => {
    const error = new RangeError('a bug of the provider')
    const { receiver, observations } = bench(
      {},
      {
        envelope: () => {
          throw error
        },
      },
    )
    expect(await receiver.receive(signed(paid))).toMatchObject({ status: 400 })
    expect(observations).toEqual([
      {
        type: 'rejected',
        provider: 'acme',
        endpoint: 'acme',
        requestId: expect.any(String),
        durationMs: expect.any(Number),
        keyId: 'default',
        code: 'envelope-invalid',
        status: 400,
        authentic: true,
        error,
      },
    ])
  })

  it.each([undefined, null, {}, { type: 5 }])(
    'to an envelope of a careless provider, %o, is 400',
    async (envelope) => {
      const { receiver, codes } = bench({}, { envelope: () => envelope as never })
      expect(await receiver.receive(signed(paid))).toMatchObject({ status: 400 })
      expect(codes()).toEqual(['envelope-invalid'])
    },
  )

  it('to another media type than those that the provider states is 415, after authenticity', async () => {
    const { receiver } = bench({}, { bodies: { 'application/json': 'json' } })
    const of = async (type: readonly string[], forged = false) =>
      (
        await receiver.receive(
          signed(paid, [...(forged ? ['X-Acme-Signature', '0'.repeat(64)] : []), ...type]),
        )
      ).status
    expect(await of(['Content-Type', 'application/json; charset=utf-8'])).toBe(200)
    expect(await of(['Content-Type', 'Application/JSON'])).toBe(200)
    expect(await of(['Content-Type', 'text/plain'])).toBe(415)
    expect(await of([])).toBe(415)
    expect(await of(['Content-Type', ';;;'])).toBe(415)
    expect(await of(['Content-Type', 'text/plain'], true)).toBe(401)
  })

  it('takes any media type where the provider states none', async () => {
    const { receiver } = bench()
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', ';;;', '']) {
      expect((await receiver.receive(signed(paid, ['Content-Type', type]))).status).toBe(200)
    }
  })
})
