import { describe, expect, it } from 'vitest'
import type { Handshake } from '../../src/provider-kit.ts'
import { incoming } from '../support/acme.ts'
import {
  all,
  answer,
  challenge,
  hub,
  json,
  nosniff,
  origin,
  ping,
  plain,
  type Sent,
  sent,
  shown,
  subscribe,
  token,
  untouchable,
  verification,
} from '../support/handshakes.ts'
import { request, ruledBench, verdictOf } from '../support/ruled.ts'

describe('a handshake', () => {
  it.each<[string, Handshake, Sent, object]>([
    [
      'by GET with our token',
      subscribe,
      { method: 'GET', url: hub() },
      { status: 200, headers: plain, body: '1158201444' },
    ],
    ['by HEAD', ping, { method: 'HEAD' }, { status: 200, headers: nosniff, body: '' }],
    [
      'by OPTIONS',
      origin,
      { method: 'OPTIONS', headers: ['webhook-request-origin', 'eventemitter.example.com'] },
      {
        status: 200,
        headers: {
          ...nosniff,
          'webhook-allowed-origin': 'eventemitter.example.com',
          'webhook-allowed-rate': '*',
        },
        body: '',
      },
    ],
    [
      'by POST that the scheme proves',
      challenge,
      { payload: { type: 'url_verification', challenge: '3eZbrw1aB' } },
      { status: 200, headers: json, body: '{"challenge":"3eZbrw1aB","version":1,"kind":"x"}' },
    ],
    [
      'by POST that nobody proves',
      verification,
      { payload: { verification_token: 'secret_tMrlL1qK5vuQAh1b6cZGhF' }, isSigned: false },
      { status: 202, headers: nosniff, body: '' },
    ],
  ])('%s is answered without a store, and observed', async (_, handshake, of, expected) => {
    for (const handshakes of [[handshake], all]) {
      const { outcome, observations } = await answer(handshakes, of)
      expect(outcome.kind).toBe('answered')
      expect(shown(outcome)).toEqual(expected)
      expect(outcome.close).toBe(false)
      expect(observations).toMatchObject([{ type: 'handshake', method: of.method ?? 'POST' }])
    }
  })

  it('is answered by receive, too, where it has a body', async () => {
    const { receiver } = ruledBench({ handshakes: all }, { inbox: untouchable() })
    const unproven = sent({ payload: { verification_token: 'a' }, isSigned: false })
    expect((await receiver.receive(unproven)).kind).toBe('answered')
    expect(
      (await receiver.receive(sent({ payload: { type: 'url_verification', challenge: 'a' } }))).kind,
    ).toBe('answered')
  })

  it('tells the operator, and the log, what must be seen, and warns that nobody has proven it', async () => {
    const payload = { verification_token: 'secret_a.b' }
    const { observations, lines } = await answer(all, { payload, isSigned: false })
    expect(observations).toEqual([
      { type: 'handshake', provider: 'ruled', method: 'POST', told: 'secret_a.b' },
    ])
    expect(lines).toEqual([
      expect.stringContaining(
        "handshake answered (POST); it names the value 'secret_a.b', which nobody has proven",
      ),
    ])
    const quiet = await answer(all, { method: 'HEAD' })
    expect(quiet.observations).toEqual([
      { type: 'handshake', provider: 'ruled', method: 'HEAD', told: undefined },
    ])
    expect(quiet.lines).toEqual([expect.stringContaining('handshake answered (HEAD)')])
  })

  it.each<[string, Sent]>([
    ['another token', { method: 'GET', url: hub({ 'hub.verify_token': `${token}x` }) }],
    ['an empty one', { method: 'GET', url: hub({ 'hub.verify_token': '' }) }],
    ['none', { method: 'GET', url: '/?hub.mode=subscribe&hub.challenge=1' }],
    ['ours beside another', { method: 'GET', url: `${hub()}&hub.verify_token=x` }],
    ['ours twice', { method: 'GET', url: `${hub()}&hub.verify_token=${token}` }],
    ['ours in capitals', { method: 'GET', url: hub({ 'hub.verify_token': token.toUpperCase() }) }],
  ])('with %s is refused, and tells nothing', async (_, of) => {
    const { outcome, codes } = await answer([subscribe], of)
    expect(shown(outcome)).toMatchObject({ status: 403, body: '{"error":"forbidden"}' })
    expect(codes).toEqual(['token-mismatch'])
  })

  it('by POST with a token of ours needs it', async () => {
    const byToken: Handshake = { ...verification, proof: { equals: { header: 'X-Token' }, secret: token } }
    const payload = { verification_token: 'a' }
    const of = (headers: string[]) => answer([byToken], { payload, headers, isSigned: false })
    expect((await of(['X-Token', token])).verdict).toBe('answered')
    expect((await of(['X-Token', 'another'])).verdict).toBe('403 token-mismatch')
    expect((await of([])).verdict).toBe('403 token-mismatch')
  })

  const hostile = [
    '<script>alert(1)</script>',
    'a b',
    'a\r\nb',
    'a"b',
    '',
    'ñ',
    'a'.repeat(501),
    '1&2',
    'javascript:x',
    '\u0000',
    "';--",
  ]
  it.each(hostile)('never tells back what is outside its grammar: %j', async (value) => {
    const gets = await answer(all, { method: 'GET', url: hub({ 'hub.challenge': value }) })
    const posts = await answer(all, { payload: { type: 'url_verification', challenge: value } })
    const tells = await answer(all, { payload: { verification_token: value }, isSigned: false })
    for (const { outcome, codes, observations } of [gets, posts, tells]) {
      expect(shown(outcome)).toEqual({
        status: 400,
        headers: { 'content-type': 'application/json' },
        body: '{"error":"malformed"}',
      })
      expect(codes).toEqual(['envelope-invalid'])
      expect(value !== '' && JSON.stringify(observations).includes(JSON.stringify(value))).toBe(false)
    }
  })

  it('tells back no value of two, nor a header that no header can hold', async () => {
    expect((await answer(all, { method: 'GET', url: `${hub()}&hub.challenge=2` })).verdict).toBe(
      '400 envelope-invalid',
    )
    expect((await answer(all, { method: 'OPTIONS' })).verdict).toBe('400 envelope-invalid')
    const headers = ['WebHook-Request-Origin', 'a', 'WebHook-Request-Origin', 'b']
    expect((await answer(all, { method: 'OPTIONS', headers })).verdict).toBe('400 envelope-invalid')
  })

  it('that the scheme must prove is none without a proof', async () => {
    const payload = { type: 'url_verification', challenge: 'a' }
    expect((await answer([challenge], { payload, isSigned: false })).verdict).toBe('401 header-missing')
    const headers = ['X-Acme-Signature', '0'.repeat(64)]
    expect((await answer([challenge], { payload, headers, isSigned: false })).verdict).toBe(
      '401 signature-mismatch',
    )
    expect((await answer(all, { payload, isSigned: false })).verdict).toBe('401 header-missing')
  })

  it('is none where its conditions do not hold: a delivery is a delivery', async () => {
    const { receiver } = ruledBench({ handshakes: all })
    expect(verdictOf(await receiver.handle(incoming(request({ type: 'order.paid', id: 'a' }))))).toBe(
      'accepted',
    )
    expect(
      verdictOf(await receiver.handle(incoming(sent({ payload: { type: 'x' }, isSigned: false })))),
    ).toBe('401 header-missing')
  })

  it('by POST whose head does not fit needs the security headers before its body is read', async () => {
    const byHeader: Handshake = {
      ...verification,
      when: [
        { header: 'x-hook', is: 'ping' },
        { body: 'a', exists: true },
      ],
    }
    const { receiver } = ruledBench({ handshakes: [byHeader] }, { inbox: untouchable() })
    const read = () => expect.unreachable('the body was read')
    const bare = incoming(sent({ payload: { a: 1 }, isSigned: false }), { read })
    expect(verdictOf(await receiver.handle(bare))).toBe('401 header-missing')
  })

  it('from an address that may not send is none', async () => {
    const { receiver } = ruledBench(
      { handshakes: all },
      { inbox: untouchable(), ipAllowlist: ['203.0.113.0/24'] },
    )
    const from = async (clientAddress: string, of: Sent) =>
      verdictOf(await receiver.handle(incoming(sent(of), { clientAddress })))
    for (const of of [
      { method: 'GET', url: hub() },
      { method: 'HEAD' },
      { payload: { verification_token: 'a' }, isSigned: false },
    ]) {
      expect(await from('203.0.113.7', of)).toBe('answered')
      expect(await from('198.51.100.7', of)).toBe('401 address-refused')
    }
  })

  it.each<[string, readonly Handshake[], string]>([
    ['none', [], 'POST'],
    ['of POST', [challenge], 'POST'],
    ['of all', all, 'POST, GET, HEAD, OPTIONS'],
    ['twice of one', [subscribe, { ...subscribe, when: { query: 'x', exists: true } }], 'POST, GET'],
  ])('of another method is refused with those that there are: %s', async (_, handshakes, allow) => {
    const { outcome } = await answer(handshakes, { method: 'PUT' })
    expect(outcome).toMatchObject({ status: 405, headers: { allow } })
    expect((await answer(handshakes, { method: 'GET' })).outcome).toMatchObject({
      status: 405,
      headers: { allow },
    })
  })
})
