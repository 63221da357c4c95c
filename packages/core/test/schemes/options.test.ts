import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, ed25519, hmac, rsa, type Scheme } from '../../src/index.ts'
import { ecdsa } from '../../src/schemes/ecdsa.ts'

const header = 'X-Signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed = generateKeyPairSync('ed25519')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signs = [
  { header: 'X-Id', as: 'id' },
  { text: '.' },
  { header: 'X-Time', as: 'unix-ms' },
  { text: '.' },
  { raw: 'body' },
] as const
const inLowerCase = signs.map((part) =>
  'header' in part ? { ...part, header: part.header.toLowerCase() } : part,
)

const hmacOf = (changes: object) => () => hmac({ header, secret, ...changes })
const rsaOf = (changes: object) => () => rsa({ header, publicKey, ...changes })
const edOf = (changes: object) => () => ed25519({ header, publicKey: ed.publicKey, ...changes })
const ecOf = (changes: object) => () => ecdsa({ header, publicKey: ec.publicKey, ...changes })
const keyOf = (changes: object) => () => apiKey({ key: secret, ...changes })
const fieldsAlone =
  "signs[] names a field of the signature's header, which holds a signature alone. State its separator, and the prefix of signatures, such as 'v1='"
const rsaHashes = "rsa hash must be 'sha256', 'sha512' or 'sha1-legacy', or a list of them"
const headerName = 'must be a header name (RFC 9110 §5.6.2)'

describe('an option of a scheme', () => {
  it.each<[string, () => unknown, string]>([
    ['hmac hash', hmacOf({ hash: 'md5' }), "hmac hash must be 'sha256', 'sha512' or 'sha1-legacy'"],
    [
      'hmac encoding',
      hmacOf({ encoding: 'utf8' }),
      "hmac encoding must be 'hex', 'base64' or a list of them",
    ],
    ['hmac encodings', hmacOf({ encoding: [] }), "hmac encoding must be 'hex', 'base64' or a list of them"],
    ['hmac header', hmacOf({ header: 'a b' }), `header ${headerName}`],
    ['hmac header that is no text', hmacOf({ header: 7 }), `header ${headerName}`],
    ['hmac prefix', hmacOf({ prefix: 5 }), 'prefix must be text, not 5'],
    ['hmac separator', hmacOf({ separator: '|' }), "separator must be ' ', ',' or ';'"],
    ['hmac signs', hmacOf({ signs: 'x' }), 'signs must be a list, not string'],
    [
      'hmac signs of nothing',
      hmacOf({ signs: [] }),
      "signs must list what is signed, such as [{ raw: 'body' }]",
    ],
    [
      'hmac field of a header that holds a signature alone',
      hmacOf({ signs: [{ field: 't', as: 'unix' }, { raw: 'body' }] }),
      fieldsAlone,
    ],
    [
      'hmac field beside signatures that nothing tells from it',
      hmacOf({ separator: ',', signs: [{ field: 't', as: 'unix' }, { raw: 'body' }] }),
      fieldsAlone,
    ],
    [
      'hmac field of the body that signs all of it',
      hmacOf({ header: undefined, bodyField: 'signature' }),
      'A signature that stands in the body cannot sign the raw body. List in signs what is signed',
    ],
    [
      'hmac field of the body without a name',
      hmacOf({ header: undefined, bodyField: '' }),
      "bodyField must be a path, such as 'Signature'",
    ],
    [
      'hmac numberedHeader',
      hmacOf({ header: undefined, numberedHeader: 'a b' }),
      `numberedHeader ${headerName}`,
    ],
    ...[
      { numberedHeader: 'x-' },
      { bodyField: 'x' },
      { header: undefined, numberedHeader: 'x-', bodyField: 'x' },
    ].map((places): [string, () => unknown, string] => [
      `hmac places ${Object.keys(places)}`,
      hmacOf(places),
      'A signature stands in header, numberedHeader or bodyField: state one of them',
    ]),
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
    [
      'hmac secretEncoding',
      hmacOf({ secretEncoding: 'hex' }),
      "hmac secretEncoding must be 'utf8', 'base64' or 'whsec'",
    ],
    ['rsa hash', rsaOf({ hash: 'sha1' }), rsaHashes],
    ['rsa hashes, none', rsaOf({ hash: [] }), rsaHashes],
    ['rsa hashes, one unknown', rsaOf({ hash: ['sha256', 'sha1'] }), rsaHashes],
    [
      'rsa saltLength without pss',
      rsaOf({ saltLength: 20 }),
      "rsa saltLength is for padding: 'pss'. Leave it out with 'pkcs1'",
    ],
    [
      'rsa saltLength',
      rsaOf({ padding: 'pss', saltLength: 513 }),
      'rsa saltLength must be a whole number from 0 to 512, not 513',
    ],
    ['ecdsa format', ecOf({ format: 'raw' }), "ecdsa format must be 'der' or 'p1363'"],
    ['ecdsa hash', ecOf({ hash: 'sha1-legacy' }), "ecdsa hash must be 'sha256' or 'sha512'"],
    ['ecdsa encoding', ecOf({ encoding: 'utf8' }), "ecdsa encoding must be 'hex' or 'base64'"],
    [
      'ecdsa privateKey beside publicKey',
      ecOf({ privateKey: ec.privateKey }),
      'ecdsa takes publicKey, to verify, or privateKey, to sign; not both',
    ],
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
    [
      'apiKey format',
      keyOf({ format: 'digest' }),
      "apiKey format must be 'raw', 'bearer', 'either' or 'basic'",
    ],
    ['apiKey query', keyOf({ query: '' }), "apiKey query must be the name of a parameter, such as 'key'"],
    [
      'apiKey key of basic',
      keyOf({ format: 'basic' }),
      "The key of format 'basic' is user and password, joined by a colon: 'user:password'",
    ],
    ['apiKey header', keyOf({ header: 'a b' }), `apiKey header ${headerName}`],
    ['apiKey key that is an empty list', keyOf({ key: [] }), 'There is no key: the list or map is empty'],
  ])('is refused with what it takes: %s', (_, construct, message) => {
    expect(construct).toThrow(new TypeError(message))
  })

  it.each([
    [
      'hmac',
      hmacOf,
      'secret, secretEncoding, header, hash, encoding, numberedHeader, bodyField, prefix, separator, signs',
    ],
    [
      'rsa',
      rsaOf,
      'publicKey, privateKey, header, hash, padding, saltLength, numberedHeader, bodyField, prefix, separator, signs',
    ],
    [
      'ed25519',
      edOf,
      'publicKey, privateKey, header, encoding, numberedHeader, bodyField, prefix, separator, signs',
    ],
    [
      'ecdsa',
      ecOf,
      'publicKey, privateKey, header, format, hash, encoding, numberedHeader, bodyField, prefix, separator, signs',
    ],
    ['apiKey', keyOf, 'key, header, format, query'],
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
      () => hmac({ header, secret, signs }),
      { headers: ['x-signature', 'x-id', 'x-time'], signs: inLowerCase },
    ],
    ['rsa', () => rsa({ header, publicKey }), { headers: ['x-signature'], signs: [{ raw: 'body' }] }],
    [
      'ed25519',
      () => ed25519({ header, publicKey: ed.publicKey }),
      { headers: ['x-signature'], signs: [{ raw: 'body' }] },
    ],
    [
      'ecdsa',
      () => ecdsa({ header, publicKey: ec.publicKey }),
      { headers: ['x-signature'], signs: [{ raw: 'body' }] },
    ],
    ['apiKey', () => apiKey({ key: secret }), { headers: ['authorization'], signs: [] }],
    ['apiKey', () => apiKey({ key: secret, query: 'k' }), { headers: [], signs: [] }],
    ['apiKey', () => apiKey({ key: secret, query: 'k', header }), { headers: ['x-signature'], signs: [] }],
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
    expect(hmac({ header, secret: (_) => secret }).keyMarks?.()).toEqual([])
  })
})
