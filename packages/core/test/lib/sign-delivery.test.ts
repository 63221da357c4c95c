import { describe, expect, it } from 'vitest'
import {
  anyOf,
  apiKey,
  defineProvider,
  fromRawHeaders,
  hmac,
  type Provider,
  type Scheme,
} from '../../src/index.ts'
import { signDelivery } from '../../src/lib/sign-delivery.ts'
import { withValueAt } from '../../src/lib/with-value-at.ts'
import { secret } from '../support/acme.ts'
import { schemeOf } from '../support/schemes.ts'

const at = new Date('2026-11-25T18:59:16.980Z')
const payload = { id: 'e-1' }

function provider(scheme: Scheme, changes: Partial<Provider<object>> = {}): Provider<object> {
  const sending = { attemptDelaysMs: [0], timeoutMs: 1_000, samples: async () => ({}) }
  return defineProvider<object>({
    name: 'acme',
    path: '/webhooks/acme',
    scheme,
    eventRules: [{ type: [{ text: 'order' }] }],
    sending,
    ...changes,
  })
}

describe('signDelivery', () => {
  it('makes what is signed in headers and nobody states, each of its grammar', () => {
    const parts = ['id', 'rfc3339', 'unix-seconds', 'unix-ms', 'unix', 'text', 'token'] as const
    const signs = parts.map((as) => ({ header: `X-${as}`, as }))
    const scheme = hmac({ secret, header: 'x-signature', signs: [...signs, { raw: 'body' }] })
    const { headers } = signDelivery(provider(scheme), {
      event: 'order',
      payload,
      at,
      headers: { 'X-Text': 'a b' },
    })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-id': expect.stringMatching(/^msg_/),
      'x-token': expect.stringMatching(/^msg_/),
      'x-text': 'a b',
      'x-rfc3339': at.toISOString(),
      'x-unix-ms': String(at.getTime()),
      'x-unix-seconds': '1795633156',
      'x-unix': '1795633156',
    })
    expect(() => signDelivery(provider(scheme), { event: 'order', payload, at })).toThrow("give 'x-text'")
  })

  it('says what it lacks where the scheme cannot sign', () => {
    const scheme = schemeOf({ sign: undefined })
    expect(() => signDelivery({ name: 'acme', scheme }, { event: 'order', payload, at })).toThrow(
      'acme cannot sign with what it was given: it takes the private key, or one secret, not several',
    )
  })

  it('puts a signature into the body, by one scheme or the first of several', () => {
    const signs = [{ body: 'id', as: 'id' }] as const
    const inBody = hmac({ secret, bodyField: 'proof.mac', signs })
    for (const scheme of [inBody, anyOf([inBody, hmac({ secret, bodyField: 'other', signs })])]) {
      const { headers, body } = signDelivery(provider(scheme), { event: 'order', payload, at })
      expect(headers).toEqual({ 'content-type': 'application/json' })
      expect(JSON.parse(body.toString())).toEqual({
        id: 'e-1',
        proof: { mac: expect.stringMatching(/^[0-9a-f]{64}$/) },
      })
      const request = { method: 'POST', url: '/', headers: fromRawHeaders([]), body }
      expect(scheme.verify(request)).toEqual({ keyId: 'default' })
    }
    for (const body of ['[{"id":"e-1"}]', '{'])
      expect(() => inBody.signBody?.(Buffer.from(body))).toThrow(TypeError)
    const anything = hmac({ secret, bodyField: 'mac', signs: [{ text: 'constant' }] })
    for (const body of ['[]', '{'])
      expect(() => anything.signBody?.(Buffer.from(body))).toThrow('give a body that is a JSON object')
  })

  it('puts a key into the query, beside what the provider has there, by one scheme or the first of several', () => {
    const inQuery = apiKey({ key: secret, query: 'k' })
    const sending = {
      attemptDelaysMs: [0],
      timeoutMs: 1_000,
      samples: async () => ({}),
      query: () => ({ topic: 'orders' }),
    }
    for (const scheme of [inQuery, anyOf([inQuery, apiKey({ key: secret })])]) {
      const { query, headers } = signDelivery(provider(scheme, { sending }), { event: 'order', payload, at })
      expect(query).toBe(`topic=orders&k=${secret}`)
      const request = {
        method: 'POST',
        url: `/?${query}`,
        headers: fromRawHeaders(Object.entries(headers).flat()),
        body: Buffer.alloc(0),
      }
      expect(scheme.verify(request)).toEqual({ keyId: 'default' })
    }
  })
})

describe('withValueAt', () => {
  const change = (): string => 'new'

  it('changes a field, an element, each element of a list, or all of it, in a copy', () => {
    const before = { a: { b: 1 }, list: [{ c: 1 }, { c: 2 }] }
    expect(withValueAt(before, 'a.b', change)).toEqual({ ...before, a: { b: 'new' } })
    expect(withValueAt(before, 'list.1.c', change)).toEqual({ ...before, list: [{ c: 1 }, { c: 'new' }] })
    expect(withValueAt(before, 'list.*.c', change)).toEqual({ ...before, list: [{ c: 'new' }, { c: 'new' }] })
    expect(withValueAt(before, 'a.*.c', change)).toEqual(before)
    expect(withValueAt(before, '', change)).toBe('new')
    expect(before).toEqual({ a: { b: 1 }, list: [{ c: 1 }, { c: 2 }] })
  })

  it('makes what leads there', () => {
    expect(withValueAt(undefined, 'a.0.b', change)).toEqual({ a: [{ b: 'new' }] })
    expect(withValueAt(null, 'a', change)).toEqual({ a: 'new' })
  })
})
