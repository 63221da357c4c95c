import { describe, expect, it } from 'vitest'
import { anyOf, apiKey, type Finding, fromRawHeaders, hmac, type Scheme } from '../../src/index.ts'

const secret = 'a secret of more than sixteen bytes'
const header = 'x-signature'
const hex = 'ab'.repeat(32)
const base64 = Buffer.alloc(32, 0xfb).toString('base64')
const plain = hmac({ header, secret })
const prefixed = hmac({ header, secret, prefix: 'sha256=' })
const listed = hmac({ header, secret, prefix: 'v1=', separator: ',' })

function found(scheme: Scheme, ...values: string[]): readonly Finding[] | undefined {
  return scheme.diagnoseHeaders?.(fromRawHeaders(values.flatMap((value) => [header, value])))
}
const prefix = (expected: string, of: string): Finding => ({ kind: 'signature-prefix', expected, found: of })
const encoding = (expected: string, of: string): Finding => ({
  kind: 'signature-encoding',
  expected,
  found: of,
})

describe('the look of a signature', () => {
  it.each<[string, Scheme, string, readonly Finding[]]>([
    ['is as documented', plain, hex, []],
    ['has a prefix that is not expected', plain, `sha256=${hex}`, [prefix('', 'sha256=')]],
    ['lacks its prefix', prefixed, hex, [prefix('sha256=', '')]],
    ['has its prefix twice', prefixed, `sha256=sha256=${hex}`, [prefix('sha256=', 'sha256=sha256=')]],
    ['has another prefix', prefixed, `v1=${hex}`, [prefix('sha256=', 'v1=')]],
    ['is in base64 instead of hex', plain, base64, [encoding('hex', 'base64')]],
    ['is in upper case', plain, hex.toUpperCase(), [encoding('hex', 'upper-case hex')]],
    [
      'is in base64url',
      plain,
      base64.replaceAll('+', '-').replaceAll('/', '_').replace('=', ''),
      [encoding('hex', 'base64 without padding, or base64url')],
    ],
    [
      'stands in quotation marks',
      plain,
      `"${hex}"`,
      [{ kind: 'signature-surrounded', header, before: '"', after: '"' }],
    ],
    ['is too short for any', plain, 'abcd', []],
    ['is none', plain, 'not a signature, by far!', []],
    ['is longer than a header may be', plain, 'a'.repeat(4_097), []],
    ['has more prefixes than anybody writes', plain, 'v1='.repeat(20) + hex, []],
    ['is a quotation mark alone', plain, '"', []],
    ['is the second of a list', listed, `v1=${hex},sha256=${hex}`, [prefix('v1=', 'sha256=')]],
  ])('is told where it %s', (_, scheme, value, findings) => {
    expect(found(scheme, value)).toEqual(findings)
  })

  it('is told of each scheme that may hold, once', () => {
    expect(
      found(anyOf([prefixed, hmac({ header, secret, prefix: 'sha256=', hash: 'sha512' })]), hex),
    ).toEqual([prefix('sha256=', '')])
    expect(
      found(anyOf([apiKey({ header, key: secret }), apiKey({ header, key: `${secret}2` })]), hex),
    ).toEqual([])
  })

  it('is nothing where there is none, or where the header is a key', () => {
    expect(found(plain)).toEqual([])
    expect(found(apiKey({ header, key: secret }), hex)).toBeUndefined()
  })
})
