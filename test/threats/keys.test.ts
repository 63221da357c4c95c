import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import {
  type AsymmetricKeyInput,
  apiKey,
  createReceiver,
  ed25519,
  hmac,
  memoryInbox,
  rsa,
  type Secrets,
} from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { zenpli } from '@acuse/providers/zenpli'
import { describe, expect, it } from 'vitest'
import { edKeys, requestOf, rsaKeys, secret } from '../support/schemes.ts'

const body = Buffer.from('{}')
const header = 'x-signature'
const pemOf = (type: 'spki' | 'pkcs1'): string => rsaKeys.publicKey.export({ type, format: 'pem' }) as string
const privatePem = rsaKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/** The error of constructing with a bad key: a TypeError that gives the remedy, and not the key. */
function thrownBy(construct: () => unknown): Error {
  try {
    construct()
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return error as Error
  }
  throw new Error('It constructed')
}

describe('THREATS 5: a public key used as HMAC secret, a request that chooses its scheme', () => {
  it.each(['spki', 'pkcs1'] as const)(
    '5: a body signed with the bytes of the %s PEM as HMAC key is refused',
    (type) => {
      const forged = createHmac('sha256', pemOf(type)).update(body).digest()
      const { scheme } = zenpli({ rsa: pemOf(type) })
      for (const value of [forged.toString('base64'), forged.toString('hex')]) {
        for (const name of ['x-zenpli-signature', 'x-zenpli-hmac-signature', 'authorization']) {
          expect(scheme.verify(requestOf({ [name]: value }, body)), name).toHaveProperty('code')
        }
      }
    },
  )

  it('5: a PEM does not construct as a secret or an API key, in any scheme that shares one', () => {
    for (const pem of [pemOf('spki'), pemOf('pkcs1'), privatePem, Buffer.from(pemOf('spki'))]) {
      expect(thrownBy(() => hmac({ header, secret: pem })).message).toContain(
        'a public key is no shared secret',
      )
      expect(thrownBy(() => apiKey({ key: pem })).message).toContain('a public key is no shared secret')
      expect(thrownBy(() => zenpli({ hmac: pem })).message).toContain('a public key is no shared secret')
    }
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const huge = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(1_100, 0xff).toString('base64url') }
  const badKeys: [string, unknown, RegExp][] = [
    ['undefined', undefined, /publicKey must be a PEM, JWK or KeyObject, not undefined/],
    ['null', null, /not null/],
    ['a number', 5, /not 5/],
    ['empty text', '', /cannot be parsed/],
    ['text that is no PEM', 'not a key', /cannot be parsed/],
    ['a broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /cannot be parsed/],
    ['a broken JWK', { kty: 'RSA' }, /cannot be parsed/],
    ['an empty list', [], /the list or map is empty/],
    ['an empty map', {}, /the list or map is empty/],
    ['eleven keys', Array(11).fill(rsaKeys.publicKey), /At most 10/],
    ['a private PEM', privatePem, /is a private key: a receiver must not hold it/],
    ['a private KeyObject', rsaKeys.privateKey, /is a private key/],
    ['a private JWK', rsaKeys.privateKey.export({ format: 'jwk' }), /is a private key/],
    ['a secret KeyObject', createSecretKey(Buffer.alloc(32, 1)), /must be a public key, not a secret one/],
    ['RSA of 1024 bits', small.publicKey, /must have 2048 to 8192 bits, not 1024/],
    ['RSA of 8800 bits', huge, /must have 2048 to 8192 bits, not 8800/],
    ['an Ed25519 key', edKeys.publicKey, /must be for rsa, not ed25519/],
    ['an EC key', ec.publicKey, /must be for rsa, not ec/],
    ['a secret', secret, /cannot be parsed/],
  ]
  it.each(badKeys)('5: RSA does not construct with %s', (_, publicKey, message) => {
    expect(thrownBy(() => rsa({ header, publicKey: publicKey as AsymmetricKeyInput })).message).toMatch(
      message,
    )
    expect(thrownBy(() => zenpli({ rsa: publicKey as AsymmetricKeyInput })).message).toMatch(message)
  })

  it('5: Ed25519 does not construct with keys of another kind, and neither signs with them', () => {
    for (const publicKey of [rsaKeys.publicKey, ec.publicKey, edKeys.privateKey, secret]) {
      thrownBy(() => ed25519({ header, publicKey }))
    }
    for (const privateKey of [rsaKeys.privateKey, edKeys.publicKey, 'nonsense', 5 as never]) {
      thrownBy(() => ed25519({ header, privateKey }))
    }
    for (const privateKey of [edKeys.privateKey, rsaKeys.publicKey, small.privateKey]) {
      thrownBy(() => rsa({ header, privateKey }))
    }
    expect(
      thrownBy(() => rsa({ header, publicKey: pemOf('spki'), privateKey: privatePem })).message,
    ).toContain('not both')
    expect(thrownBy(() => ed25519({ header, ...edKeys })).message).toContain('not both')
  })

  it('5: RSA takes PEM (SPKI and PKCS#1), JWK, KeyObject, and lists and maps of them', () => {
    const jwk = rsaKeys.publicKey.export({ format: 'jwk' })
    const signed = rsa({ header, privateKey: privatePem }).sign?.(body) ?? {}
    const keys = [pemOf('spki'), pemOf('pkcs1'), jwk, rsaKeys.publicKey, createPublicKey(pemOf('spki'))]
    for (const publicKey of keys) {
      expect(rsa({ header, publicKey }).verify(requestOf(signed, body))).toEqual({ keyId: 'default' })
    }
    const other = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey
    const verdict = rsa({ header, publicKey: { current: other, next: jwk } }).verify(requestOf(signed, body))
    expect(verdict).toEqual({ keyId: 'next' })
    expect(rsa({ header, publicKey: [other, jwk] }).verify(requestOf(signed, body))).toEqual({ keyId: '1' })
  })
})

describe('THREATS 10: an empty, blank, placeholder or undefined secret verifies anything', () => {
  const badSecrets: unknown[] = [
    undefined,
    null,
    '',
    ' ',
    ' '.repeat(64),
    '\t\n'.repeat(16),
    '\u00a0'.repeat(32),
    'undefined',
    'null',
    'NaN',
    '[object Object]',
    'changeme',
    'change-me-in-production',
    'replace_this_secret_here',
    'your-webhook-secret',
    '<your secret goes here>',
    `\${REDCUMBRE_WEBHOOK_SECRET}`,
    'xxxxxxxxxxxxxxxxxxxxxxxx',
    '0'.repeat(64),
    'fifteen-bytes-x',
    ` ${secret}`,
    `${secret}\r\n`,
    Buffer.alloc(0),
    Buffer.alloc(15, 'a'),
    1234567890123456,
    true,
    {},
    [],
    [''],
    { current: '' },
    { current: secret, next: 'undefined' },
  ]

  it.each(badSecrets.map((bad) => [bad]))('10: %o constructs nothing', (bad) => {
    const constructors = [
      () => hmac({ header, secret: bad as Secrets }),
      () => apiKey({ key: bad as Secrets }),
      () => redcumbre(bad as Secrets),
      () => zenpli({ hmac: bad as Secrets }),
      () => zenpli({ apiKey: bad as Secrets }),
    ]
    for (const construct of constructors) expect(thrownBy(construct).message.length).toBeGreaterThan(20)
  })
})

describe('THREATS 11: non-ASCII secrets mean different bytes in different encodings', () => {
  const text = 'contraseña-señalada-💧-32-bytes'

  it.each([
    ['UTF-8', Buffer.from(text, 'utf8'), true],
    ['latin1', Buffer.from(text, 'latin1'), false],
    ['UTF-16', Buffer.from(text, 'utf16le'), false],
    ['decomposed Unicode', Buffer.from(text.normalize('NFD')), false],
  ])('11: text is UTF-8: signed with its %s bytes', (_, key, verifies) => {
    const signature = createHmac('sha256', key).update(body).digest('hex')
    const request = requestOf({ [header]: signature }, body)
    expect('keyId' in hmac({ header, secret: text }).verify(request)).toBe(verifies)
    expect(hmac({ header, secret: key }).verify(request)).toEqual({ keyId: 'default' })
  })

  it('11: an API key goes over the wire as its UTF-8 bytes, which Node hands out as latin1', () => {
    const scheme = apiKey({ header, key: text })
    const wire = Buffer.from(text, 'utf8').toString('latin1')
    expect(scheme.verify(requestOf({ [header]: wire }, body))).toEqual({ keyId: 'default' })
    expect(scheme.sign?.(body)).toEqual({ [header]: wire })
  })
})

describe('keys by request', () => {
  const tenants: Record<string, string> = { '/a': `${secret}-a`, '/b': `${secret}-b` }
  const scheme = hmac({ header, secret: ({ url }) => tenants[url] })
  const signedBy = (key: string) => createHmac('sha256', key).update(body).digest('hex')
  const at = (url: string, key: string) =>
    scheme.verify({ ...requestOf({ [header]: signedBy(key) }, body), url })

  it('each tenant has its own, and nobody has those of another', () => {
    expect(at('/a', `${secret}-a`)).toEqual({ keyId: 'default' })
    expect(at('/a', `${secret}-a`)).toEqual({ keyId: 'default' })
    expect(at('/b', `${secret}-a`)).toEqual({ code: 'signature-mismatch' })
    expect(at('/nobody', `${secret}-a`)).toEqual({ code: 'key-unknown' })
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(at(name, `${secret}-a`), name).toEqual({ code: 'key-unknown' })
  })

  it('may be several by name, and the verdict says which', () => {
    const choice = { current: `${secret}-1`, next: `${secret}-2` }
    const rotating = hmac({ header, secret: (_) => choice })
    expect(rotating.verify(requestOf({ [header]: signedBy(`${secret}-2`) }, body))).toEqual({ keyId: 'next' })
    expect(rotating.sign).toBeUndefined()
  })

  it('that a function fails to give, or gives badly, are no verdict, not a throw', () => {
    const away = hmac({
      header,
      secret: (_) => {
        throw new Error('no database')
      },
    })
    expect(away.verify(requestOf({ [header]: signedBy(secret) }, body))).toMatchObject({
      code: 'keys-failed',
    })
    const broken = [
      (_: unknown) => 'short',
      (_: unknown) => 5,
      (_: unknown) => Promise.resolve(secret),
      (_: unknown) => [],
    ]
    for (const secretOf of broken) {
      const refusing = hmac({ header, secret: secretOf as never })
      const verdict = refusing.verify(requestOf({ [header]: signedBy(secret) }, body))
      expect(verdict).toMatchObject({ code: 'scheme-failed', error: expect.any(TypeError) })
    }
    const unknown = hmac({ header, secret: ((_: unknown) => null) as never })
    expect(unknown.verify(requestOf({ [header]: signedBy(secret) }, body))).toEqual({ code: 'key-unknown' })
    const apiKeys = apiKey({ key: (_) => undefined })
    expect(apiKeys.verify(requestOf({ authorization: secret }, body))).toEqual({ code: 'key-unknown' })
    expect(apiKeys.sign).toBeUndefined()
  })
})

describe('keys and secrets stay inside', () => {
  it('no error, signal, log line or inspection shows one, in utf8, hex or base64', async () => {
    const lines: string[] = []
    const log = (details: object, message: string) => lines.push(inspect(details, { depth: 9 }), message)
    const providers = [
      redcumbre(secret),
      zenpli({ hmac: secret }),
      zenpli({ apiKey: secret }),
      zenpli({ rsaPrivateKey: privatePem }),
    ]
    for (const provider of providers) {
      const receiver = createReceiver(provider as ReturnType<typeof redcumbre>, {
        inbox: memoryInbox(),
        observer: (observation) => lines.push(inspect(observation, { depth: 9 })),
        logger: { debug: log, info: log, warn: log, error: log },
      })
      lines.push(
        inspect(provider, { depth: 20, showHidden: true, getters: true }),
        inspect(receiver, { depth: 20, showHidden: true }),
      )
      for (const headers of [{}, { 'x-webhook-signature': 'x' }, provider.scheme.sign?.(body) ?? {}]) {
        await receiver.receive(requestOf(headers, body))
      }
    }
    for (const bad of [`${secret} `, secret.slice(0, 12), `-----BEGIN ${secret}`])
      lines.push(thrownBy(() => redcumbre(bad)).message)
    lines.push(thrownBy(() => rsa({ header, publicKey: privatePem })).message)
    const output = lines.join('\n')
    const secretBytes = Buffer.from(secret)
    const keyBody = privatePem.split('\n')[3] as string
    for (const hidden of [
      secret,
      secretBytes.toString('hex'),
      secretBytes.toString('base64'),
      secret.slice(0, 12),
      keyBody,
    ]) {
      expect(output.includes(hidden)).toBe(false)
    }
    expect(output).toContain('header-missing')
  })
})
