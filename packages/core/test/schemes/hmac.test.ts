import { createHmac, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fromRawHeaders, hmac, type Secrets } from '../../src/index.ts'
import type { HmacOptions } from '../../src/provider-kit.ts'
import { secret } from '../support/acme.ts'

const header = 'x-signature'
const body = Buffer.from('{"event":"bhe.emitida"}')

function request(values: readonly string[], bytes: Uint8Array = body) {
  const headers = fromRawHeaders(values.flatMap((value) => ['X-Signature', value]))
  return { method: 'POST', url: '/', headers, body: bytes }
}

function mac(encoding: 'hex' | 'base64', hash = 'sha256', key: string | Uint8Array = secret, bytes = body) {
  return createHmac(hash.replace('-legacy', ''), key).update(bytes).digest(encoding)
}

describe('hmac', () => {
  // RFC 4231 §4.2 to §4.8; case 2 and 5 have keys under 16 bytes, which a receiver refuses.
  const vectors = [
    [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.alloc(20, 0xaa),
      Buffer.alloc(50, 0xdd),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ] as const
  it.each(vectors)('verifies and signs the vectors of RFC 4231 (%#)', (key, data, expected) => {
    const scheme = hmac({ header, secret: key })
    const bytes = Buffer.from(data)
    expect(scheme.verify(request([expected], bytes))).toEqual({ keyId: 'default' })
    expect(scheme.sign?.(bytes)).toEqual({ [header]: expected })
  })

  for (const hash of ['sha256', 'sha512', 'sha1-legacy'] as const) {
    for (const encoding of ['hex', 'base64'] as const) {
      it(`takes ${hash} as ${encoding}, and refuses it as anything else`, () => {
        const scheme = hmac({ header, secret, hash, encoding })
        expect(scheme.verify(request([mac(encoding, hash)]))).toEqual({ keyId: 'default' })
        for (const otherHash of ['sha256', 'sha512', 'sha1-legacy']) {
          for (const otherEncoding of ['hex', 'base64'] as const) {
            if (otherHash === hash && otherEncoding === encoding) continue
            expect(scheme.verify(request([mac(otherEncoding, otherHash)]))).toEqual({
              code: 'header-malformed',
              header,
            })
          }
        }
      })
    }
  }

  it('takes at most ten signatures in a header: one more, and none of them is tried', () => {
    const wrong = '0'.repeat(64)
    for (const separator of [',', ' '] as const) {
      const scheme = hmac({ header, secret, separator })
      const of = (n: number) => request([[...Array(n).fill(wrong), mac('hex')].join(separator)])
      expect(scheme.verify(of(9))).toEqual({ keyId: 'default' })
      expect(scheme.verify(of(10))).toEqual({ code: 'header-malformed', header })
      const first = request([[mac('hex'), ...Array(10).fill(wrong)].join(separator)])
      expect(scheme.verify(first)).toEqual({ code: 'header-malformed', header })
    }
  })

  it('takes one spelling of a signature and refuses every other of the same bytes', () => {
    const hex = mac('hex')
    const malleations = [
      hex.toUpperCase(),
      `${hex[0]?.toUpperCase()}${hex.slice(1)}`.replace(/^\d/, 'A'),
      ...['zz', ', x', ' ', '\t', '=', '=AAAA', '00', ';', `, ${hex}`, '\0'].map((tail) => hex + tail),
      ...[' ', '0x', 'sha256=', '+', '\t', '"'].map((head) => head + hex),
      `"${hex}"`,
      hex.replace(/^./, '０'),
      hex.slice(0, 32),
      hex.slice(2),
      mac('base64'),
    ]
    const scheme = hmac({ header, secret })
    expect(malleations.filter((value) => 'keyId' in scheme.verify(request([value])))).toEqual([])
    expect(scheme.verify(request([hex]))).toEqual({ keyId: 'default' })

    const base64 = mac('base64')
    const tailBits = base64.replace(
      /(.)=$/,
      (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`,
    )
    const other = [
      base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, ''),
      base64.replace(/=$/, ''),
      `${base64}=`,
      `${base64}=AAAA`,
      ` ${base64}`,
      `${base64.slice(0, 10)} ${base64.slice(10)}`,
      tailBits,
    ]
    const base64Scheme = hmac({ header, secret, encoding: 'base64' })
    expect(other.filter((value) => 'keyId' in base64Scheme.verify(request([value])))).toEqual([])
    expect(base64Scheme.verify(request([base64]))).toEqual({ keyId: 'default' })
  })

  it('refuses signatures of every length from 0 to 200, and of every odd character, without a throw', () => {
    const scheme = hmac({ header, secret })
    for (let length = 0; length <= 200; length++) {
      if (length !== 64)
        expect(scheme.verify(request(['a'.repeat(length)])), `${length}`).toHaveProperty('code')
    }
    for (let code = 0; code < 1_000; code++) {
      const value = mac('hex').slice(0, 63) + String.fromCharCode(code)
      if (value !== mac('hex')) expect(scheme.verify(request([value])), `${code}`).toHaveProperty('code')
    }
  })

  it('tells a missing, a blank, a repeated, a malformed and a wrong signature apart, for the operator', () => {
    const scheme = hmac({ header, secret })
    expect(scheme.verify(request([]))).toEqual({ code: 'header-missing', header })
    expect(scheme.verify(request(['']))).toEqual({ code: 'header-missing', header })
    expect(scheme.verify(request([mac('hex'), mac('hex')]))).toEqual({ code: 'header-repeated', header })
    expect(scheme.verify(request(['nonsense']))).toEqual({ code: 'header-malformed', header })
    expect(scheme.verify(request(['0'.repeat(64)]))).toEqual({ code: 'signature-mismatch' })
    expect(scheme.check(request(['nonsense']).headers)).toEqual({ code: 'header-malformed', header })
    expect(scheme.check(request(['0'.repeat(64)]).headers)).toBeUndefined()
  })

  it('names the header that is at fault, and none where all are as they must be', () => {
    const scheme = hmac({ header, secret })
    const signed = Object.entries(scheme.sign?.(body) ?? {}).flat()
    expect(scheme.check(fromRawHeaders(signed))).toBeUndefined()
    expect(scheme.check(fromRawHeaders([]))).toEqual({ code: 'header-missing', header })
  })

  it('signs bytes, not text: U+FFFD and the byte FF are two bodies', () => {
    const scheme = hmac({ header, secret })
    const replacement = Buffer.from([0xef, 0xbf, 0xbd])
    const signature = mac('hex', 'sha256', secret, replacement)
    expect(scheme.verify(request([signature], replacement))).toEqual({ keyId: 'default' })
    expect(scheme.verify(request([signature], Buffer.from([0xff])))).toEqual({ code: 'signature-mismatch' })
    expect(scheme.verify(request([mac('hex', 'sha256', secret, Buffer.alloc(0))], Buffer.alloc(0)))).toEqual({
      keyId: 'default',
    })
  })

  it('tells which of several keys matched, and signs with the first', () => {
    const next = 'another-secret-of-sixteen-bytes-or-more'
    const listed = hmac({ header, secret: [secret, next] })
    expect(listed.verify(request([mac('hex')]))).toEqual({ keyId: '0' })
    expect(listed.verify(request([mac('hex', 'sha256', next)]))).toEqual({ keyId: '1' })
    const named = hmac({ header, secret: { current: secret, next } })
    expect(named.verify(request([mac('hex', 'sha256', next)]))).toEqual({ keyId: 'next' })
    expect(named.verify(request([mac('hex', 'sha256', 'a-third-secret-of-sixteen-bytes')]))).toEqual({
      code: 'signature-mismatch',
    })
    expect(named.sign?.(body)).toEqual({ [header]: mac('hex') })
  })

  it('takes text as UTF-8, and the same bytes as bytes', () => {
    const text = 'contraseña-de-más-de-dieciséis-bytes'
    const signature = mac('hex', 'sha256', text)
    expect(hmac({ header, secret: text }).verify(request([signature]))).toEqual({ keyId: 'default' })
    expect(hmac({ header, secret: Buffer.from(text) }).verify(request([signature]))).toEqual({
      keyId: 'default',
    })
    const latin1 = hmac({ header, secret: Buffer.from(text, 'latin1') })
    expect(latin1.verify(request([signature]))).toEqual({ code: 'signature-mismatch' })
  })

  it('makes a MAC of a text for handshakes, in lower-case hex, under the key of a name', () => {
    const next = 'another-secret-of-sixteen-bytes-or-more'
    const scheme = hmac({ header, secret: { current: secret, next }, encoding: 'base64', prefix: 'v0=' })
    expect(scheme.mac?.('plain-ñ', 'current')).toBe(mac('hex', 'sha256', secret, Buffer.from('plain-ñ')))
    expect(scheme.mac?.('plain', 'next')).toBe(mac('hex', 'sha256', next, Buffer.from('plain')))
    expect(scheme.mac?.('plain', 'other')).toBeUndefined()
    expect(hmac({ header, secret: (_) => secret }).mac?.('plain', 'default')).toBeUndefined()
    const long = hmac({ header, secret, hash: 'sha512' })
    expect(long.mac?.('plain', 'default')).toBe(mac('hex', 'sha512', secret, Buffer.from('plain')))
  })

  it('keeps its own copy of secret bytes', () => {
    const bytes = Buffer.from(secret)
    const scheme = hmac({ header, secret: bytes })
    bytes.fill(0)
    expect(scheme.verify(request([mac('hex')]))).toEqual({ keyId: 'default' })
  })

  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  })
  const badSecrets: readonly [why: string, secret: unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 1234567890123456],
    ['empty', ''],
    ['blank', ' '.repeat(32)],
    ['short', 'fifteen-bytes-x'],
    ['padded in front', ` ${secret}`],
    ['padded behind', `${secret}\n`],
    ['the text undefined', 'undefined'],
    ['a placeholder', 'changeme-changeme-changeme'],
    ['a placeholder to fill in', '<your-webhook-secret-here>'],
    ['a template that was not filled in', `\${REDCUMBRE_WEBHOOK_SECRET}`],
    ['an example of the docs', 'your_webhook_secret_here'],
    ['one character repeated', 'x'.repeat(64)],
    ['an object as text', '[object Object]'],
    ['half a surrogate pair', `${secret}\ud800`],
    ['a PEM', pem],
    ['a PEM as bytes', Buffer.from(pem)],
    ['zero bytes', new Uint8Array(0)],
    ['short bytes', new Uint8Array(15).fill(7)],
    ['an empty list', []],
    ['an empty map', {}],
    ['a list with an empty one', [secret, '']],
    ['a map with a missing one', { current: secret, next: undefined }],
    ['eleven secrets', Array.from({ length: 11 }, (_, at) => `${secret}${at}`)],
  ]
  it.each(badSecrets)('does not construct with a secret that is %s, and says nothing of it', (_, bad) => {
    let error: unknown
    try {
      hmac({ header, secret: bad as Secrets })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(/secret/i)
    const text = typeof bad === 'string' || typeof bad === 'number' ? String(bad) : ''
    if (text.length > 9) expect((error as Error).message).not.toContain(text)
  })

  it.each([
    [{ header: '' }, /header/],
    [{ header: 'x signature' }, /header/],
    [{ header: undefined as unknown as string }, /header/],
    [{ hash: 'md5' as 'sha256' }, /sha256/],
    [{ hash: 'constructor' as 'sha256' }, /sha256/],
    [{ encoding: 'base64url' as 'base64' }, /base64/],
    [{ algorithm: 'sha256' } as unknown as HmacOptions, /no option 'algorithm'/],
  ])('does not construct with %o', (changes, message) => {
    expect(() => hmac({ header, secret, ...changes })).toThrow(message)
    expect(() => hmac({ header, secret, ...changes })).toThrow(TypeError)
  })

  it('does not construct without options', () => {
    expect(() => hmac(null as unknown as HmacOptions)).toThrow('hmac options must be an object, not null')
    expect(() => hmac([] as unknown as HmacOptions)).toThrow('not an array')
    expect(() => hmac(7 as unknown as HmacOptions)).toThrow('not 7')
  })

  it('does not show its secret when it is printed', () => {
    const printed = inspect(hmac({ header, secret }), { depth: 20, showHidden: true })
    expect(printed).not.toContain(secret)
    expect(printed).not.toContain(Buffer.from(secret).toString('hex'))
  })
})
