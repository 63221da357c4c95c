import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ed25519, fromRawHeaders, rsa, type Scheme } from '../../src/index.ts'
import { ecdsa } from '../../src/schemes/ecdsa.ts'
import { type JwksOptions, jwks } from '../../src/schemes/jwks.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'
import { type KeyServer, keyServer } from '../support/key-server.ts'

const header = 'x-signature'
const url = 'https://keys.example.cl/jwks.json?v=1'
const body = Buffer.from('{}')
const kid = { header: 'X-Key-Id', as: 'id' } as const
const ed = generateKeyPairSync('ed25519')
const next = generateKeyPairSync('ed25519')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const minute = 60_000

const jwkOf = (key: KeyObject, more: object) => ({ ...key.export({ format: 'jwk' }), ...more })
const setOf = (...keys: unknown[]) => JSON.stringify({ keys })
const unknown = { code: 'key-unknown' }
const away = { code: 'keys-failed', error: expect.any(Error) }

interface Bench {
  readonly scheme: Scheme
  readonly server: KeyServer
  readonly clock: ManualClock
  verdict(id: string, key?: KeyObject): Promise<unknown>
}

function bench(answer: KeyServer['answer'], changes: Partial<JwksOptions> = {}): Bench {
  const server = keyServer(answer)
  const clock = manualClock()
  const scheme = ed25519({ header, publicKey: jwks({ url, kid, fetch: server.fetch, ...changes }) })
  return {
    scheme,
    server,
    clock,
    async verdict(id, privateKey = ed.privateKey) {
      const signed = ed25519({ header, privateKey }).sign?.(body) ?? {}
      const headers = fromRawHeaders(Object.entries({ ...signed, 'x-key-id': id }).flat())
      const request = { method: 'POST', url: '/', headers, body }
      const fault = scheme.check(headers)
      return fault ?? (await scheme.prepare?.(request, { timeoutMs: 1_000, clock })) ?? scheme.verify(request)
    },
  }
}

describe('a key set', () => {
  it('gives the key that the request names, and is fetched once', async () => {
    const set = setOf(
      jwkOf(ed.publicKey, { kid: 'a' }),
      jwkOf(next.publicKey, { kid: 'b', use: 'sig', key_ops: ['verify'] }),
    )
    const { verdict, server, scheme } = bench(set)
    expect(scheme.headers).toEqual([header, 'x-key-id'])
    expect(scheme.keyMarks?.()).toEqual([])
    expect(await verdict('a')).toEqual({ keyId: 'a' })
    expect(await verdict('b', next.privateKey)).toEqual({ keyId: 'b' })
    expect(await verdict('a', next.privateKey)).toEqual({ code: 'signature-mismatch' })
    expect(await verdict('a b')).toEqual({ code: 'header-malformed', header: 'x-key-id' })
    expect(server.asked).toEqual([url])
  })

  it('is none before it is prepared, and nothing is fetched for a request that names no key', () => {
    const { scheme, server, clock } = bench(setOf())
    const signed = ed25519({ header, privateKey: ed.privateKey }).sign?.(body) ?? {}
    const of = (headers: Readonly<Record<string, string>>) => ({
      method: 'POST',
      url: '/',
      headers: fromRawHeaders(Object.entries({ ...signed, ...headers }).flat()),
      body,
    })
    expect(scheme.verify(of({ 'x-key-id': 'a' }))).toEqual(away)
    expect(scheme.verify(of({}))).toEqual({ code: 'header-missing', header: 'x-key-id' })
    expect(scheme.prepare?.(of({}), { timeoutMs: 1_000, clock })).toBeUndefined()
    expect(server.asked).toEqual([])
  })

  it('is fetched again for a key that it does not have, once a minute at most', async () => {
    const { verdict, server, clock } = bench(setOf(jwkOf(ed.publicKey, { kid: 'a' })))
    expect(await verdict('b', next.privateKey)).toEqual(unknown)
    server.answer = setOf(jwkOf(next.publicKey, { kid: 'b' }))
    for (const name of ['b', 'c', '__proto__', 'constructor'])
      expect(await verdict(name, next.privateKey)).toEqual(unknown)
    await clock.advance(minute - 1)
    expect(await verdict('b', next.privateKey)).toEqual(unknown)
    expect(server.asked).toHaveLength(1)
    await clock.advance(1)
    expect(await verdict('b', next.privateKey)).toEqual({ keyId: 'b' })
    expect(await verdict('a')).toEqual(unknown)
    expect(server.asked).toHaveLength(2)
  })

  it('is kept for 24 hours', async () => {
    const { verdict, server, clock } = bench(setOf(jwkOf(ed.publicKey, { kid: 'a' })))
    await verdict('a')
    server.answer = setOf(jwkOf(next.publicKey, { kid: 'b' }))
    await clock.advance(86_399_999)
    expect(await verdict('a')).toEqual({ keyId: 'a' })
    await clock.advance(1)
    expect(await verdict('a')).toEqual(unknown)
    expect(server.asked).toHaveLength(2)
  })

  it('is still there for the keys that it has while it cannot be fetched again', async () => {
    const { verdict, server, clock } = bench(setOf(jwkOf(ed.publicKey, { kid: 'a' })))
    await verdict('a')
    await clock.advance(minute)
    server.answer = 500
    expect(await verdict('b')).toEqual(away)
    expect(await verdict('b')).toEqual(away)
    expect(await verdict('a')).toEqual({ keyId: 'a' })
    expect(server.asked).toHaveLength(2)
    await clock.advance(1_000)
    server.answer = setOf(jwkOf(ed.publicKey, { kid: 'b' }))
    expect(await verdict('b')).toEqual({ keyId: 'b' })
    expect(await verdict('c')).toEqual(unknown)
  })

  it.each<[string, KeyServer['answer']]>([
    ['that is not there', 404],
    ['that is gone', 410],
    ['that is no JSON', 'hello'],
    ['that is no object', '7'],
    ['without keys', '{}'],
    ['whose keys are no list', '{"keys":{}}'],
    ['whose server is away', new Error('ECONNREFUSED')],
  ])('%s is 503 until it is mended', async (_, answer) => {
    const { verdict, server, clock } = bench(answer)
    expect(await verdict('a')).toEqual(away)
    server.answer = setOf(jwkOf(ed.publicKey, { kid: 'a' }))
    await clock.advance(1_000)
    expect(await verdict('a')).toEqual({ keyId: 'a' })
  })

  it('has keys for other things, which are passed over', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const others = [
      7,
      null,
      jwkOf(ed.publicKey, {}),
      jwkOf(ed.publicKey, { kid: 7 }),
      jwkOf(ed.publicKey, { kid: 'a', use: 'enc' }),
      jwkOf(ed.publicKey, { kid: 'a', key_ops: ['encrypt'] }),
      jwkOf(ed.publicKey, { kid: 'a', key_ops: 'verify' }),
      jwkOf(ed.privateKey, { kid: 'a' }),
      jwkOf(ec.publicKey, { kid: 'a' }),
      jwkOf(p384.publicKey, { kid: 'a' }),
      jwkOf(small.publicKey, { kid: 'a' }),
      { kty: 'oct', k: 'AAAA', kid: 'a' },
      { kty: 'OKP', crv: 'X25519', x: jwkOf(ed.publicKey, {}), kid: 'a' },
    ]
    const { verdict } = bench(setOf(...others))
    expect(await verdict('a')).toEqual(unknown)
    expect(await bench(setOf(...others, jwkOf(ed.publicKey, { kid: 'a' }))).verdict('a')).toEqual({
      keyId: 'a',
    })
  })

  it('may have several keys of one name, and 20 in all', async () => {
    const both = setOf(jwkOf(next.publicKey, { kid: 'a' }), jwkOf(ed.publicKey, { kid: 'a' }))
    expect(await bench(both).verdict('a')).toEqual({ keyId: 'a' })
    const many = Array.from({ length: 21 }, (_, n) => jwkOf(ed.publicKey, { kid: `k${n}` }))
    const foreign = Array.from({ length: 21 }, (_, n) => jwkOf(ec.publicKey, { kid: `e${n}` }))
    expect(await bench(setOf(...foreign, ...many)).verdict('k19')).toEqual({ keyId: 'k19' })
    expect(await bench(setOf(...foreign, ...many)).verdict('k20')).toEqual(unknown)
  })

  it('serves RSA and ECDSA, too, each with its own keys', async () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { fetch } = keyServer(setOf(jwkOf(keys.publicKey, { kid: 'a' }), jwkOf(ec.publicKey, { kid: 'a' })))
    const publicKey = jwks({ url, kid: { query: 'kid' }, fetch })
    const bounds = { timeoutMs: 1_000, clock: manualClock() }
    for (const [receiver, sender] of [
      [rsa({ header, publicKey }), rsa({ header, privateKey: keys.privateKey })],
      [ecdsa({ header, publicKey }), ecdsa({ header, privateKey: ec.privateKey })],
    ] as const) {
      const headers = fromRawHeaders(Object.entries(sender.sign?.(body) ?? {}).flat())
      const request = { method: 'POST', url: '/?kid=a', headers, body }
      expect(await receiver.prepare?.(request, bounds)).toBeUndefined()
      expect(receiver.verify(request)).toEqual({ keyId: 'a' })
    }
  })
})

describe('jwks does not construct', () => {
  const address = "jwks url must be an https: address, such as 'https://keys.example.cl/jwks.json'"
  it.each<[string, object, string]>([
    ['without an address', { url: undefined }, address],
    ['with an address that is none', { url: 'keys' }, address],
    ['with an open one', { url: 'http://keys.example.cl/jwks.json' }, address],
    ['with credentials in it', { url: 'https://a:b@keys.example.cl/jwks.json' }, address],
    [
      'without a name of keys',
      { kid: undefined },
      'jwks kid must be an object of values by name, not undefined',
    ],
    [
      'with a constant name',
      { kid: { text: 'a' } },
      "jwks kid must be a header, query or body, such as { header: 'x-key-id', as: 'id' }",
    ],
    ['with an option that it does not have', { kind: 1 }, "jwks options has no option 'kind'"],
  ])('%s', (_, changes, message) => {
    expect(() => bench(setOf(), changes)).toThrow(message)
  })

  it('without the fetch of the runtime being asked', () => {
    expect(() => jwks({ url, kid })).not.toThrow()
  })
})
