import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Finding, fromRawHeaders, hmac, rsa, type Scheme } from '../../src/index.ts'
import type { HmacOptions } from '../../src/provider-kit.ts'

const header = 'x-signature'
const secret = 'a secret of more than sixteen bytes'
const json = '{"a":1}'
const unexplained: readonly Finding[] = [
  { kind: 'unexplained', detail: 'It was signed with another key, or over another body' },
]
const missingTime: Finding = { kind: 'header-missing', header: 'x-time' }
const asBase64: Finding = { kind: 'signature-encoding', expected: 'hex', found: 'base64' }
const newline: Finding = { kind: 'body-newline', fitsWhen: 'removed' }

function mac(
  text: string,
  encoding: 'hex' | 'base64' | 'base64url' = 'hex',
  key: string | Uint8Array = secret,
  hash = 'sha256',
) {
  return createHmac(hash, key).update(text).digest(encoding)
}

interface Sent {
  readonly body?: string
  readonly scheme?: Scheme
  readonly more?: readonly string[]
}

/** What is found in a request with these signatures. */
function found(signatures: string | readonly string[], { body = json, scheme, more = [] }: Sent = {}) {
  const raw = [signatures].flat().flatMap((value) => [header, value])
  const headers = fromRawHeaders([...raw, ...more])
  const request = { method: 'POST', url: '/', headers, body: Buffer.from(body) }
  return (scheme ?? schemeOf({})).diagnose(request)
}
const schemeOf = (changes: Partial<HmacOptions>) => hmac({ header, secret, ...changes })
const timed = schemeOf({ signs: [{ header: 'X-Time', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }] })

describe("the diagnosis of a signature's header", () => {
  it('passes over values that are empty', () => {
    expect(found(['', mac(json, 'base64')])).toEqual([asBase64])
    expect(found(['', ''])).toEqual([{ kind: 'header-missing', header }])
    expect(found([], { scheme: timed })).toEqual([{ kind: 'header-missing', header }])
  })

  it('tries the first 20 of its values', () => {
    const repeated: Finding = { kind: 'header-repeated', header }
    const at = (index: number) => found([...Array(index).fill('x'), mac(json, 'base64'), 'x'])
    expect(at(19)).toEqual([repeated, asBase64])
    expect(at(20)).toEqual([repeated])
  })

  it('tries the first 20 texts in a value that may be signatures, and no shorter ones', () => {
    const after = (words: readonly string[]) => found([...words, mac(json)].join(' '))
    const surrounded = [expect.objectContaining({ kind: 'signature-surrounded' })]
    expect(after(Array(19).fill('0'.repeat(64)))).toEqual(surrounded)
    expect(after(Array(40).fill('0'.repeat(64)))).toEqual([{ kind: 'header-malformed', header }])
    expect(after(Array(40).fill('0'.repeat(26)))).toEqual(surrounded)
  })

  it('shows no long word beside a signature, which may be the secret', () => {
    const [finding] = found(`secret=${secret.replaceAll(' ', '-')}, mac=${mac(json)}, ${'ab'.repeat(16)}`)
    expect(finding).toEqual({ kind: 'signature-surrounded', header, before: 'secret=…, mac=', after: ', …' })
  })

  it('finds the shortest that can be a signature between others, and shows 20 characters of each side', () => {
    const value = `<${'b '.repeat(15)}<${mac(json, 'base64url')}>${'a '.repeat(15)}>`
    expect(found(value)).toEqual([
      { kind: 'signature-surrounded', header, before: `${' b'.repeat(9)} <`, after: `>${'a '.repeat(9)}a` },
      { kind: 'signature-encoding', expected: 'hex', found: 'another spelling' },
    ])
  })

  it('says no more than that a prefix is missing where the signature stands alone', () => {
    const prefix = 'v1='
    expect(found(mac(json), { scheme: schemeOf({ prefix }) })).toEqual([
      { kind: 'signature-prefix', expected: prefix, found: '' },
    ])
  })

  it('knows the prefix that is stated, whatever it is, and only where it stands in front', () => {
    const scheme = schemeOf({ prefix: 'mac:' })
    expect(found(`mac:${mac(json, 'base64')}`, { scheme })).toEqual([asBase64])
    expect(found(`${mac(json)}mac:`, { scheme })).toEqual([
      { kind: 'signature-surrounded', header, before: '', after: 'mac:' },
    ])
  })

  it.each(['sha1=', 'sha256=', 'sha512=', 'SHA256=', 'v0=', 'v1,', 'hmac ', 'Bearer '])(
    'knows the prefix %j',
    (prefix) => {
      expect(found(prefix + mac(json))).toEqual([{ kind: 'signature-prefix', expected: '', found: prefix }])
    },
  )

  it('takes every encoding that is stated for right, and names them all where another spelling is found', () => {
    const scheme = schemeOf({ encoding: ['hex', 'base64'] })
    for (const encoding of ['hex', 'base64'] as const)
      expect(found(mac(json, encoding), { scheme, body: `${json}\n` })).toEqual([newline])
    expect(found(mac(json).toUpperCase(), { scheme })).toEqual([
      { kind: 'signature-encoding', expected: 'hex or base64', found: 'another spelling' },
    ])
  })
})

describe('the diagnosis of what is signed', () => {
  const scheme = timed
  const more = ['X-Time', '1765380600']

  it('puts the signed headers before the body, which may have been signed alone where one is at fault', () => {
    expect(found(mac(`1765380600.${json}`, 'base64'), { scheme, more })).toEqual([asBase64])
    expect(found(mac(json, 'base64'), { scheme })).toEqual([missingTime, asBase64])
    expect(found(mac('another'), { scheme })).toEqual([missingTime])
    expect(found(mac(json), { scheme, more })).toEqual(unexplained)
  })

  it('says which signed value is missing, twice or of another grammar, of the query, the body or the header', () => {
    const value = (place: 'query' | 'body' | 'field', name: string): readonly Finding[] => [
      { kind: 'value-malformed', place, name },
    ]
    const inQuery = schemeOf({ signs: [{ raw: 'body' }, { query: 'id', as: 'id' }] })
    const inBody = schemeOf({ signs: [{ publicUrl: 'https://a.cl/w' }, { body: 'a.b' }] })
    const inField = schemeOf({
      prefix: 'v1=',
      separator: ',',
      signs: [{ field: 't', as: 'unix' }, { text: '.' }, { raw: 'body' }],
    })
    expect(found(mac('another'), { scheme: inQuery })).toEqual(value('query', 'id'))
    expect(found(mac('another'), { scheme: inBody })).toEqual(value('body', 'a.b'))
    expect(found(`v1=${mac('another')}`, { scheme: inField })).toEqual(value('field', 't'))
    expect(found(`t=1765380600,v1=${mac('another')}`, { scheme: inField })).toEqual(unexplained)
    expect(found(`t=1765380600,v1=${mac(`1765380600.${json}`, 'base64')}`, { scheme: inField })).toEqual([
      asBase64,
    ])
  })

  it('says that a signature in the body is missing, or none', () => {
    const scheme = hmac({ bodyField: 'sign', secret, signs: [{ body: 'a' }] })
    const missing: readonly Finding[] = [{ kind: 'value-malformed', place: 'body', name: 'sign' }]
    const of = (sign: unknown) => found([], { scheme, body: JSON.stringify({ a: 1, sign }) })
    expect(of(undefined)).toEqual(missing)
    expect(of('nonsense')).toEqual(missing)
    expect(of(mac('2'))).toEqual(unexplained)
    expect(of(mac('1', 'base64'))).toEqual([asBase64])
  })

  it('gives the shortest of the explanations, and the first of those that are as short', () => {
    const repeated: Finding = { kind: 'header-repeated', header }
    const longer = mac(json, 'base64', `${secret}\n`)
    for (const values of [
      [longer, mac(json, 'base64')],
      [mac(json, 'base64'), longer],
    ])
      expect(found(values)).toEqual([repeated, asBase64])
    expect(found(mac('1'), { body: ' 1 ' })).toEqual([{ kind: 'body-reencoded', fitsWhen: 'compact' }])
  })

  it.each<[string, string, readonly Finding[]]>([
    ['a line break', `${json}\n`, [newline]],
    ['a line break of DOS', `${json}\r\n`, [newline]],
    ['another character at the end', `${json}x`, unexplained],
    ['three other characters at the beginning', `abc${json}`, unexplained],
    ['two line breaks', `x${json}\n\n`, unexplained],
  ])('takes nothing from the body but what is known to be added: %s', (_, body, findings) => {
    expect(found(mac(json), { body })).toEqual(findings)
  })
})

describe('the diagnosis of a secret', () => {
  it('decodes no more than what is written in an encoding', () => {
    const odd = 'b1d4c0ffee5eed00b1d4c0ffee5eed01!'
    for (const encoding of ['hex', 'base64'] as const) {
      const signature = mac(json, 'hex', Buffer.from(odd, encoding))
      expect(found(signature, { scheme: schemeOf({ secret: odd }) }), encoding).toEqual(unexplained)
    }
    const other = mac(json, 'hex', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    expect(found(other)).toEqual(unexplained)
  })

  it('finds that another hash was used, whichever is stated', () => {
    expect(found(mac(json), { scheme: schemeOf({ hash: 'sha512' }) })).toEqual([
      { kind: 'hash', expected: 'sha512', found: 'sha256' },
    ])
    expect(found(mac(json, 'hex', secret, 'sha1'))).toEqual([
      { kind: 'hash', expected: 'sha256', found: 'sha1-legacy' },
    ])
    expect(found(mac(json), { scheme: schemeOf({ hash: 'sha1-legacy' }) })).toEqual([
      { kind: 'hash', expected: 'sha1-legacy', found: 'sha256' },
    ])
    expect(found(mac(json, 'hex', `${secret}\n`, 'sha512'))).toEqual([
      { kind: 'secret-encoding', found: 'line-break' },
      { kind: 'hash', expected: 'sha256', found: 'sha512' },
    ])
  })
})

describe('the diagnosis of a secret that is decoded', () => {
  const bytes = Buffer.from(secret)

  it.each([
    ['base64', bytes.toString('base64'), 'base64-text'],
    ['whsec', `whsec_${bytes.toString('base64')}`, 'whsec-text'],
  ] as const)('finds that the sender takes its text: %s', (secretEncoding, text, kind) => {
    const scheme = schemeOf({ secretEncoding, secret: text })
    expect(found(mac(json, 'hex', text), { scheme })).toEqual([{ kind: 'secret-encoding', found: kind }])
    expect(found(mac(json, 'base64'), { scheme })).toEqual([asBase64])
  })
})

describe('the diagnosis of an RSA signature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pss = (hash: string, saltLength: number) =>
    sign(hash, Buffer.from(json), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    }).toString('base64')
  const scheme = rsa({ header, publicKey, hash: 'sha512', padding: 'pss' })

  it.each<[string, string, readonly Finding[], string?]>([
    ['another salt', pss('sha512', 20), [{ kind: 'salt-length', expected: '64', found: '20' }]],
    ['another hash', pss('sha256', 32), [{ kind: 'hash', expected: 'sha512', found: 'sha256' }]],
    [
      'another hash and salt',
      pss('sha256', 0),
      [
        { kind: 'hash', expected: 'sha512', found: 'sha256' },
        { kind: 'salt-length', expected: '32', found: '0' },
      ],
    ],
    [
      'another hash and padding',
      sign('sha256', Buffer.from(json), privateKey).toString('base64'),
      [
        { kind: 'hash', expected: 'sha512', found: 'sha256' },
        { kind: 'padding', expected: 'pss', found: 'pkcs1' },
      ],
    ],
    ['a body that was changed', pss('sha512', 64), [newline], `${json}\n`],
  ])('finds %s', (_, signature, findings, body = json) => {
    expect(found(signature, { scheme, body })).toEqual(findings)
  })

  it('knows every hash that is stated, and a stated length of the salt', () => {
    const either = rsa({ header, publicKey, hash: ['sha256', 'sha1-legacy'], padding: 'pss', saltLength: 20 })
    const of = (hash: string, saltLength: number) => found(pss(hash, saltLength), { scheme: either })
    expect(of('sha512', 20)).toEqual([{ kind: 'hash', expected: 'sha256 or sha1-legacy', found: 'sha512' }])
    expect(of('sha1', 0)).toEqual([{ kind: 'salt-length', expected: '20', found: '0' }])
    expect(of('sha256', 32)).toEqual([{ kind: 'salt-length', expected: '20', found: '32' }])
  })
})
