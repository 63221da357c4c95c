import { describe, expect, it } from 'vitest'
import {
  type AcceptResult,
  type Awaitable,
  apiKey,
  type Delivery,
  hmac,
  type Inbox,
  type IncomingRequest,
  memoryInbox,
  type RejectionCode,
  rejectionAnswers,
  type WebhookRequest,
} from '../src/index.ts'
import { bench, bytesOf, incoming, paid, secret, signatureOf, signed, startAt } from './support/acme.ts'
import { settled } from './support/clock.ts'
import { lettersOf } from './support/letters.ts'

/** The memory inbox with another `accept`. */
function inboxThat(accept: Inbox['accept']): Inbox {
  return Object.assign(Object.create(memoryInbox()), {
    accept,
    consume: () => ({ start: () => {}, atRest: async () => {}, close: async () => {} }),
    close: async () => {},
  })
}

const unauthorized = {
  status: 401,
  body: '{"error":"unauthorized"}',
  headers: { 'content-type': 'application/json' },
}

describe('an inbox that answers none of the words of the contract', () => {
  it.each([undefined, 'maybe', true, {}])('(%j) is 503: it vouches for nothing', async (answer) => {
    for (const accept of [() => answer as never, async () => answer as never]) {
      const { receiver, codes } = bench({ inbox: inboxThat(accept) })
      expect((await receiver.receive(signed(paid))).status).toBe(503)
      expect(codes()).toEqual(['inbox-failed'])
    }
  })
})

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
    expect(second.kind !== 'rejected' && first.kind !== 'rejected' && second.id === first.id).toBe(true)
  })

  it('to the same identity with another body is 409, and the copy is kept', async () => {
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

  it('to an encoded body is 415, whatever the encoding; identity is no encoding', async () => {
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
      observer: (signal) => lines.push(String(signal.type === 'rejected' && signal.error)),
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

  it('to a payload that breaks the provider itself is 400, and the signal says what broke', async () => {
    const error = new RangeError('a bug of the provider')
    const { receiver, signals } = bench(
      {},
      {
        envelope: () => {
          throw error
        },
      },
    )
    expect(await receiver.receive(signed(paid))).toMatchObject({ status: 400 })
    expect(signals).toEqual([
      {
        type: 'rejected',
        provider: 'acme',
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
    const { receiver } = bench({}, { mediaTypes: ['application/json'] })
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

describe('refusals', () => {
  it('come in protocol order, each one hiding all that come after it', async () => {
    // Every fault at once; then they are mended one by one, and the next one shows.
    const wrong = {
      method: 'GET',
      coding: 'gzip',
      length: '999',
      signature: 'x',
      read: 'body-too-large' as const,
    }
    const expected: RejectionCode[] = [
      'method-not-allowed',
      'encoding-unsupported',
      'body-too-large',
      'header-malformed',
      'body-timeout',
      'signature-mismatch',
      'body-not-utf8',
      'time-past',
      'inbox-full',
    ]
    const { receiver, codes } = bench({ maxBodyBytes: 200, inbox: inboxThat(() => 'full') })
    const stale = bytesOf({ ...paid, at: '2020-01-01T00:00:00Z' })
    const notText = Buffer.from([0xff])
    const step = (mended: number): IncomingRequest => {
      const body = mended >= 8 ? bytesOf(paid) : mended >= 7 ? stale : notText
      const signature = mended >= 6 ? signatureOf(body) : mended >= 4 ? '0'.repeat(64) : wrong.signature
      const headers = [
        ...(mended >= 2 ? [] : ['Content-Encoding', wrong.coding]),
        ...(mended >= 3 ? [] : ['Content-Length', wrong.length]),
        'X-Acme-Signature',
        signature,
      ]
      return incoming(signed(body, headers), {
        method: mended >= 1 ? 'POST' : wrong.method,
        ...(mended >= 5 ? {} : { read: () => 'body-timeout' as const }),
      })
    }
    for (let mended = 0; mended < expected.length; mended++) await receiver.handle(step(mended))
    expect(codes()).toEqual(expected)
  })

  it('touch no store before authenticity is proven', async () => {
    let touched = 0
    const { receiver } = bench({ inbox: inboxThat(() => (touched++, 'accepted')) })
    for (let n = 0; n < 1_000; n++) {
      await receiver.handle(incoming(signed({ ...paid, id: `o-${n}` }, ['X-Acme-Signature', '0'.repeat(64)])))
    }
    expect(touched).toBe(0)
    await receiver.handle(incoming(signed(paid)))
    expect(touched).toBe(1)
  })
})

describe('freshness', () => {
  it.each([
    [0, 200],
    [-300_000, 200],
    [-300_001, 401],
    [60_000, 200],
    [60_001, 401],
  ])('of a delivery signed %i ms from now: %i', async (offset, status) => {
    const { receiver } = bench()
    const at = new Date(Date.parse(startAt) + offset).toISOString()
    expect((await receiver.receive(signed({ ...paid, at }))).status).toBe(status)
  })

  it('follows the wall clock when it steps', async () => {
    const { receiver, clock } = bench()
    clock.stepWall(600_000)
    expect((await receiver.receive(signed(paid))).status).toBe(401)
    clock.stepWall(-600_000)
    expect((await receiver.receive(signed(paid))).status).toBe(200)
  })

  it('is not asked for where the provider states no time, or lets it be left out', async () => {
    const none = bench({}, { time: undefined as never })
    expect((await none.receiver.receive(signed({ ...paid, at: 'nonsense' }))).status).toBe(200)
    const optional = bench({}, { time: { of: 'event', format: 'rfc3339', required: false, signed: true } })
    expect((await optional.receiver.receive(signed({ ...paid, at: undefined }))).status).toBe(200)
    expect((await optional.receiver.receive(signed({ ...paid, at: 'nonsense' }))).status).toBe(401)
  })
})

describe('identity', () => {
  it('without an id is the fingerprint: the same bytes are the same event', async () => {
    const { receiver } = bench()
    const anonymous = { type: 'order.paid', amount: 1, at: startAt }
    expect((await receiver.receive(signed(anonymous))).kind).toBe('accepted')
    expect((await receiver.receive(signed(anonymous))).kind).toBe('duplicate')
    expect((await receiver.receive(signed({ ...anonymous, amount: 2 }))).kind).toBe('accepted')
  })

  it('does not let separators inside one part pass for two parts', async () => {
    const { receiver } = bench(
      {},
      { envelope: ({ parts, at }) => ({ type: 'order.paid', time: at, identity: parts as string[] }) },
    )
    const kinds: string[] = []
    for (const parts of [['a.b', 'c'], ['a', 'b.c'], ['a"', '"b'], ['a","b'], ['a', 'b']]) {
      kinds.push((await receiver.receive(signed({ parts, at: startAt, amount: 1 }))).kind)
    }
    expect(kinds).toEqual(Array(5).fill('accepted'))
  })

  it('and fingerprint go to the inbox with the bytes as they came', async () => {
    const deliveries: Delivery[] = []
    const { receiver } = bench({ inbox: inboxThat((delivery) => (deliveries.push(delivery), 'accepted')) })
    const body = Buffer.from(`{ "type":"order.paid", "id":"o-1", "amount":1.0, "at":"${startAt}" }\n`)
    await receiver.receive(signed(body))
    expect(deliveries[0]?.body).toBe(body)
    expect(deliveries[0]).toMatchObject({ provider: 'acme', type: 'order.paid', keyId: 'default' })
    expect(deliveries[0]?.id).toMatch(/^[\w-]{22}$/)
    expect(deliveries[0]?.fingerprint).toMatch(/^[\w-]{43}$/)
  })
})

describe('the inbox', () => {
  it.each<[string, () => Awaitable<AcceptResult>, RejectionCode]>([
    ['is full', () => 'full', 'inbox-full'],
    ['is full, later', async () => 'full' as const, 'inbox-full'],
    [
      'throws',
      () => {
        throw new Error('disk')
      },
      'inbox-failed',
    ],
    [
      'rejects',
      async () => {
        throw new Error('disk')
      },
      'inbox-failed',
    ],
  ])('that %s is 503 with Retry-After', async (_, accept, code) => {
    const { receiver, codes } = bench({ inbox: inboxThat(accept) })
    expect(await receiver.receive(signed(paid))).toMatchObject({
      status: 503,
      body: '{"error":"unavailable"}',
      headers: { 'retry-after': '1' },
    })
    expect(codes()).toEqual([code])
  })

  it('that accepts later is waited for', async () => {
    const { receiver } = bench({ inbox: inboxThat(async () => 'accepted' as const) })
    expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200, kind: 'accepted' })
  })

  it('that is silent is 503 after its own deadline', async () => {
    const { receiver, clock, codes } = bench({ inbox: inboxThat(() => new Promise(() => {})) })
    const outcome = Promise.resolve(receiver.receive(signed(paid)))
    await clock.advance(799)
    expect(codes()).toEqual([])
    await clock.advance(1)
    expect((await outcome).status).toBe(503)
    expect(codes()).toEqual(['inbox-timeout'])
  })

  it('has what the body left of the budget, and no more', async () => {
    const { receiver, clock, codes } = bench({
      ackTimeoutMs: 3_500,
      inbox: inboxThat(() => new Promise(() => {})),
    })
    const request = signed(paid)
    const slow = () =>
      new Promise<Uint8Array>((resolve) => clock.schedule(2_900, () => resolve(request.body)))
    const outcome = receiver.handle(incoming(request, { read: slow }))
    await clock.advance(3_499)
    expect(codes()).toEqual([])
    await clock.advance(1)
    expect((await outcome).status).toBe(503)
  })

  it('is asked to remember an identity for as long as a copy is fresh, or 7 days without a time', async () => {
    const asked: number[] = []
    const inbox = inboxThat((_, { minRetentionMs }) => (asked.push(minRetentionMs), 'accepted'))
    const optional = { time: { of: 'event', format: 'rfc3339', required: false, signed: true } } as const
    const window = { freshness: { pastMs: 10_000, futureMs: 20_000 } }
    for (const { receiver } of [bench({ inbox }), bench({ inbox, ...window }), bench({ inbox }, optional)]) {
      await receiver.receive(signed(paid))
    }
    expect(asked).toEqual([360_000, 30_000, 7 * 86_400_000])
  })
})

describe('a receiver', () => {
  it('answers with a value, not a promise, when its inbox does', () => {
    expect(bench().receiver.receive(signed(paid))).toMatchObject({ status: 200 })
  })

  it('signals what it does, and no observer or logger can change an answer by throwing', async () => {
    const { receiver, signals } = bench({ handle: 'all' })
    await receiver.receive(signed(paid))
    await receiver.receive(signed(paid))
    await settled()
    expect(signals).toMatchObject([
      { type: 'accepted', provider: 'acme', event: 'order.paid', keyId: 'default' },
      { type: 'duplicate', event: 'order.paid' },
      { type: 'handled', attempt: 1, handlers: 0 },
    ])
    const broken = (): never => {
      throw new Error('observer')
    }
    for (const options of [
      { observer: broken },
      { logger: { debug: broken, info: broken, warn: broken, error: broken } },
    ]) {
      const other = bench(options)
      expect((await other.receiver.receive(signed(paid))).status).toBe(200)
      expect((await other.receiver.receive(signed(paid, ['X-Acme-Signature', 'x']))).status).toBe(401)
    }
  })

  it('never puts the secret or the payload into a signal or the log', async () => {
    const lines: string[] = []
    const log = (details: object, message: string) => lines.push(JSON.stringify(details), message)
    const { receiver, signals } = bench({ logger: { debug: log, info: log, warn: log, error: log } })
    receiver.on('order.paid', () => {
      throw new Error('handler')
    })
    for (const request of [
      signed({ ...paid, note: 'hunter2' }),
      signed(paid, ['X-Acme-Signature', 'x']),
      signed('hunter2'),
    ]) {
      await receiver.handle(incoming(request))
    }
    await settled()
    const output = lines.join('\n') + JSON.stringify(signals)
    for (const hidden of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
      'hunter2',
    ]) {
      expect(output).not.toContain(hidden)
    }
  })

  it('knows its path with and without a trailing slash, and case matters', () => {
    const { receiver } = bench()
    expect(['/webhooks/acme', '/webhooks/acme/'].every((path) => receiver.answers(path))).toBe(true)
    for (const path of [
      '/',
      '',
      '/webhooks',
      '/webhooks/Acme',
      '/webhooks/acme//',
      '/webhooks/acme/x',
      '/webhooks/acmee',
    ]) {
      expect(receiver.answers(path), path).toBe(false)
    }
    const slashed = bench({ path: '/hooks/' }).receiver
    expect(slashed.answers('/hooks') && slashed.answers('/hooks/')).toBe(true)
    expect(bench({ path: '/' }).receiver.answers('/')).toBe(true)
  })

  it('refuses with 503 once it is closed, lets its handlers finish, and closes its inbox', async () => {
    const { receiver, codes } = bench()
    let finished = false
    receiver.on('order.paid', async () => {
      await settled()
      finished = true
    })
    await receiver.receive(signed(paid))
    await receiver.close()
    expect(finished).toBe(true)
    expect((await receiver.receive(signed({ ...paid, id: 'o-2' }))).status).toBe(503)
    expect(codes()).toEqual(['closed'])
    await expect(async () => receiver.inbox?.accept({} as Delivery, { minRetentionMs: 1 })).rejects.toThrow(
      'closed',
    )
    await bench().receiver.close({ timeoutMs: 1 })
  })
})

describe('the signal of a refusal', () => {
  const refusals = async (requests: readonly WebhookRequest[], ...of: Parameters<typeof bench>) => {
    const { receiver, signals } = bench(...of)
    for (const request of requests) await receiver.handle(incoming(request))
    return signals.filter(({ type }) => type === 'rejected')
  }
  const at = (ms: number) => new Date(Date.parse(startAt) + ms).toISOString()

  it('says of what is authentic which event it was, and by how many seconds it is off', async () => {
    const requests = [
      signed({ ...paid, at: at(-300_001) }),
      signed({ ...paid, at: at(60_500) }),
      signed({ ...paid, at: 'nonsense' }),
      signed(Buffer.from([0xff])),
    ]
    expect(await refusals(requests)).toEqual([
      expect.objectContaining({ authentic: true, code: 'time-past', event: 'order.paid', seconds: -301 }),
      expect.objectContaining({ authentic: true, code: 'time-future', event: 'order.paid', seconds: 61 }),
      expect.objectContaining({ authentic: true, code: 'time-malformed', event: 'order.paid' }),
      expect.objectContaining({ authentic: true, code: 'body-not-utf8' }),
    ])
    const conflict = await refusals([signed(paid), signed({ ...paid, amount: 13 })])
    expect(conflict).toMatchObject([
      { authentic: true, code: 'conflict', event: 'order.paid', id: expect.stringMatching(/^\S{22}$/) },
    ])
  })

  it('says of a stale delivery that is kept which one it is', async () => {
    expect(await refusals([signed({ ...paid, at: at(-400_000) })], { onStale: 'keep' })).toMatchObject([
      { authentic: true, code: 'time-past', seconds: -400, id: expect.stringMatching(/^\S{22}$/) },
    ])
  })

  it('says which header is missing, repeated, malformed or another than the body says', async () => {
    const scheme = hmac({
      header: 'X-Acme-Signature',
      secret,
      signedHeaders: [
        { header: 'X-Id', as: 'id' },
        { header: 'X-Time', as: 'unix-seconds' },
      ],
    })
    const requests = [[], ['X-Id', 'a'], ['X-Id', 'a', 'X-Id', 'b'], ['X-Id', 'a.b']].map((headers) =>
      signed(paid, headers),
    )
    const found = await refusals([...requests, signed(paid, ['X-Acme-Signature', 'x'])], {}, { scheme })
    expect(found).toMatchObject([
      { authentic: false, code: 'header-missing', header: 'x-id' },
      { authentic: false, code: 'header-missing', header: 'x-time' },
      { authentic: false, code: 'header-repeated', header: 'x-id' },
      { authentic: false, code: 'header-malformed', header: 'x-id' },
      { authentic: false, code: 'header-malformed', header: 'x-acme-signature' },
    ])
    const bare = signed(paid, ['X-Acme-Signature', ''])
    const ofTheBody = { header: 'x-acme-session' }
    for (const [envelope, expected] of [
      [() => ({ kind: 'header-mismatch', ...ofTheBody }), { code: 'header-mismatch', ...ofTheBody }],
      [() => ({ kind: 'header-missing', header: 7 }), { code: 'header-missing' }],
      [() => ({ kind: 'nonsense', ...ofTheBody }), { code: 'envelope-invalid' }],
    ] as const)
      expect(await refusals([signed(paid)], {}, { envelope: envelope as never })).toMatchObject([
        { ...expected, authentic: true },
      ])
    expect(await refusals([bare])).toMatchObject([{ code: 'header-missing', header: 'x-acme-signature' }])
    expect(await refusals([bare], {}, { scheme: apiKey({ key: secret }) })).toMatchObject([
      { code: 'header-missing', header: 'authorization' },
    ])
  })
})

describe('a stale delivery while the receiver closes', () => {
  it('is 503, for the sender to bring it to the next process, and nothing is kept of it here', async () => {
    const { receiver, codes, clock } = bench({ onStale: 'keep' })
    let finish: () => void = () => {}
    receiver.on('order.paid', () => new Promise<void>((resolve) => (finish = resolve)))
    await receiver.receive(signed(paid))
    await settled()
    const closed = receiver.close({ timeoutMs: 1_000 })
    const late = signed({ ...paid, id: 'o-2', at: '2025-12-10T15:00:00Z' })
    expect(await receiver.receive(late)).toMatchObject({ status: 503, code: 'closed' })
    expect(await lettersOf(receiver.inbox)).toEqual([])
    finish()
    await clock.advance(1_000)
    await closed
    expect(codes()).toEqual(['closed'])
  })
})
