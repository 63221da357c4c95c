import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ed25519, fromRawHeaders, hmac, rsa } from '../../src/index.ts'
import { createKeyRing, type KeyChoice, toAuthentic } from '../../src/schemes/keys.ts'

// Made by OpenSSL: test/vectors/make.sh says how.
const folder = new URL('../../../../test/vectors/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const body = readFileSync(new URL('body.bin', folder))
const header = 'X-Signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'

function request(value: string, bytes: Uint8Array = body) {
  return { method: 'POST', url: '/', headers: fromRawHeaders(['x-signature', value]), body: bytes }
}

/** A seed in PKCS #8 (RFC 8410 §7). */
function seedOf(text: string): Buffer {
  const seed = Buffer.from(text.slice('whsk_'.length), 'base64')
  return Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
}

describe('rsa', () => {
  const publicKey = read('rsa-public.pem')
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })

  for (const padding of ['pkcs1', 'pss'] as const) {
    for (const hash of ['sha256', 'sha512'] as const) {
      it(`verifies what OpenSSL signed with ${padding} and ${hash}, and refuses it as anything else`, () => {
        const signature = read(`rsa-${padding}-${hash}.txt`)
        for (const otherPadding of ['pkcs1', 'pss'] as const) {
          for (const otherHash of ['sha256', 'sha512'] as const) {
            const scheme = rsa({ header, publicKey, padding: otherPadding, hash: otherHash })
            const right = padding === otherPadding && hash === otherHash
            expect(scheme.verify(request(signature))).toEqual(
              right ? { keyId: 'default' } : { code: 'signature-mismatch' },
            )
          }
        }
        const changed = Buffer.concat([body, Buffer.from(' ')])
        expect(rsa({ header, publicKey, padding, hash }).verify(request(signature, changed))).toEqual({
          code: 'signature-mismatch',
        })
      })
    }
  }

  it('does not sign with a public key', () => {
    expect(rsa({ header, publicKey }).sign).toBeUndefined()
  })

  it('takes any hash of a list, SHA-1 by its name alone, and signs with the first', () => {
    const both = rsa({ header, publicKey: own.publicKey, hash: ['sha1-legacy', 'sha256'] })
    const signedWith = (hash: string) => request(sign(hash, body, own.privateKey).toString('base64'))
    for (const hash of ['sha256', 'sha1']) expect(both.verify(signedWith(hash))).toEqual({ keyId: 'default' })
    expect(both.verify(signedWith('sha512'))).toEqual({ code: 'signature-mismatch' })
    expect(rsa({ header, publicKey: own.publicKey }).verify(signedWith('sha1'))).toEqual({
      code: 'signature-mismatch',
    })
    const sender = rsa({ header, privateKey: own.privateKey, hash: ['sha1-legacy', 'sha256'] })
    expect(sender.sign?.(body)).toEqual({
      'x-signature': sign('sha1', body, own.privateKey).toString('base64'),
    })
  })

  it('takes a PSS salt as long as the hash, of a stated length, or of any', () => {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const pss = (saltLength: number) =>
      request(sign('sha256', body, { key: own.privateKey, padding, saltLength }).toString('base64'))
    const taken = (saltLength?: number | 'auto') => {
      const scheme = rsa({
        header,
        publicKey: own.publicKey,
        padding: 'pss',
        ...(saltLength === undefined ? {} : { saltLength }),
      })
      return [0, 20, 32, 222].filter((length) => 'keyId' in scheme.verify(pss(length)))
    }
    expect(taken()).toEqual([32])
    expect(taken(0)).toEqual([0])
    expect(taken(20)).toEqual([20])
    expect(taken('auto')).toEqual([0, 20, 32, 222])
    for (const saltLength of [0, 20, 'auto'] as const) {
      const sender = rsa({ header, privateKey: own.privateKey, padding: 'pss', saltLength })
      expect(sender.verify(request(sender.sign?.(body)['x-signature'] as string))).toEqual({
        keyId: 'default',
      })
    }
  })

  it.each([
    [{ hash: 'sha1' }, /sha1-legacy/],
    [{ padding: 'oaep' }, /pkcs1/],
    [{ encoding: 'hex' }, /no option 'encoding'/],
    [{ header: '' }, /header/],
  ])('does not construct with %o', (changes, message) => {
    expect(() => rsa({ header, publicKey, ...changes } as never)).toThrow(message)
  })
})

describe('ed25519', () => {
  const publicKey = read('ed25519-public.pem')

  it('verifies what OpenSSL signed, and nothing else', () => {
    const scheme = ed25519({ header, publicKey })
    expect(scheme.verify(request(read('ed25519.txt')))).toEqual({ keyId: 'default' })
    expect(scheme.verify(request(read('ed25519.txt'), Buffer.from('{}')))).toEqual({
      code: 'signature-mismatch',
    })
    expect(scheme.sign).toBeUndefined()
  })

  // RFC 8032 §7.1, test 3.
  it('verifies and signs the vector of RFC 8032, as hex', () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: Buffer.from('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'hex').toString(
        'base64url',
      ),
      x: Buffer.from('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'hex').toString(
        'base64url',
      ),
    }
    const signature =
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'
    const message = Buffer.from('af82', 'hex')
    const scheme = ed25519({ header, privateKey: jwk, encoding: 'hex' })
    expect(scheme.sign?.(message)).toEqual({ 'x-signature': signature })
    expect(scheme.verify(request(signature, message))).toEqual({ keyId: 'default' })
    const { d: _, ...publicJwk } = jwk
    expect(
      ed25519({ header, publicKey: publicJwk, encoding: 'hex' }).verify(request(signature, message)),
    ).toEqual({
      keyId: 'default',
    })
  })

  it('does not construct with another encoding', () => {
    expect(() => ed25519({ header, publicKey, encoding: 'base64url' as never })).toThrow("'hex' or 'base64'")
  })
})

describe('hmac with a prefix, signed headers, several encodings', () => {
  it("verifies GitHub's documented example", () => {
    // «Testing the webhook payload validation»: secret, payload and signature as GitHub's documents give them.
    const scheme = hmac({
      header: 'X-Hub-Signature-256',
      secret: "It's a Secret to Everybody",
      prefix: 'sha256=',
    })
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const headers = fromRawHeaders(['X-Hub-Signature-256', signature])
    expect(scheme.verify({ method: 'POST', url: '/', headers, body: Buffer.from('Hello, World!') })).toEqual({
      keyId: 'default',
    })
  })

  it("verifies the example of the Standard Webhooks' own library", () => {
    const scheme = hmac({
      header: 'webhook-signature',
      prefix: 'v1,',
      separator: ' ',
      encoding: 'base64',
      signs: [
        { header: 'webhook-id', as: 'id' },
        { text: '.' },
        { header: 'webhook-timestamp', as: 'unix-seconds' },
        { text: '.' },
        { raw: 'body' },
      ],
      secretEncoding: 'whsec',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    })
    const parts = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' }
    const message = Buffer.from('{"test": 2432232314}')
    const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    const raw = (value: string) =>
      fromRawHeaders(Object.entries({ ...parts, 'webhook-signature': value }).flat())
    const of = (value: string) =>
      scheme.verify({ method: 'POST', url: '/', headers: raw(value), body: message })
    expect(of(signature)).toEqual({ keyId: 'default' })
    expect(of(`v1,${'A'.repeat(43)}= ${signature}`)).toEqual({ keyId: 'default' })
    expect(scheme.sign?.(message, { headers: parts })).toEqual({ ...parts, 'webhook-signature': signature })
  })

  it("verifies and signs the example of v1a of the Standard Webhooks' own library, with its keys as that prints them", () => {
    const options = {
      header: 'webhook-signature',
      prefix: 'v1a,',
      separator: ' ',
      signs: [
        { header: 'webhook-id', as: 'id' },
        { text: '.' },
        { header: 'webhook-timestamp', as: 'unix-seconds' },
        { text: '.' },
        { raw: 'body' },
      ],
    } as const
    const privateKey = 'whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk='
    const signature =
      'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=='
    const headers = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' }
    const message = Buffer.from('{"test": 2432232314}')
    const sender = ed25519({ ...options, privateKey })
    const sent = { ...headers, 'webhook-signature': signature }
    expect(sender.sign?.(message, { headers })).toEqual(sent)
    const received = {
      method: 'POST',
      url: '/',
      headers: fromRawHeaders(Object.entries(sent).flat()),
      body: message,
    }
    expect(sender.verify(received)).toEqual({ keyId: 'default' })
    const { x } = createPublicKey(
      createPrivateKey({ key: seedOf(privateKey), format: 'der', type: 'pkcs8' }),
    ).export({
      format: 'jwk',
    })
    const publicKey = `whpk_${Buffer.from(String(x), 'base64url').toString('base64')}`
    expect(ed25519({ ...options, publicKey }).verify(received)).toEqual({ keyId: 'default' })
    const among = `v1,${'A'.repeat(43)}= ${signature}`
    const many = fromRawHeaders(Object.entries({ ...sent, 'webhook-signature': among }).flat())
    expect(ed25519({ ...options, publicKey }).verify({ ...received, headers: many })).toEqual({
      keyId: 'default',
    })
  })

  it.each([
    [{ prefix: 5 }, /prefix must be text/],
    [{ separator: '|' }, /separator/],
    [{ signs: [{ header: 'x', as: 'words' }] }, /signs\[\]\.as/],
    [{ signs: [{ header: 'x y', as: 'id' }] }, /signs\[\]\.header/],
    [{ encoding: [] }, /encoding/],
    [{ encoding: ['hex', 'utf8'] }, /encoding/],
  ])('does not construct with %o', (changes, message) => {
    expect(() => hmac({ header, secret, ...changes } as never)).toThrow(message)
    expect(() => hmac({ header, secret, ...changes } as never)).toThrow(TypeError)
  })
})

describe('a function of keys', () => {
  it('is asked for each request, and what it gives is parsed once, up to 1 000 of it', () => {
    let parsed = 0
    let asked = 0
    const kind = {
      name: 'key',
      isKey: (value: unknown): value is string => typeof value === 'string',
      parse: (key: unknown) => [++parsed, key],
      identify: String,
    }
    let given: string | readonly string[] = 'one'
    const ring = createKeyRing((_) => (asked++, given), kind)
    const head = { method: 'POST', url: '/', headers: fromRawHeaders([]), body }
    const first = ring.keysFor(head)
    for (let n = 0; n < 100; n++) expect(ring.keysFor(head)).toBe(first)
    expect([asked, parsed]).toEqual([101, 1])
    const list = ['two', 'three']
    given = list
    for (let n = 0; n < 100; n++) ring.keysFor(head)
    expect(parsed).toBe(3)
    for (let n = 0; n < 1_000; n++) {
      given = `tenant-${n}`
      ring.keysFor(head)
    }
    given = list
    ring.keysFor(head)
    expect(parsed).toBe(1_005)
  })

  it("gives a tenant's keys: by their names where they have names, else by the mark of the first", () => {
    const kind = {
      name: 'key',
      isKey: (value: unknown): value is string => typeof value === 'string',
      parse: (key: unknown) => key,
      identify: (key: unknown) => `mark of ${key}`,
    }
    const head = { method: 'POST', url: '/', headers: fromRawHeaders([]), body }
    const keysOf = (choice: KeyChoice<string>) => createKeyRing((_) => choice, kind).keysFor(head)
    expect(keysOf({ a: 'one', b: ['two', 'three'] })).toEqual({
      keys: [
        { id: 'a', key: 'one', tenant: 'a' },
        { id: 'b', key: 'two', tenant: 'b' },
        { id: 'b', key: 'three', tenant: 'b' },
      ],
    })
    const tenant = 'mark of one'
    expect(keysOf('one')).toEqual({ keys: [{ id: 'default', key: 'one', tenant }] })
    expect(keysOf(['one', 'two'])).toEqual({
      keys: [
        { id: '0', key: 'one', tenant },
        { id: '1', key: 'two', tenant },
      ],
    })
    expect(Reflect.ownKeys(toAuthentic({ id: 'a', key: 'one' }))).toEqual(['keyId'])
  })
})
