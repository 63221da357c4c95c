import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, ed25519, fromRawHeaders, hmac, rsa, type Scheme } from '../../src/index.ts'
import { withHead } from '../../src/schemes/signed-content.ts'

const header = 'X-Signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed = generateKeyPairSync('ed25519')
const signedHeaders = [
  { header: 'X-Id', as: 'id' },
  { header: 'X-Time', as: 'unix-ms' },
] as const
const parts = { 'x-id': 'msg_1', 'x-time': '1765380600000' }

const hmacOf = (changes: object) => () => hmac({ header, secret, ...changes })
const rsaOf = (changes: object) => () => rsa({ header, publicKey, ...changes })
const edOf = (changes: object) => () => ed25519({ header, publicKey: ed.publicKey, ...changes })
const keyOf = (changes: object) => () => apiKey({ key: secret, ...changes })
const headerName = 'must be a header name (RFC 9110 §5.6.2)'

describe('an option of a scheme', () => {
  it.each<[string, () => unknown, string]>([
    ['hmac hash', hmacOf({ hash: 'md5' }), "hmac hash must be 'sha256' or 'sha512'"],
    [
      'hmac encoding',
      hmacOf({ encoding: 'utf8' }),
      "hmac encoding must be 'hex', 'base64' or a list of them",
    ],
    ['hmac encodings', hmacOf({ encoding: [] }), "hmac encoding must be 'hex', 'base64' or a list of them"],
    ['hmac header', hmacOf({ header: 'a b' }), `header ${headerName}`],
    ['hmac header that is no text', hmacOf({ header: 7 }), `header ${headerName}`],
    ['hmac prefix', hmacOf({ prefix: 5 }), 'prefix must be text, not 5'],
    ['hmac separator', hmacOf({ separator: ';' }), "separator must be ' ' or ','"],
    ['hmac joint', hmacOf({ joint: '-' }), "joint must be '.' or ':'"],
    ['hmac signedHeaders', hmacOf({ signedHeaders: 'x' }), 'signedHeaders must be a list, not string'],
    [
      'hmac signedHeaders[]',
      hmacOf({ signedHeaders: [{ name: 'x' }] }),
      "signedHeaders[] has no option 'name'. It has: header, as",
    ],
    [
      'hmac signedHeaders[].header',
      hmacOf({ signedHeaders: [{ header: 'a b', as: 'id' }] }),
      `signedHeaders[].header ${headerName}`,
    ],
    [
      'hmac signedHeaders[].as',
      hmacOf({ signedHeaders: [{ header: 'x', as: 'constructor' }] }),
      "signedHeaders[].as must be 'id', 'unix-seconds' or 'unix-ms'",
    ],
    [
      'hmac secret that is an empty list',
      hmacOf({ secret: [] }),
      'There is no secret: the list or map is empty',
    ],
    [
      'hmac secret that is an empty map',
      hmacOf({ secret: {} }),
      'There is no secret: the list or map is empty',
    ],
    [
      'hmac secret that is eleven',
      hmacOf({ secret: Array(11).fill(secret) }),
      'At most 10 of secret: each one is tried',
    ],
    ['rsa hash', rsaOf({ hash: 'sha1' }), "rsa hash must be 'sha256' or 'sha512'"],
    ['rsa padding', rsaOf({ padding: 'oaep' }), "rsa padding must be 'pkcs1' or 'pss'"],
    [
      'rsa privateKey beside publicKey',
      rsaOf({ privateKey }),
      'rsa takes publicKey, to verify, or privateKey, to sign; not both',
    ],
    ['ed25519 encoding', edOf({ encoding: 'utf8' }), "ed25519 encoding must be 'hex' or 'base64'"],
    [
      'ed25519 privateKey beside publicKey',
      edOf({ privateKey: ed.privateKey }),
      'ed25519 takes publicKey, to verify, or privateKey, to sign; not both',
    ],
    ['apiKey format', keyOf({ format: 'basic' }), "apiKey format must be 'raw', 'bearer' or 'either'"],
    ['apiKey header', keyOf({ header: 'a b' }), `apiKey header ${headerName}`],
    ['apiKey key that is an empty list', keyOf({ key: [] }), 'There is no key: the list or map is empty'],
  ])('is refused with what it takes: %s', (_, construct, message) => {
    expect(construct).toThrow(new TypeError(message))
  })

  it.each([
    ['hmac', hmacOf, 'secret, header, hash, encoding, prefix, separator, signedHeaders, joint'],
    ['rsa', rsaOf, 'publicKey, privateKey, header, hash, padding, prefix, separator, signedHeaders, joint'],
    ['ed25519', edOf, 'publicKey, privateKey, header, encoding, prefix, separator, signedHeaders, joint'],
    ['apiKey', keyOf, 'key, header, format'],
  ])('that %s does not have is refused with those that it has', (name, of, known) => {
    expect(of({ algorithm: 'x' })).toThrow(
      new TypeError(`${name} options has no option 'algorithm'. It has: ${known}`),
    )
  })

  it('may be ten keys, by number or by name', () => {
    const ten = Array.from({ length: 10 }, (_, at) => `${secret}${at}`)
    for (const keys of [ten, Object.fromEntries(ten.entries()), { all: ten }])
      expect(hmacOf({ secret: keys })).not.toThrow()
  })
})

describe('a scheme', () => {
  it.each<[string, () => Scheme, Partial<Scheme>]>([
    [
      'hmac',
      () => hmac({ header, secret, signedHeaders }),
      {
        signsBody: true,
        headers: ['x-signature', 'x-id', 'x-time'],
        signedHeaders: ['x-id', 'x-time'],
        signedParts: [
          { header: 'x-id', as: 'id' },
          { header: 'x-time', as: 'unix-ms' },
        ],
      },
    ],
    [
      'rsa',
      () => rsa({ header, publicKey }),
      { signsBody: true, headers: ['x-signature'], signedHeaders: [] },
    ],
    [
      'ed25519',
      () => ed25519({ header, publicKey: ed.publicKey }),
      { signsBody: true, headers: ['x-signature'], signedHeaders: [] },
    ],
    ['apiKey', () => apiKey({ key: secret }), { signsBody: false, headers: ['authorization'] }],
  ])('says what it is, and from which headers it reads its proof: %s', (name, make, shown) => {
    expect(make()).toMatchObject({ name, ...shown })
  })

  it.each<[string, (key: string) => Scheme]>([
    ['hmac', (key) => hmac({ header, secret: key })],
    ['apiKey', (key) => apiKey({ key })],
  ])('has a mark for its key that does not reveal it, and another for another key: %s', (_, of) => {
    const [mark] = of(secret).keyMarks?.() ?? []
    expect(mark).toMatch(/^[\w-]{43}$/)
    expect(of(secret).keyMarks?.()).toEqual([mark])
    expect(of(`${secret}-2`).keyMarks?.()).not.toEqual([mark])
  })

  it('has no mark where keys depend on the request', () => {
    expect(hmac({ header, secret: () => secret }).keyMarks?.()).toEqual([])
  })
})

describe('signed headers', () => {
  const scheme = hmac({ header, secret, signedHeaders })
  const body = Buffer.from('{}')
  const from = (headers: Readonly<Record<string, string>>) => fromRawHeaders(Object.entries(headers).flat())

  it('are sent beside the signature, and each must be there in its grammar', () => {
    const sent = scheme.sign?.(body, parts) ?? {}
    expect(Object.keys(sent)).toEqual(['x-id', 'x-time', 'x-signature'])
    expect(scheme.check(from(sent))).toBeUndefined()
    expect(scheme.check(from({ ...sent, 'x-time': '1765380600' }))).toEqual({
      code: 'header-malformed',
      header: 'x-time',
    })
    expect(scheme.check(from({ ...sent, 'x-id': 'a b' }))).toEqual({
      code: 'header-malformed',
      header: 'x-id',
    })
  })

  it.each([
    ['x-id', {}],
    ['x-time', { 'x-id': 'msg_1' }],
    ['x-id', { ...parts, 'x-id': 'a b' }],
    ['x-time', { ...parts, 'x-time': '1765380600' }],
  ])('that cannot be signed are refused with the name of the first: %s', (name, given) => {
    expect(() => scheme.sign?.(body, given)).toThrow(new TypeError(`To sign, give '${name}' in its grammar`))
  })

  it('are parted from each other and from the body by the joint', () => {
    for (const joint of ['.', ':'] as const) {
      const signature = hmac({ header, secret, signedHeaders, joint }).sign?.(body, parts)['x-signature']
      const text = `msg_1${joint}1765380600000${joint}{}`
      expect(signature).toBe(createHmac('sha256', secret).update(text).digest('hex'))
    }
  })

  it('stand before the body, which is itself what is signed where it stands alone', () => {
    expect(withHead('a.1.', body)).toEqual(Buffer.from('a.1.{}'))
    expect(withHead('', body)).toBe(body)
  })
})
