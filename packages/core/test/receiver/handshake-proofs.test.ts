import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/index.ts'
import type { Handshake } from '../../src/provider-kit.ts'
import { secret } from '../support/acme.ts'
import {
  all,
  answer,
  type Changes,
  challenge,
  hub,
  type Sent,
  sent,
  subscribe,
  token,
  untouchable,
} from '../support/handshakes.ts'
import { request, ruled, ruledBench, verdictOf } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'

describe('a proven handshake that must be fresh', () => {
  const time = { of: 'attempt', format: 'rfc3339', required: true, value: { body: 'at' } } as const
  const of = (at: string | undefined) =>
    answer([challenge], { payload: { type: 'url_verification', challenge: 'a', at } }, { time })

  it('is refused where it is not', async () => {
    expect((await of('2025-12-10T15:30:00Z')).verdict).toBe('answered')
    expect((await of('2025-12-10T15:00:00Z')).verdict).toBe('401 time-past')
    expect((await of('2025-12-10T16:30:00Z')).verdict).toBe('401 time-future')
    expect((await of(undefined)).verdict).toBe('401 time-missing')
  })

  it('is kept nowhere, though stale deliveries are', async () => {
    const { receiver } = ruledBench(
      { handshakes: [challenge], time },
      { inbox: untouchable(), onStale: 'keep' },
    )
    const payload = { type: 'url_verification', challenge: 'a', at: '2025-12-10T15:00:00Z' }
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('401 time-past')
  })
})

describe('a handshake that signs', () => {
  const mac = (text: string): string => createHmac('sha256', secret).update(text).digest('hex')
  const seen: string[] = []
  const scheme = (of: unknown) => schemeOf({ mac: of })
  const validation: Handshake = {
    method: 'POST',
    proof: 'scheme',
    when: { body: 'event', is: 'endpoint.url_validation' },
    answer: {
      json: {
        plainToken: { body: 'payload.plainToken', as: 'id' },
        encryptedToken: { mac: { body: 'payload.plainToken', as: 'id' } },
      },
    },
  }
  const of = (
    plainToken: unknown,
    make: unknown = (text: string, keyId: string) => (seen.push(keyId), mac(text)),
  ) =>
    answer(
      [validation],
      { payload: { event: 'endpoint.url_validation', payload: { plainToken } } },
      { scheme: scheme(make) },
    )

  it('gives the MAC of the value under the key that proved the request', async () => {
    const { outcome } = await of('qgg8vlvZRS6UYooatFL8Aw')
    expect(JSON.parse(outcome.body)).toEqual({
      plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
      encryptedToken: mac('qgg8vlvZRS6UYooatFL8Aw'),
    })
    expect(seen).toEqual(['k'])
  })

  it.each(['v0:1795633156:{"event":"x"}', '1795633156.{}', 'a.b', '', '{}', 'a b'])(
    'signs nothing that holds a separator: %j',
    async (value) => {
      const asked: string[] = []
      const { verdict } = await of(value, (text: string) => asked.push(text))
      expect([verdict, asked]).toEqual(['400 envelope-invalid', []])
    },
  )

  it.each<[string, unknown, string]>([
    ['makes none', () => undefined, '400 envelope-invalid'],
    ['throws', () => expect.unreachable(), '500 scheme-failed'],
    ['answers a promise', async () => 'a', '500 scheme-failed'],
    ['answers bytes', () => new Uint8Array(3), '500 scheme-failed'],
  ])('is refused where the scheme %s', async (_, make, verdict) => {
    expect((await of('a', make)).verdict).toBe(verdict)
  })
})

describe('explain', () => {
  const told = async (of: Sent, changes: Changes = {}) => {
    const explanation = await explain(sent(of), ruled({ handshakes: all, ...changes }))
    return explanation.kind === 'passed'
      ? 'passed'
      : `${explanation.code} ${JSON.stringify(explanation.findings)}`
  }

  it('knows handshakes, and why one is refused', async () => {
    expect(await told({ method: 'GET', url: hub() })).toBe('passed')
    expect(await told({ method: 'HEAD' })).toBe('passed')
    expect(await told({ payload: { verification_token: 'a' }, isSigned: false })).toBe('passed')
    expect(await told({ payload: { type: 'url_verification', challenge: 'a' } })).toBe('passed')
    expect(await told({ method: 'GET', url: hub({ 'hub.verify_token': 'x' }) })).toContain('token-mismatch')
    expect(await told({ payload: { type: 'url_verification', challenge: '<a>' } })).toContain(
      'envelope-invalid',
    )
    expect(await told({ method: 'PUT' })).toContain('method-not-allowed')
  })
})

describe('a token that is a function', () => {
  const asked = (given: () => unknown) => {
    const proof = { equals: { query: 'hub.verify_token' }, secret: given as () => string }
    return answer([{ ...subscribe, proof }], { method: 'GET', url: hub({}) })
  }

  it('is asked for when a sender asks', async () => {
    expect((await asked(() => token)).verdict).toBe('answered')
    expect((await asked(() => `${token}-2`)).verdict).toBe('403 token-mismatch')
  })

  it.each<[string, () => unknown]>([
    ['is not set', () => undefined],
    ['is too short', () => 'short'],
    ['is promised', async () => token],
    ['is promised, and rejected', () => Promise.reject(new Error('no vault'))],
    ['is thrown', () => expect.unreachable('no vault')],
  ])('is 503 while it %s, and the log says so', async (_, given) => {
    const { verdict, lines } = await asked(given)
    expect(verdict).toBe('503 keys-failed')
    expect(lines.join()).toContain('No key can be had; the sender is told to retry')
  })
})
