import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { explain, fromRawHeaders, hmac, type Provider, type Scheme } from '../../src/index.ts'
import { settled } from '../support/clock.ts'
import { type AnyEvents, request, ruled, ruledBench, verdictOf } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

type Prepare = Scheme['prepare']

const payload = { type: 'order.paid', id: 'a' }
const of = (prepare: unknown, options: object = {}, changes: Partial<Provider<AnyEvents>> = {}) =>
  ruledBench({ scheme: schemeOf({ prepare }), ...changes }, options)
const verdict = async (prepare: unknown) => {
  const { receiver, observations } = of(prepare)
  const outcome = await receiver.receive(request(payload))
  return { outcome, verdict: verdictOf(outcome), observations }
}

describe('the keys of a scheme that fetches them', () => {
  it.each<[string, unknown]>([
    ['at hand', () => undefined],
    ['fetched', async () => undefined],
  ])('are used where they are %s', async (_, prepare) => {
    expect((await verdict(prepare)).verdict).toBe('accepted')
  })

  it('are not waited for where they are at hand: the answer comes at once', () => {
    const { receiver } = of(() => undefined)
    expect(receiver.receive(request(payload))).toMatchObject({ kind: 'accepted' })
  })

  it.each<[string, unknown, string]>([
    ['cannot be had', async () => ({ code: 'keys-failed', error: new Error('no route') }), '503 keys-failed'],
    ['are named by nothing', async () => ({ code: 'key-unknown' }), '401 key-unknown'],
    [
      'stand at a forbidden address',
      async () => ({ code: 'header-malformed', header: 'x-cert-url' }),
      '401 header-malformed',
    ],
    [
      'cannot be used',
      async () => ({ code: 'scheme-failed', error: new Error('no key') }),
      '500 scheme-failed',
    ],
    ['end in a throw', () => expect.unreachable('thrown'), '500 scheme-failed'],
    ['end in a rejection', () => Promise.reject(new Error('rejected')), '500 scheme-failed'],
    ['end in a rejection with nothing', () => Promise.reject(undefined), '500 scheme-failed'],
    ['are answered with text', () => 'keys', '500 scheme-failed'],
    ['are answered with a code at once', () => ({ code: 'key-unknown' }), '500 scheme-failed'],
    ['are promised, and are true', async () => true, '500 scheme-failed'],
    ['are promised, and are a proof', async () => ({ keyId: 'k' }), '500 scheme-failed'],
    ['are promised, and are null', async () => null, '500 scheme-failed'],
  ])('are refused with the code for it where they %s', async (_, prepare, expected) => {
    const { verdict: found, observations } = await verdict(prepare)
    expect(found).toBe(expected)
    expect(observations).toMatchObject([{ type: 'rejected', authentic: false }])
  })

  it('that come too late are 503 within the budget of the answer, with time left for the inbox', async () => {
    const times: number[] = []
    const prepare: Prepare = (_, { timeoutMs }) => (times.push(timeoutMs), new Promise(() => {}))
    const { receiver, clock, observations } = of(prepare, { ackTimeoutMs: 4_000, acceptTimeoutMs: 800 })
    const outcome = Promise.resolve(receiver.receive(request(payload)))
    await clock.advance(3_199)
    expect(observations).toEqual([])
    await clock.advance(1)
    expect(verdictOf(await outcome)).toBe('503 keys-failed')
    expect(times).toEqual([3_200])
    expect(observations).toMatchObject([{ error: new Error('The keys did not come within 3200 ms') }])
  })

  it('have half of a short budget: an inbox that may take all of it leaves them some', async () => {
    const times: number[] = []
    const prepare: Prepare = (_, { timeoutMs }) => (times.push(timeoutMs), Promise.resolve(undefined))
    const { receiver } = of(prepare, {}, { limits: { ackTimeoutMs: 800 } })
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('accepted')
    expect(times).toEqual([360])
  })

  it('that come after their time change nothing', async () => {
    const late: ((value: unknown) => void)[] = []
    const { receiver, clock, observations } = of(() => new Promise((resolve) => late.push(resolve)))
    const outcome = Promise.resolve(receiver.receive(request(payload)))
    await clock.advance(10_000)
    for (const resolve of late) resolve(undefined)
    await settled()
    expect(verdictOf(await outcome)).toBe('503 keys-failed')
    expect(observations).toHaveLength(1)
  })

  it('are asked for before anything is judged, once for each request', async () => {
    const calls: string[] = []
    const scheme = schemeOf({
      prepare: async () => void calls.push('prepare'),
      verify: () => (calls.push('verify'), { keyId: 'k' }),
    })
    const { receiver } = ruledBench({ scheme })
    await receiver.receive(request(payload))
    expect(calls).toEqual(['prepare', 'verify'])
  })
})

describe('the fields of the header that carries the signature', () => {
  const secret = 'a-secret-for-fields-of-sixteen-bytes'
  const signs = [{ field: 't', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }] as const
  const changes: Partial<Provider<AnyEvents>> = {
    scheme: hmac({ header: 'X-Signature', secret, prefix: 'v1=', separator: ',', signs }),
    time: { of: 'attempt', format: 'unix-seconds', required: true, value: { field: 't' } },
  }
  const at = (seconds: number, isTwice = false) => {
    const sent = request(payload)
    const mac = createHmac('sha256', secret).update(`${seconds}.`).update(sent.body).digest('hex')
    const again = isTwice ? `t=${seconds},` : ''
    return { ...sent, headers: fromRawHeaders(['X-Signature', `${again}t=${seconds},v1=${mac}`]) }
  }
  const now = Date.parse('2025-12-10T15:30:00Z') / 1_000

  it('are values as others are: the time may stand there', async () => {
    const { receiver } = ruledBench(changes)
    expect(verdictOf(await receiver.receive(at(now)))).toBe('accepted')
    expect(verdictOf(await receiver.receive(at(now + 1)))).toBe('duplicate')
    expect(verdictOf(await receiver.receive(at(now - 301)))).toBe('401 time-past')
    expect(verdictOf(await receiver.receive(at(now, true)))).toBe('401 value-malformed')
  })

  it.each<[string, unknown]>([
    ['text', () => 't'],
    ['a list of what is no text', () => [1]],
    ['a promise', async () => ['t']],
    [
      'a proxy that is revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable([], {})
        revoke()
        return proxy
      },
    ],
  ])('that a scheme answers as %s are its fault', async (_, fields) => {
    const eventRules = [{ type: [{ field: 't' }] }]
    const { receiver } = ruledBench({ scheme: schemeOf({ fields }), eventRules })
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('500 scheme-failed')
  })

  it('are none of a scheme that has no such header', async () => {
    const eventRules = [{ type: [{ field: 't' }, { body: 'type' }] }]
    const { receiver } = ruledBench({ scheme: schemeOf(), eventRules })
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('accepted')
  })
})

describe('explain', () => {
  it.each<[string, unknown, string]>([
    [
      'keys-failed',
      async () => ({ code: 'keys-failed', error: new Error('no route') }),
      'keys-failed: Error: no route',
    ],
    [
      'scheme-failed',
      () => 'keys',
      "scheme-failed: TypeError: prepare() of the scheme 'by-hand' answered string. It answers nothing, or a promise",
    ],
    ['key-unknown', async () => ({ code: 'key-unknown' }), 'key-unknown'],
  ])('says why keys are refused with %s', async (code, prepare, detail) => {
    const explanation = await explain(request(payload), ruled({ scheme: schemeOf({ prepare }) }))
    expect(explanation).toEqual({ kind: 'rejected', code, findings: [{ kind: 'request-refused', detail }] })
  })

  it('waits 5 s for them', async () => {
    const { clock } = ruledBench()
    const scheme = schemeOf({ prepare: () => new Promise(() => {}) })
    const explanation = explain(request(payload), ruled({ scheme }), { clock })
    await clock.advance(5_000)
    expect(await explanation).toMatchObject({ code: 'keys-failed' })
  })

  it.each<[string, Partial<Provider<AnyEvents>>, string]>([
    ['a media type that is not documented', { bodies: { 'text/xml': 'text' } }, 'media-type-unsupported'],
    ['a form that is none', { bodies: { 'application/json': 'form' } }, 'body-malformed'],
    [
      'what a parser throws',
      { bodies: { 'application/json': { parse: () => expect.unreachable() } } },
      'body-malformed',
    ],
    [
      'fields that a scheme does not answer',
      { scheme: schemeOf({ fields: () => 7 }), eventRules: [{ type: [{ field: 't' }] }] },
      'scheme-failed',
    ],
    ['what has no type', { eventRules: [{ type: [{ body: 'kind' }] }] }, 'envelope-invalid'],
  ])('says why it cannot be read: %s', async (_, changes, code) => {
    const sent = request(payload, ['Content-Type', 'application/json'])
    expect(await explain(sent, ruled(changes))).toMatchObject({
      kind: 'rejected',
      code,
      findings: [{ kind: 'request-refused' }],
    })
    const { receiver } = ruledBench(changes)
    expect(await receiver.receive(sent)).toMatchObject({ code })
  })
})
