import { generateKeyPairSync } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type PaypalOptions, paypal, paypalEventNames } from '../src/paypal/index.ts'
import { bench, now, stamped, verdict } from './support/payments.ts'

const webhookId = '8PT597110X687430LKGECATA'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const certificate = `-----BEGIN CERTIFICATE-----
MIIC/zCCAeegAwIBAgIUFxL+6z+om4xmrCgu/O7GAdJT3VwwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjUxODU5MTZaFw0yNjExMjcxODU5
MTZaMA8xDTALBgNVBAMMBHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQCeraEHX9/WhtvB2dqeTP5NYdEhhgBVq4k22jwbvGH7Xua10OMrP3zCCiJG
ZkubARMFu/1+FHr3qX2mzDykjD7YRbp79zYyzp27CSIaMlUr3zKJ1mT8d58M/Q+T
AWkQNGIJZWZW5eOAztN4aUkw++lpwpzYHSqvHOskjigWc8u8niACsOsdIvnTyaKG
LDu9ldyB/AV5bS6wWdgKSA0nZcxO7B45mN7ua0h6YoSba8/Os8XNkzGzPYesAKRf
DgmuxFs+5uD34c3QzSsjecJci3lRczFVZS6q1TBMvM1MMQtkVR+y79MmfFBIHycq
mfAKVOjgnQcuobmolawWWG7uvHjbAgMBAAGjUzBRMB0GA1UdDgQWBBSODdQgG20z
HXpDRJhC5h02xu4EyzAfBgNVHSMEGDAWgBSODdQgG20zHXpDRJhC5h02xu4EyzAP
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCFAQxBLa92lcsKVesR
qGPHuE8B0c6/LseRVoWz7N6BEnNoXKgKnCnyYHqDFPasXQ3vRudN/dtu8XeoWrxp
DtYUmxV/BKkaZEON4DYXWVrFK66dNpKP+5HXWFlygHgqEkHxYmfY/rrV4T6sEF9G
5J2dmbpyYEWBHlBZsdQg9Wj7ZLgGqhu/LV4Pl0SmM7AQ0YX0MuF5u82U5ShE/mmk
yZjGm2FvDRpJr3cv4iNtISeC+53/3nxukvKMFgtYvnONwUMBp73GrunflPdxPV42
D3BxHLBQJFmcJb04NPMy90K8qGbDJrZoTBLzuYpDfKSOUJpnIspFB99JxH48d4gi
d8UA
-----END CERTIFICATE-----
`
const certificateUrl = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-7a5aae4e'
const body =
  '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","create_time":"2026-11-25T18:59:16.979Z","resource":{"id":"cap1"}}'
const headers = {
  'content-type': 'application/json',
  'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
  'PAYPAL-TRANSMISSION-ID': 'tx-1',
  'PAYPAL-TRANSMISSION-TIME': '2026-11-25T18:59:16Z',
  'PAYPAL-CERT-URL': certificateUrl,
  'PAYPAL-TRANSMISSION-SIG':
    'T6Su5z+0YlVWR/qUZGeiT7lrPnegzqXhniJSm1KEyQHcX/T+GcRKIr7Ay2KhjboOtFwKarYbFjpsGlwZ2aBauwvGq9qPKwuxpcHs8P9rLkSewQAXKySWSQpjpnILEKiiPXdjzqhMOJ0YcHovg4SQxUoxnjkcvXiEtvZuIOiDJoK0Vo6X8ITMA6Jvm5VDM6nDZ7ORkp4YcCepVopd85Puxx4u5B8n4BYJbyOgK2HTjROOkWpv4TLMXiQztSYC4qpVeip6hlc9z2b3HZcHWzKeG61HR8qrzELLp4qI4SiZRo+Kvx8y93pAP7wb6YKQjVUd3W1GNMv+S1Ha7O0rSkg5vw==',
}

/** Answers with the certificate, and notes what was asked for. */
function paypalHost() {
  const asked: string[] = []
  const fetch: NonNullable<PaypalOptions['fetch']> = async (url) => {
    asked.push(url)
    return { status: 200, body: Buffer.from(certificate) }
  }
  return { asked, fetch }
}

/** Another body with the CRC-32 of `wanted`, in which a text of 64 letters may be any of `a` and `b`. */
function withSameCrc(wanted: string, start: string, end: string): string {
  const letters = 'a'.repeat(64).split('')
  const crcOf = (): number => crc32(start + letters.join('') + end)
  const plain = crcOf()
  const basis: { bits: number; places: ReadonlySet<number> }[] = []
  const reduce = (bits: number): { bits: number; places: Set<number> } => {
    const places = new Set<number>()
    let rest = bits
    for (const each of basis) {
      if ((rest ^ each.bits) >>> 0 >= rest) continue
      rest = (rest ^ each.bits) >>> 0
      for (const place of each.places) if (!places.delete(place)) places.add(place)
    }
    return { bits: rest, places }
  }
  for (const place of letters.keys()) {
    letters[place] = 'b'
    const { bits, places } = reduce((crcOf() ^ plain) >>> 0)
    letters[place] = 'a'
    if (!places.delete(place)) places.add(place)
    if (bits !== 0) basis.push({ bits, places })
    basis.sort((one, other) => other.bits - one.bits)
  }
  for (const place of reduce((crc32(wanted) ^ plain) >>> 0).places) letters[place] = 'b'
  return start + letters.join('') + end
}

describe('paypal', () => {
  it('fetches the certificate once, and takes a retry of a transmission for the same event', async () => {
    const host = paypalHost()
    const { post, events } = bench(paypal(webhookId, { fetch: host.fetch }))
    expect(verdict(await post(body, headers))).toBe('accepted')
    expect(verdict(await post(body, headers))).toBe('duplicate')
    expect(await events()).toMatchObject([{ type: 'PAYMENT.CAPTURE.COMPLETED', payload: { id: 'WH-1' } }])
    expect(host.asked).toEqual([certificateUrl])
  })

  it('never runs a captured transmission again with a body that was rewritten to the same CRC-32', async () => {
    const { post, events } = bench(paypal(webhookId, { fetch: paypalHost().fetch }))
    const forged = withSameCrc(
      body,
      '{"id":"WH-2","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"cap2"},"pad":"',
      '"}',
    )
    expect(crc32(forged)).toBe(crc32(body))
    expect(verdict(await post(body, headers))).toBe('accepted')
    expect(verdict(await post(forged, headers))).not.toBe('accepted')
    expect(await events()).toHaveLength(1)
  })

  it("refuses another webhook's deliveries", async () => {
    const { post } = bench(paypal('0EH40505U7160970P', { fetch: paypalHost().fetch }))
    expect(verdict(await post(body, headers))).toBe('signature-mismatch')
  })

  it("fetches from PayPal's hosts alone, and from those of the sandbox only where it is asked to", async () => {
    const sandboxUrl = certificateUrl.replace('api.', 'api.sandbox.')
    const elsewhere = [
      certificateUrl.replace('https', 'http'),
      certificateUrl.replace('.com', '.com.evil.example'),
      certificateUrl.replace('api.', 'api.paypal.com@evil.example/'),
      certificateUrl.replace('/CERT', '/../CERT'),
      sandboxUrl,
    ]
    const live = paypalHost()
    const { post } = bench(paypal(webhookId, { fetch: live.fetch }))
    for (const url of elsewhere)
      expect(await post(body, { ...headers, 'PAYPAL-CERT-URL': url }), url).toMatchObject({ status: 401 })
    expect(live.asked).toEqual([])
    const sandbox = paypalHost()
    const tested = bench(paypal(webhookId, { sandbox: true, fetch: sandbox.fetch }))
    expect(await tested.post(body, headers)).toMatchObject({ status: 401 })
    expect(verdict(await tested.post(body, { ...headers, 'PAYPAL-CERT-URL': sandboxUrl }))).toBe('accepted')
    expect(sandbox.asked).toEqual([sandboxUrl])
  })

  it('has samples in the form of its documents, each another event at another time', async () => {
    const provider = paypal(webhookId)
    const samples = await stamped(provider)
    const [later] = await stamped(provider, new Date(now + 1_000))
    for (const [event, , sent] of samples) {
      expect(paypalEventNames).toContain(event)
      expect(sent).toMatchObject({ 'paypal-auth-algo': 'SHA256withRSA' })
    }
    expect(later?.[1]['id']).not.toBe(samples[0]?.[1]['id'])
  })

  it.each([false, true])('signs as PayPal does with a private key, sandbox %s', async (sandbox) => {
    const { scheme, sending } = paypal(webhookId, { privateKey, sandbox })
    const sent = Object.entries(sending?.headers?.({}, new Date(now), '') ?? {})
    const own = Object.fromEntries(sent.map(([name, value]) => [name.toLowerCase(), value]))
    const signed = scheme.sign?.(Buffer.from(body), { headers: own, at: new Date(now) })
    const pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))
    const fetch = async () => ({ status: 200, body: pem })
    const { post } = bench(paypal(webhookId, { sandbox, fetch }))
    const typed = { 'content-type': 'application/json', ...own, ...signed }
    expect(verdict(await post(body, typed))).toBe('accepted')
  })

  it('throws for an id that is none, and for an option that it does not know', () => {
    for (const id of [undefined, '', 'a|b|c|d|e|f', certificateUrl])
      expect(() => paypal(id), String(id)).toThrow(TypeError)
    expect(() => paypal(webhookId, { sandbox: 'yes' } as unknown as PaypalOptions)).toThrow(/sandbox/)
    expect(() => paypal(webhookId, { host: 'a' } as PaypalOptions)).toThrow(/no option/)
  })
})
