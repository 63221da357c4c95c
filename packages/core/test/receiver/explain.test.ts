import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  apiKey,
  ed25519,
  explain,
  type Finding,
  fromRawHeaders,
  hmac,
  rsa,
  type Scheme,
  type TimeRule,
} from '../../src/index.ts'
import { acme, bench, bytesOf, paid, secret, signatureOf, signed, startAt } from '../support/acme.ts'
import { manualClock } from '../support/clock.ts'

const clock = manualClock()
const mac = (
  data: string | Uint8Array,
  encoding: 'hex' | 'base64' | 'base64url' = 'hex',
  hash = 'sha256',
  key: string | Buffer = secret,
) => createHmac(hash, key).update(data).digest(encoding)

describe('a request whose headers are none', () => {
  it.each([
    ['an object of texts', { 'x-acme-signature': '00' }],
    ['a Headers', new Headers({ 'x-acme-signature': '00' })],
    ['nothing', undefined],
  ])('is refused with the way to make them: %s', async (_, headers) => {
    const request = { method: 'POST', url: '/', headers: headers as never, body: bytesOf(paid) }
    await expect(explain(request, acme())).rejects.toThrow(
      /^explain request.headers must be .* fromRawHeaders\(\['X-Signature', '…'\]\)/,
    )
  })
})

/** The findings for a body and a signature. */
async function found(
  body: string | Uint8Array,
  signature: string,
  scheme?: Scheme,
): Promise<readonly Finding[]> {
  const request = signed(Buffer.from(body as string), ['X-Acme-Signature', signature])
  const provider = scheme ? acme({ scheme }) : acme()
  const explanation = await explain(request, provider, { clock })
  expect(explanation).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/^(header|signature)-/) })
  return explanation.findings
}

const compact = JSON.stringify(paid)
const indented = JSON.stringify(paid, undefined, 2)

describe('explain', () => {
  it('finds nothing wrong with a request that would be taken', async () => {
    expect(await explain(signed(paid), acme(), { clock })).toEqual({ kind: 'passed', findings: [] })
  })

  it.each<[string, string, string, Finding[]]>([
    [
      'a body that was parsed and printed again',
      ` ${compact} `,
      mac(compact),
      [{ kind: 'body-reencoded', fitsWhen: 'compact' }],
    ],
    [
      'a body that was printed without its blanks',
      compact,
      mac(indented),
      [{ kind: 'body-reencoded', fitsWhen: 'indented' }],
    ],
    [
      'a line break that was added',
      `${compact}\n`,
      mac(compact),
      [{ kind: 'body-newline', fitsWhen: 'removed' }],
    ],
    [
      'a DOS line break that was added',
      `${compact}\r\n`,
      mac(compact),
      [{ kind: 'body-newline', fitsWhen: 'removed' }],
    ],
    [
      'a line break that was lost',
      compact,
      mac(`${compact}\n`),
      [{ kind: 'body-newline', fitsWhen: 'added' }],
    ],
    [
      'a byte order mark that was added',
      `\ufeff${compact}`,
      mac(compact),
      [{ kind: 'body-bom', fitsWhen: 'removed' }],
    ],
    [
      'a byte order mark that was lost',
      compact,
      mac(`\ufeff${compact}`),
      [{ kind: 'body-bom', fitsWhen: 'added' }],
    ],
    [
      'another hash',
      compact,
      mac(compact, 'hex', 'sha512'),
      [{ kind: 'hash', expected: 'sha256', found: 'sha512' }],
    ],
    [
      'another encoding',
      compact,
      mac(compact, 'base64'),
      [{ kind: 'signature-encoding', expected: 'hex', found: 'base64' }],
    ],
    [
      'upper-case hex',
      compact,
      mac(compact).toUpperCase(),
      [{ kind: 'signature-encoding', expected: 'hex', found: 'another spelling' }],
    ],
    [
      'a prefix',
      compact,
      `sha256=${mac(compact)}`,
      [{ kind: 'signature-prefix', expected: '', found: 'sha256=' }],
    ],
  ])('finds %s', async (_, body, signature, findings) => {
    expect(await found(body, signature)).toEqual(findings)
  })

  it.each<[object, string]>([
    [
      { other: {} },
      "explain options has no option 'other'. Did you mean 'others'? It has: others, tolerance, clock",
    ],
    [{ others: 7 }, 'others must be an object of values by name, not 7'],
    [{ tolerance: 7 }, 'tolerance must be an object of values by name, not 7'],
    [{ clock: {} }, 'clock must be a Clock, such as systemClock: it lacks now()'],
  ])('refuses options that it cannot use: %o', async (options, message) => {
    await expect(explain(signed(paid), acme(), options)).rejects.toThrow(new TypeError(message))
  })

  it('finds several deviations at once, and the fewest that explain it', async () => {
    expect(await found(`${compact}\n`, `sha256=${mac(compact, 'base64')}`)).toEqual([
      { kind: 'signature-prefix', expected: '', found: 'sha256=' },
      { kind: 'signature-encoding', expected: 'hex', found: 'base64' },
      { kind: 'body-newline', fitsWhen: 'removed' },
    ])
  })

  it('finds a prefix that is missing', async () => {
    const scheme = hmac({ header: 'X-Acme-Signature', secret, prefix: 'sha256=' })
    expect(await found(compact, mac(compact), scheme)).toEqual([
      { kind: 'signature-prefix', expected: 'sha256=', found: '' },
    ])
    expect(await found(compact, `sha256=${mac(compact, 'base64')}`, scheme)).toEqual([
      { kind: 'signature-encoding', expected: 'hex', found: 'base64' },
    ])
  })

  it('finds a secret that was taken as the bytes that it encodes', async () => {
    const hex = 'b1d4c0ffee5eed00b1d4c0ffee5eed01'
    const scheme = hmac({ header: 'X-Acme-Signature', secret: hex })
    const asHex = mac(compact, 'hex', 'sha256', Buffer.from(hex, 'hex'))
    expect(await found(compact, asHex, scheme)).toEqual([{ kind: 'secret-encoding', found: 'hex' }])
    const asBase64 = mac(compact, 'hex', 'sha256', Buffer.from(hex, 'base64'))
    expect(await found(compact, asBase64, scheme)).toEqual([{ kind: 'secret-encoding', found: 'base64' }])
  })

  it('finds the key of another set-up', async () => {
    const other = `${secret}-staging`
    const others = {
      production: acme({ scheme: hmac({ header: 'X-Acme-Signature', secret: `${secret}-production` }) }),
      staging: acme({ scheme: hmac({ header: 'X-Acme-Signature', secret: other }) }),
      rotating: acme({ scheme: hmac({ header: 'X-Acme-Signature', secret: { next: other } }) }),
      late: acme({ scheme: hmac({ header: 'X-Acme-Signature', secret: async () => other }) }),
      unset: acme({ scheme: hmac({ header: 'X-Acme-Signature', secret: () => undefined }) }),
    }
    const request = signed(compact, ['X-Acme-Signature', mac(compact, 'hex', 'sha256', other)])
    expect((await explain(request, acme(), { clock, others })).findings).toMatchObject([
      { kind: 'other-key', keyId: 'staging' },
      { kind: 'other-key', keyId: 'rotating.next' },
      { kind: 'other-key', keyId: 'late' },
    ])
  })

  it('names the header that is missing, repeated or malformed', async () => {
    const header = 'x-acme-signature'
    const of = async (raw: string[], scheme?: Scheme) => {
      const request = { method: 'POST', url: '/', headers: fromRawHeaders(raw), body: bytesOf(paid) }
      return (await explain(request, scheme ? acme({ scheme }) : acme(), { clock })).findings
    }
    expect(await of([])).toEqual([{ kind: 'header-missing', header }])
    expect(await of([header, 'a', header, 'b'])).toEqual([{ kind: 'header-repeated', header }])
    expect(await of([header, 'nonsense!'])).toEqual([{ kind: 'header-malformed', header }])
    const timed = hmac({
      header,
      secret,
      signs: [{ header: 'x-time', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }],
    })
    expect(await of([header, '0'.repeat(64)], timed)).toEqual([{ kind: 'header-missing', header: 'x-time' }])
    const key = apiKey({ key: secret, header })
    expect(await of([], key)).toEqual([{ kind: 'header-missing', header }])
    expect(await of([header, 'x'], key)).toEqual([{ kind: 'unexplained', detail: 'It carries another key' }])
  })

  it('says so when nothing that it knows explains it', async () => {
    const unexplained = [
      { kind: 'unexplained', detail: 'It was signed with another key, or over another body' },
    ]
    expect(await found(compact, '0'.repeat(64))).toEqual(unexplained)
    expect(await found('not JSON', '0'.repeat(64))).toEqual(unexplained)
    const tenants = hmac({ header: 'X-Acme-Signature', secret: (_) => undefined })
    expect(await explain(signed(paid), acme({ scheme: tenants }), { clock })).toEqual({
      kind: 'rejected',
      code: 'key-unknown',
      findings: unexplained,
    })
  })

  it('finds another hash and another padding of RSA, and a changed body of Ed25519', async () => {
    const header = 'X-Acme-Signature'
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const scheme = rsa({ header, publicKey: keys.publicKey })
    const pss = rsa({ header, privateKey: keys.privateKey, padding: 'pss', hash: 'sha512' })
    const signature = pss.sign?.(Buffer.from(compact))['x-acme-signature'] as string
    expect(await found(compact, signature, scheme)).toEqual([
      { kind: 'hash', expected: 'sha256', found: 'sha512' },
      { kind: 'padding', expected: 'pkcs1', found: 'pss' },
    ])
    const ed = generateKeyPairSync('ed25519')
    const edSignature = ed25519({ header, privateKey: ed.privateKey }).sign?.(Buffer.from(compact))[
      'x-acme-signature'
    ]
    expect(
      await found(`${compact}\n`, edSignature as string, ed25519({ header, publicKey: ed.publicKey })),
    ).toEqual([{ kind: 'body-newline', fitsWhen: 'removed' }])
  })

  it('tells how far the clocks are apart, in seconds', async () => {
    const at = (ms: number) => new Date(Date.parse(startAt) + ms).toISOString()
    const of = (ms: number) => explain(signed({ ...paid, at: at(ms) }), acme(), { clock })
    expect(await of(-7_200_000)).toEqual({
      kind: 'rejected',
      code: 'time-past',
      findings: [{ kind: 'clock-skew', seconds: -7_200 }],
    })
    expect(await of(90_000)).toEqual({
      kind: 'rejected',
      code: 'time-future',
      findings: [{ kind: 'clock-skew', seconds: 90 }],
    })
    const wide = await explain(signed({ ...paid, at: at(90_000) }), acme(), {
      clock,
      tolerance: { futureMs: 100_000 },
    })
    expect(wide.kind).toBe('passed')
  })

  it.each<[TimeRule['format'], unknown, Finding]>([
    ['unix-seconds', 1765380600000, { kind: 'time-format', expected: 'unix-seconds', found: 'unix-ms' }],
    ['unix-ms', '1765380600', { kind: 'time-format', expected: 'unix-ms', found: 'unix-seconds' }],
    [
      ['unix-seconds', 'unix-ms'],
      startAt,
      { kind: 'time-format', expected: 'unix-seconds or unix-ms', found: 'rfc3339' },
    ],
    ['rfc3339', 'yesterday', { kind: 'time-format', expected: 'rfc3339', found: 'none that is known' }],
    ['rfc3339', undefined, { kind: 'time-missing', detail: 'The delivery states no time' }],
  ])('tells seconds from milliseconds and dates (%o, %o)', async (format, at, finding) => {
    const provider = acme({ time: { of: 'event', format, required: true, signed: true } })
    expect((await explain(signed({ ...paid, at }), provider, { clock })).findings).toEqual([finding])
  })

  it('reads the clock of this machine where none is given', async () => {
    expect(await explain(signed({ ...paid, at: new Date().toISOString() }), acme())).toEqual({
      kind: 'passed',
      findings: [],
    })
  })

  it.each<[string, () => ReturnType<typeof signed>]>([
    ['method-not-allowed', () => ({ ...signed(paid), method: 'GET' })],
    ['encoding-unsupported', () => signed(paid, ['Content-Encoding', 'gzip'])],
    ['body-not-json', () => signed('nonsense')],
    ['envelope-invalid', () => signed('{}')],
  ])('says %s where that is all there is to say', async (code, request) => {
    expect(await explain(request(), acme(), { clock })).toEqual({
      kind: 'rejected',
      code,
      findings: [{ kind: 'request-refused', detail: code }],
    })
  })

  it('agrees with the receiver on every code', async () => {
    const requests = [
      signed(paid),
      signed('{}'),
      signed(paid, ['X-Acme-Signature', 'x']),
      signed({ ...paid, at: '2020-01-01T00:00:00Z' }),
    ]
    for (const request of requests) {
      const { receiver, clock: own } = bench()
      const outcome = await receiver.receive(request)
      const { kind, code } = {
        code: undefined,
        ...(await explain(request, receiver.provider, { clock: own })),
      }
      expect([kind, code]).toEqual(
        outcome.kind === 'rejected' ? ['rejected', outcome.code] : ['passed', undefined],
      )
    }
    expect(signatureOf(bytesOf(paid))).toBe(mac(compact))
  })
})
