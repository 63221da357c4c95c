import { describe, expect, it } from 'vitest'
import { bench, certificate, requestOf, url } from '../support/key-server.ts'

const unknown = { code: 'key-unknown' }

describe('the address of a key', () => {
  const spellings = [
    'http://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'HTTPS://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https:sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https:/sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https:///sns.sa-east-1.amazonaws.com/cert-1.pem',
    '//sns.sa-east-1.amazonaws.com/cert-1.pem',
    'sns.sa-east-1.amazonaws.com/cert-1.pem',
    '/cert-1.pem',
    'ftp://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'file:///cert-1.pem',
    'data:text/plain,cert-1.pem',
    'javascript://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'wss://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://user@sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://user:pw@sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://:pw@sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://@sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com@evil.example/cert-1.pem',
    'https://evil.example/cert-1.pem',
    'https://evil.example/sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://evil.example#sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://evil.example?sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://evil.example\\sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com\\@evil.example/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com.evil.example/cert-1.pem',
    'https://evilsns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://evil.sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com./cert-1.pem',
    'https://sns.sa-east-1xamazonaws.com/cert-1.pem',
    'https://snsxsa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.comm/cert-1.pem',
    'https://SNS.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com:443/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com:8443/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com:/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com:0/cert-1.pem',
    'https://127.0.0.1/cert-1.pem',
    'https://[::1]/cert-1.pem',
    'https://2130706433/cert-1.pem',
    'https://169.254.169.254/cert-1.pem',
    'https://localhost/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com',
    'https://sns.sa-east-1.amazonaws.com/',
    'https://sns.sa-east-1.amazonaws.com/a/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com//cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/./cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/a/../cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/%2e/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/cert%2d1.pem',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem/',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem?',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem?x=1',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem#',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem#x',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem;x',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem%00',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem ',
    ' https://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com\t/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem\n',
    'https://sns.sa-east-1.amazonaws.com/cert-1.pem, https://sns.sa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.ｓa-east-1.amazonaws.com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws。com/cert-1.pem',
    'https://sns.sa-east-1.amazonaws.com/CERT-1.PEM',
    `https://sns.sa-east-1.amazonaws.com/${'a'.repeat(2_048)}.pem`,
    'https://sns.sa_east.amazonaws.com/cert-1.pem',
    'https://sns..amazonaws.com/cert-1.pem',
    'https://',
    'x',
  ]

  it('has one spelling, and stands within the pins: of 60 others none is fetched', async () => {
    expect(new Set(spellings).size).toBeGreaterThanOrEqual(60)
    const { server, scheme, clock } = bench()
    for (const spelling of spellings) {
      const request = requestOf(spelling)
      expect(scheme.check(request.headers), spelling).toEqual(unknown)
      expect(await scheme.prepare?.(request, { timeoutMs: 1_000, clock }), spelling).toBeUndefined()
      expect(scheme.verify(request), spelling).toEqual(unknown)
    }
    expect(server.asked).toEqual([])
  })
})

describe('fetchedKey does not construct', () => {
  const pin =
    "fetchedKey hosts must pin hosts: write a full stop as '\\\\.', such as 'keys\\\\.[a-z0-9-]+\\\\.example\\\\.com'"
  const source = (name: string) =>
    `fetchedKey ${name} must be the source of a regular expression, without anchors`
  const named = "fetchedKey at must be a header, query or body, such as { header: 'x-key-id', as: 'id' }"
  it.each<[string, object, string]>([
    [
      'without a place',
      { at: undefined },
      'fetchedKey at must be an object of values by name, not undefined',
    ],
    ['with a constant for a place', { at: { text: url } }, named],
    ['with a field of another header', { at: { field: 'cert' } }, named],
    ['with an unknown place', { at: { cookie: 'x' } }, 'fetchedKey at must state one of header, query'],
    ['without hosts', { hosts: undefined }, source('hosts')],
    ['with no host', { hosts: '' }, source('hosts')],
    ['with a list of hosts', { hosts: ['a'] }, 'hosts must be text, not an array'],
    ['with hosts that are no pattern', { hosts: 'a(' }, source('hosts')],
    ['with hosts that break out of the anchors', { hosts: 'a)|(?:b' }, source('hosts')],
    ['without a path', { path: undefined }, source('path')],
    ['with a path that is no pattern', { path: '[' }, source('path')],
    ['with any host', { hosts: '.*' }, pin],
    ['with any host, in other words', { hosts: '[^/]+' }, pin],
    ['with a loose full stop', { hosts: 'api.example\\.cl' }, pin],
    ['with a loose full stop behind an escape', { hosts: 'api\\\\.example\\.cl' }, pin],
    ['with a fetch that is none', { fetch: 'x' }, 'fetch must be a function, not string'],
    ['with an option that it does not have', { cache: 1 }, "fetchedKey options has no option 'cache'"],
  ])('%s', (_, changes, message) => {
    expect(() => bench(certificate, changes)).toThrow(TypeError)
    expect(() => bench(certificate, changes)).toThrow(message)
  })

  it('unless hosts pin, in one way or another', () => {
    for (const good of ['keys\\.example\\.cl', 'keys[.]example[.]cl', '(?:a|b)\\.example\\.cl', 'localhost'])
      expect(() => bench(certificate, { hosts: good })).not.toThrow()
  })
})
