import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, hmac, type Secret } from '../../src/index.ts'
import type { HmacOptions } from '../../src/provider-kit.ts'

const header = 'x-signature'
const remedy = 'Give the secret exactly as the provider shows it, usually from an environment variable'
const placeholder = `The secret is a placeholder. ${remedy}`
const blanks = 'The secret starts or ends with blanks or a line break. Trim it where it is read'
const quotes =
  'The secret stands in quotes, which docker --env-file and some shells keep. Leave them out where it is set'
const isPem = 'The secret is a PEM: a public key is no shared secret. Use the scheme made for it'
const short = `The secret is shorter than 16 bytes. ${remedy}`
const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string

describe('a secret', () => {
  it.each<[unknown, string]>([
    [undefined, `The secret must be text or bytes, not undefined. ${remedy}`],
    [7, `The secret must be text or bytes, not number. ${remedy}`],
    ['', `The secret is empty. ${remedy}`],
    [new Uint8Array(0), `The secret is empty. ${remedy}`],
    [' '.repeat(32), `The secret is blank. ${remedy}`],
    [' a-secret-of-more-than-sixteen-bytes', blanks],
    ['a-secret-of-more-than-sixteen-bytes\n', blanks],
    ['"a-secret-of-more-than-sixteen-bytes"', quotes],
    ["'a-secret-of-more-than-sixteen-bytes'", quotes],
    ['`a-secret-of-more-than-sixteen-bytes`', quotes],
    ['""', quotes],
    [pem, isPem],
    [Buffer.from(pem), isPem],
    ['undefined', placeholder],
    ['Password', placeholder],
    ['[object Promise]', placeholder],
    ['<the secret of the dashboard>', placeholder],
    [`\${WEBHOOK_SECRET}`, placeholder],
    ['please-CHANGE_ME-before-you-deploy', placeholder],
    ['put-the-secret-here-before-you-deploy', placeholder],
    ['"', placeholder],
    ['xXxXxXxXxXxXxXxXxX', placeholder],
    ['your-key', placeholder],
    ['your webhook secret', placeholder],
    ['enter-your_own-webhook_secret', placeholder],
    ['REPLACE-with-the-key-of-the-dashboard', placeholder],
    ['insert-this', placeholder],
    ['your-secret-of-p@ss-words', placeholder],
    ['a-secret-of-more-than-\ud800-bytes', 'The secret is not well-formed text. Give it as bytes'],
    ['fifteen-bytes-x', short],
    [new Uint8Array(15).fill(7), short],
  ])('that is %j is refused, with the remedy', (bad, message) => {
    const refusal = new TypeError(message)
    expect(() => hmac({ header, secret: bad as Secret })).toThrow(refusal)
    expect(() => apiKey({ key: bad as Secret })).toThrow(refusal)
  })

  it.each<[string, Secret]>([
    ['of 16 characters', 'sixteen-bytes-xy'],
    ['of 16 bytes', new Uint8Array(16).fill(7)],
    ['of eight characters that are 16 bytes', 'ñáéíóúüÑ'],
    ['of bytes that are blanks', Buffer.from(' '.repeat(16))],
    ['of two characters', 'abababababababab'],
    ['with a quotation mark at its end alone', 'a-secret-of-sixteen-bytes"'],
    ['with a quotation mark at its beginning alone', '"a-secret-of-sixteen-bytes'],
    ['that begins and ends with one letter', 'a-secret-of-sixteen-bytes-a'],
    ['that has words of a placeholder in another order', 'secret-your-dog-ate-it-all'],
    ['that has a word of a placeholder and no other', 'replace-nothing-at-all-99'],
    ['that has words of a placeholder apart', 'your-p@ss-of-the-secret-garden'],
    ['that has a word of a placeholder within another', 'yours-is-the-secret-garden'],
    ['that has a word of a placeholder at its end', 'it-is-not-your-monkey-business'],
  ])('%s is taken', (_, secret) => {
    expect(() => hmac({ header, secret })).not.toThrow()
  })
})

describe('a secret that is written in an encoding', () => {
  const bytes = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/A=', 'base64')
  const text = bytes.toString('base64')
  const body = Buffer.from('{}')
  const signedWith = (options: Pick<HmacOptions, 'secret' | 'secretEncoding'>) =>
    hmac({ header, ...options }).sign?.(body)[header]
  const of = (key: string | Uint8Array) => createHmac('sha256', key).update(body).digest('hex')

  it('stands for its bytes; what are bytes are taken as they are', () => {
    expect(signedWith({ secret: text })).toBe(of(text))
    expect(signedWith({ secret: text, secretEncoding: 'utf8' })).toBe(of(text))
    expect(signedWith({ secret: text, secretEncoding: 'base64' })).toBe(of(bytes))
    expect(signedWith({ secret: text, secretEncoding: 'whsec' })).toBe(of(bytes))
    expect(signedWith({ secret: `whsec_${text}`, secretEncoding: 'whsec' })).toBe(of(bytes))
    for (const secretEncoding of ['utf8', 'base64', 'whsec'] as const)
      expect(signedWith({ secret: Buffer.from(text), secretEncoding })).toBe(of(text))
  })

  it.each([
    ['base64', `whsec_${text}`],
    ['base64', text.replace('=', '')],
    ['base64', text.replaceAll('+', '-').replaceAll('/', '_')],
    ['base64', `${text.slice(0, 8)}\n${text.slice(8)}`],
    ['whsec', `whsec_whsec_${text}`],
    ['whsec', `WHSEC_${text}`],
    ['whsec', 'a-secret-of-more-than-sixteen-bytes'],
  ] as const)('is refused as %s where it has another spelling: %j', (secretEncoding, secret) => {
    expect(() => hmac({ header, secret, secretEncoding })).toThrow(
      new TypeError(
        `The secret is not padded base64 (RFC 4648 §4), as secretEncoding '${secretEncoding}' says. ${remedy}; where the sender takes its text, leave secretEncoding out`,
      ),
    )
  })

  it.each(['base64', 'whsec'] as const)(
    'has 16 bytes at least once it is decoded, as %s',
    (secretEncoding) => {
      const of = (length: number) => () =>
        hmac({ header, secretEncoding, secret: Buffer.alloc(length, 'abc').toString('base64') })
      expect(of(16)).not.toThrow()
      expect(of(15)).toThrow(new TypeError(short))
    },
  )

  it('is checked as text, too', () => {
    expect(() => hmac({ header, secret: ` ${text}`, secretEncoding: 'base64' })).toThrow(
      new TypeError(blanks),
    )
    expect(() => hmac({ header, secret: 'A'.repeat(32), secretEncoding: 'base64' })).toThrow(
      new TypeError(placeholder),
    )
  })
})
