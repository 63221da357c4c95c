import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { explain, type Finding, fromRawHeaders, hmac, rsa, type Scheme } from '../../src/index.ts'
import { acme, paid, secret, startAt } from '../support/acme.ts'
import { manualClock } from '../support/clock.ts'

const clock = manualClock()
const name = 'X-Acme-Signature'
const header = name.toLowerCase()
const json = JSON.stringify(paid)
const mac = (
  body: string,
  encoding: 'hex' | 'base64' = 'hex',
  key: string | Buffer = secret,
  hash = 'sha256',
) => createHmac(hash, key).update(body).digest(encoding)
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A request as it came, and what is found in it. */
interface Mistake {
  readonly headers: readonly string[]
  readonly body?: string
  readonly provider?: Parameters<typeof acme>[0]
  readonly others?: { readonly [keyId: string]: { readonly scheme: Scheme } }
  readonly finds: readonly Finding[]
}

const of = (signature: string, finds: readonly Finding[], more: Partial<Mistake> = {}): Mistake => ({
  headers: [name, signature],
  finds,
  ...more,
})
const secretMistake = (given: string | Buffer, taken: string | Buffer, found: string): Mistake =>
  of(mac(json, 'hex', taken), [{ kind: 'secret-encoding', found } as Finding], {
    provider: { scheme: hmac({ header, secret: given }) },
  })
const pss = (saltLength: number) =>
  sign('sha256', Buffer.from(json), {
    key: keys.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength,
  }).toString('base64')
const pssScheme = { scheme: rsa({ header, publicKey: keys.publicKey, padding: 'pss' }) }
const surrounded = (before: string, after: string): Finding => ({
  kind: 'signature-surrounded',
  header,
  before,
  after,
})
const timed = {
  scheme: hmac({
    header,
    secret,
    signs: [{ header: 'X-Time', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }],
  }),
}
const bytes = Buffer.from('b1d4c0ffee5eed00b1d4c0ffee5eed01', 'hex')
const at = (ms: number) => JSON.stringify({ ...paid, at: new Date(Date.parse(startAt) + ms).toISOString() })
const encoded = (found: string): Finding => ({ kind: 'signature-encoding', expected: 'hex', found })

const catalogue: { readonly [mistake: string]: readonly Mistake[] } = {
  "the signature's header is missing": [
    { headers: [], finds: [{ kind: 'header-missing', header }] },
    of('', [{ kind: 'header-missing', header }]),
  ],
  'a header that is signed with the body is missing': [
    of(mac(json), [{ kind: 'header-missing', header: 'x-time' }], { provider: timed }),
  ],
  'the header stands twice': [
    { headers: [name, mac(json), name, mac(json)], finds: [{ kind: 'header-repeated', header }] },
    { headers: [name, 'x', name, mac(json)], finds: [{ kind: 'header-repeated', header }] },
    {
      headers: [name, 'x', name, mac(json, 'base64')],
      finds: [{ kind: 'header-repeated', header }, encoded('base64')],
    },
    { headers: [name, 'x', name, 'y'], finds: [{ kind: 'header-repeated', header }] },
  ],
  'a good signature in quotation marks, or with more beside': [
    of(`"${mac(json)}"`, [surrounded('"', '"')]),
    of(`${mac(json)}, x`, [surrounded('', ', x')]),
    of(`${mac(json)}zz`, [surrounded('', 'zz')]),
    of(`t=1765380600; mac=${mac(json)} `, [surrounded('t=1765380600; mac=', ' ')]),
    of(`\u001b[2J${'x'.repeat(30)} ${mac(json)}`, [surrounded('\\u001b[… ', '')]),
    of(`<${mac(json, 'base64')}>`, [surrounded('<', '>'), encoded('base64')]),
  ],
  "the signature's prefix is missing, or not expected": [
    of(`sha256=${mac(json)}`, [{ kind: 'signature-prefix', expected: '', found: 'sha256=' }]),
    of(mac(json), [{ kind: 'signature-prefix', expected: 'v1=', found: '' }], {
      provider: { scheme: hmac({ header, secret, prefix: 'v1=' }) },
    }),
  ],
  'the signature is written in another encoding': [
    of(mac(json, 'base64'), [encoded('base64')]),
    of(mac(json).toUpperCase(), [encoded('another spelling')]),
    of(mac(json, 'base64').replaceAll('+', '-').replaceAll('/', '_').replace('=', ''), [
      encoded('another spelling'),
    ]),
  ],
  'another hash': [
    of(mac(json, 'hex', secret, 'sha512'), [{ kind: 'hash', expected: 'sha256', found: 'sha512' }]),
  ],
  'another RSA padding': [
    of(
      sign('sha256', Buffer.from(json), keys.privateKey).toString('base64'),
      [{ kind: 'padding', expected: 'pss', found: 'pkcs1' }],
      { provider: pssScheme },
    ),
  ],
  'another length of the PSS salt': [
    of(pss(0), [{ kind: 'salt-length', expected: '32', found: '0' }], { provider: pssScheme }),
    of(pss(20), [{ kind: 'salt-length', expected: '32', found: '20' }], { provider: pssScheme }),
    of(pss(222), [{ kind: 'salt-length', expected: '32', found: 'another' }], { provider: pssScheme }),
    of(
      pss(20),
      [
        { kind: 'padding', expected: 'pkcs1', found: 'pss' },
        { kind: 'salt-length', expected: '32', found: '20' },
      ],
      { provider: { scheme: rsa({ header, publicKey: keys.publicKey }) } },
    ),
  ],
  'a secret that the sender decodes from hex or base64': [
    secretMistake(bytes.toString('hex'), bytes, 'hex'),
    secretMistake(bytes.toString('base64'), bytes, 'base64'),
  ],
  'a `whsec_` secret that was not decoded': [
    secretMistake(`whsec_${bytes.toString('base64')}`, bytes, 'whsec'),
  ],
  'a secret that was decoded, and the sender takes its text': [
    secretMistake(bytes, bytes.toString('hex'), 'hex-text'),
    secretMistake(bytes, bytes.toString('base64'), 'base64-text'),
    secretMistake(bytes, `whsec_${bytes.toString('base64')}`, 'whsec-text'),
  ],
  'a secret that was copied with its line break': [secretMistake(secret, `${secret}\n`, 'line-break')],
  'a secret that the sender has in quotation marks': [
    secretMistake(secret, `"${secret}"`, 'quotes'),
    secretMistake(secret, `'${secret}'`, 'quotes'),
  ],
  'another key: staging for production, the one before': [
    of(mac(json, 'hex', `${secret}-2`), [{ kind: 'other-key', keyId: 'staging' }], {
      others: { staging: { scheme: hmac({ header, secret: `${secret}-2` }) } },
    }),
  ],
  'a body that was parsed and printed again': [
    of(mac(json), [{ kind: 'body-reencoded', fitsWhen: 'compact' }], {
      body: JSON.stringify(paid, undefined, 4),
    }),
    of(mac(JSON.stringify(paid, undefined, 2)), [{ kind: 'body-reencoded', fitsWhen: 'indented' }]),
  ],
  'a line break added to the body, or lost': [
    of(mac(json), [{ kind: 'body-newline', fitsWhen: 'removed' }], { body: `${json}\n` }),
    of(mac(`${json}\n`), [{ kind: 'body-newline', fitsWhen: 'added' }]),
  ],
  'a byte order mark added to the body, or lost': [
    of(mac(json), [{ kind: 'body-bom', fitsWhen: 'removed' }], { body: `\ufeff${json}` }),
    of(mac(`\ufeff${json}`), [{ kind: 'body-bom', fitsWhen: 'added' }]),
  ],
  'a clock that is off': [
    of(mac(at(-301_000)), [{ kind: 'clock-skew', seconds: -301 }], { body: at(-301_000) }),
    of(mac(at(3_600_000)), [{ kind: 'clock-skew', seconds: 3_600 }], { body: at(3_600_000) }),
  ],
  'seconds for milliseconds, or a date for either': [
    of(mac(json), [{ kind: 'time-format', expected: 'unix-seconds', found: 'rfc3339' }], {
      provider: { time: { of: 'event', format: 'unix-seconds', required: true, signed: true } },
    }),
  ],
  'no time where one is required': [
    of(mac('{"type":"a"}'), [{ kind: 'time-missing', detail: 'The delivery states no time' }], {
      body: '{"type":"a"}',
    }),
  ],
  'an unsigned header that does not repeat the signed field': [
    of(mac(json), [{ kind: 'header-mismatch', header: 'x-session' }], {
      provider: { envelope: () => ({ code: 'header-mismatch', header: 'x-session' }) },
    }),
  ],
  'none of these': [
    of(mac('another'), [
      { kind: 'unexplained', detail: 'It was signed with another key, or over another body' },
    ]),
  ],
}

describe("the docs' catalogue of mistakes", () => {
  const docs = readFileSync(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8')
  const table = docs.split('| mistake')[1]?.split('\n\n')[0] ?? ''
  const rows = table
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    )

  it('has a test for each row', () => {
    expect(rows.map(([mistake]) => mistake)).toEqual(Object.keys(catalogue))
  })

  for (const [mistake, found] of rows as [string, string][]) {
    it(`explains ${mistake}`, async () => {
      for (const { headers, body = json, provider, others = {}, finds } of catalogue[mistake] ?? []) {
        const request = {
          method: 'POST',
          url: '/',
          headers: fromRawHeaders(headers),
          body: Buffer.from(body),
        }
        expect((await explain(request, acme(provider), { clock, others })).findings).toEqual(finds)
        for (const { kind } of finds.slice(0, 1)) expect(found.includes(kind) || finds.length > 1).toBe(true)
      }
    })
  }
})
