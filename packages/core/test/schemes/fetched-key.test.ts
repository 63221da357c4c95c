import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ed25519, fromRawHeaders, hmac, rsa } from '../../src/index.ts'
import { anyOf } from '../../src/schemes/any-of.ts'
import { ecdsa } from '../../src/schemes/ecdsa.ts'
import { fetchedKey } from '../../src/schemes/fetched-key.ts'
import { manualClock } from '../support/clock.ts'
import {
  address,
  bench,
  vectorBody as body,
  certificate,
  from,
  header,
  hosts,
  type KeyServer,
  keyServer,
  path,
  readVector,
  requestOf,
  signature,
  to,
  url,
} from '../support/key-server.ts'

const day = 86_400_000
const proven = { keyId: url }
const unknown = { code: 'key-unknown' }
const away = { code: 'keys-failed', error: expect.any(Error) }

describe('a key that is fetched', () => {
  it('proves a request, and is then at hand for the next', async () => {
    const { scheme, server, clock, verdict } = bench()
    expect(scheme.headers).toEqual([header, address])
    expect(scheme.keyMarks?.()).toEqual([])
    expect(scheme.sign).toBeUndefined()
    expect(await verdict()).toEqual(proven)
    expect(scheme.prepare?.(requestOf(url), { timeoutMs: 1_000, clock })).toBeUndefined()
    expect(await verdict()).toEqual(proven)
    expect(await verdict(url, { signature: Buffer.alloc(256).toString('base64') })).toEqual({
      code: 'signature-mismatch',
    })
    expect(server.asked).toEqual([url])
  })

  it('is none before it is prepared, and verify says so', () => {
    const { scheme } = bench()
    const verdict = scheme.verify(requestOf(url))
    expect(verdict).toEqual(away)
    expect(String((verdict as { error?: unknown }).error)).toContain('was not fetched')
    expect(scheme.diagnose(requestOf(url))).toEqual([expect.objectContaining({ kind: 'unexplained' })])
  })

  it('may be a public key in PEM, of each algorithm', async () => {
    const clock = manualClock()
    const cases = [
      [rsa, 'rsa-public.pem', 'rsa-pkcs1-sha256.txt'],
      [ecdsa, 'ecdsa-public.pem', 'ecdsa-der-sha256.txt'],
      [ed25519, 'ed25519-public.pem', 'ed25519.txt'],
    ] as const
    for (const [make, key, value] of cases) {
      const { fetch } = keyServer(readVector(key))
      const scheme = make({ header, publicKey: fetchedKey({ at: { header: address }, hosts, path, fetch }) })
      const request = requestOf(url, readVector(value))
      await scheme.prepare?.(request, { timeoutMs: 1_000, clock })
      expect(scheme.verify(request)).toEqual(proven)
    }
  })

  it('may be named by a field of the body or a parameter, which the first step does not see', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { fetch } = keyServer(publicKey.export({ type: 'spki', format: 'pem' }) as string)
    for (const at of [{ body: 'a.cert' }, { query: 'cert' }] as const) {
      const scheme = ed25519({ header, publicKey: fetchedKey({ at, hosts, path, fetch }) })
      expect(scheme.headers).toEqual([header])
      const of = (cert: string) => {
        const sent = Buffer.from(JSON.stringify({ a: { cert } }))
        const signed = ed25519({ header, privateKey }).sign?.(sent) ?? {}
        const headers = fromRawHeaders(Object.entries(signed).flat())
        return { method: 'POST', url: `/?cert=${encodeURIComponent(cert)}`, headers, body: sent }
      }
      const bounds = { timeoutMs: 1_000, clock: manualClock() }
      expect(scheme.check(of(url).headers)).toBeUndefined()
      expect(await scheme.prepare?.(of(url), bounds)).toBeUndefined()
      expect(scheme.verify(of(url))).toEqual(proven)
      expect(scheme.prepare?.(of('https://evil.example/cert-1.pem'), bounds)).toBeUndefined()
      expect(scheme.verify(of('https://evil.example/cert-1.pem'))).toEqual(unknown)
      expect(scheme.verify(of(''))).toEqual({ code: 'value-malformed' })
    }
  })

  it('is named once, in its grammar, and before the body is read where a header names it', async () => {
    const { scheme, server } = bench(certificate, { at: { header: address, as: 'token' } })
    const check = (...raw: string[]) => scheme.check(fromRawHeaders([header, signature, ...raw]))
    expect(check()).toEqual({ code: 'header-missing', header: address })
    expect(check(address, url, address, url)).toEqual({ code: 'header-repeated', header: address })
    // A token has no colon.
    expect(check(address, url)).toEqual({ code: 'header-malformed', header: address })
    expect(server.asked).toEqual([])
  })

  it('is not fetched for what cannot be proven', async () => {
    const { server, verdict, scheme, clock } = bench()
    expect(await verdict(url, { signature: 'x' })).toEqual({ code: 'header-malformed', header })
    expect(scheme.prepare?.(requestOf(url, 'x'), { timeoutMs: 1_000, clock })).toBeUndefined()
    expect(server.asked).toEqual([])
  })
})

describe('a key that cannot be had', () => {
  it.each<[string, KeyServer['answer'], unknown]>([
    ['the server is unreachable', new Error('ECONNREFUSED'), away],
    ['the server fails', 500, away],
    ['the server is overloaded', 503, away],
    ['the server refuses', 403, away],
    ['the server redirects', 302, away],
    ['the server has none there', 404, unknown],
    ['the server has none there any more', 410, unknown],
    ['the answer is no key', 'hello', away],
    ['the answer is empty', '', away],
    ['the certificate is broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', away],
    ['the key is of another algorithm', readVector('ed25519-public.pem'), away],
    ['the answer is too long', `${certificate}${' '.repeat(65_537 - certificate.length)}`, away],
    ['the answer is no text', () => ({ status: 200, body: 'text' }), away],
    ['the answer is nothing', () => undefined, away],
    ['fetch throws', () => Promise.reject(null), { code: 'keys-failed', error: null }],
  ])('refuses the request: %s', async (_, answer, expected) => {
    const { verdict, server, clock } = bench(answer)
    expect(await verdict()).toEqual(expected)
    expect(await verdict()).toEqual(expected)
    expect(server.asked).toHaveLength(1)
    server.answer = certificate
    await clock.advance(999)
    expect(await verdict()).toEqual(expected)
    await clock.advance(1)
    expect(await verdict()).toEqual(proven)
    expect(server.asked).toHaveLength(2)
  })

  it('may be 64 KiB long', async () => {
    const { verdict } = bench(`${certificate}${' '.repeat(65_536 - certificate.length)}`)
    expect(await verdict()).toEqual(proven)
  })

  it('is waited for as long as the request may, and serves the next attempt when it comes late', async () => {
    let answer = (_: unknown): void => {}
    const { verdict, clock, server } = bench(() => new Promise((resolve) => (answer = resolve)))
    const first = verdict(url, { timeoutMs: 500 })
    await clock.advance(500)
    expect(await first).toEqual({
      code: 'keys-failed',
      error: new Error(`${url} did not answer within 500 ms`),
    })
    await clock.advance(5_000)
    const second = verdict()
    answer({ status: 200, body: Buffer.from(certificate) })
    expect(await second).toEqual(proven)
    expect(server.asked).toHaveLength(1)
    expect(clock.scheduled).toBe(0)
  })

  it('is given up after 10 s, and the fetch told so', async () => {
    const { verdict, clock, server } = bench(() => new Promise(() => {}))
    const first = verdict(url, { timeoutMs: 60_000 })
    await clock.advance(9_999)
    expect(server.aborted).toBe(0)
    await clock.advance(1)
    expect(await first).toEqual({
      code: 'keys-failed',
      error: new Error(`${url} did not answer within 10000 ms`),
    })
    expect(server.aborted).toBe(1)
  })

  it('is remembered for 100 addresses at most', async () => {
    const { verdict, server } = bench(404)
    for (let n = 0; n < 101; n++) expect(await verdict(url.replace('-1.pem', `-${n}.pem`))).toEqual(unknown)
    await verdict(url.replace('-1.pem', '-100.pem'))
    expect(server.asked).toHaveLength(101)
    await verdict(url.replace('-1.pem', '-0.pem'))
    expect(server.asked).toHaveLength(102)
  })
})

describe('fetches', () => {
  const at = (n: number) => url.replace('-1.pem', `-${n}.pem`)

  it('are one for each address, however many wait', async () => {
    const { verdict, server } = bench(
      () =>
        new Promise((resolve) =>
          setImmediate(() => resolve({ status: 200, body: Buffer.from(certificate) })),
        ),
    )
    expect(await Promise.all(Array.from({ length: 50 }, () => verdict()))).toEqual(Array(50).fill(proven))
    expect(server.asked).toEqual([url])
  })

  it('are ten at once: one more is answered at once that the key cannot be had', async () => {
    const waiting: ((answer: unknown) => void)[] = []
    const { verdict, server } = bench(() => new Promise((resolve) => waiting.push(resolve)))
    const ten = Array.from({ length: 10 }, (_, n) => verdict(at(n)))
    expect(await verdict(at(10))).toEqual({
      code: 'keys-failed',
      error: new Error('10 documents of keys are being fetched already'),
    })
    const again = verdict(at(0))
    for (const answer of waiting) answer({ status: 200, body: Buffer.from(certificate) })
    for (const [n, verdict] of (await Promise.all(ten)).entries()) expect(verdict).toEqual({ keyId: at(n) })
    expect(await again).toEqual({ keyId: at(0) })
    server.answer = certificate
    expect(await verdict(at(10))).toEqual({ keyId: at(10) })
  })

  it('leave 20 keys, those that were used last', async () => {
    const { verdict, server } = bench()
    for (let n = 0; n < 20; n++) await verdict(at(n))
    await verdict(at(0))
    await verdict(at(20))
    expect(server.asked).toHaveLength(21)
    await verdict(at(0))
    expect(server.asked).toHaveLength(21)
    await verdict(at(1))
    expect(server.asked).toHaveLength(22)
  })
})

describe('the age of a key', () => {
  it('is 24 hours at most', async () => {
    const { verdict, server, clock } = bench()
    await verdict()
    await clock.advance(day - 1)
    expect(await verdict()).toEqual(proven)
    expect(server.asked).toHaveLength(1)
    await clock.advance(1)
    expect(await verdict()).toEqual(proven)
    expect(server.asked).toHaveLength(2)
    await clock.advance(day)
    server.answer = 500
    expect(await verdict()).toEqual(away)
  })

  it('ends with its certificate, and begins with it', async () => {
    const { verdict, clock, server } = bench()
    await verdict()
    clock.stepWall(to - clock.now())
    expect(await verdict()).toEqual(proven)
    clock.stepWall(1)
    expect(await verdict()).toEqual(unknown)
    expect(server.asked).toHaveLength(2)
    clock.stepWall(from - 1 - clock.now())
    await clock.advance(1_000)
    clock.stepWall(from - 1 - clock.now())
    expect(await verdict()).toEqual(unknown)
    await clock.advance(1_000)
    clock.stepWall(from - clock.now())
    expect(await verdict()).toEqual(proven)
  })
})

describe('fetched keys beside another proof', () => {
  it('do not keep it from holding while they are away', async () => {
    const secret = 'a-secret-of-more-than-sixteen-bytes'
    const { scheme, server } = bench(500)
    const mac = hmac({ header: 'x-mac', secret })
    const either = anyOf([scheme, mac])
    const bounds = { timeoutMs: 1_000, clock: manualClock() }
    const raw = [address, url, header, signature]
    const asked = (more: readonly string[]) => ({
      ...requestOf(url),
      headers: fromRawHeaders([...raw, ...more]),
    })
    expect(await either.prepare?.(asked([]), bounds)).toBeUndefined()
    expect(either.verify(asked([]))).toEqual(away)
    expect(either.verify(asked(['x-mac', '0'.repeat(64)]))).toEqual(away)
    expect(either.verify(asked(['x-mac', String(mac.sign?.(body)['x-mac'])]))).toEqual({ keyId: 'default' })
    expect(server.asked).toHaveLength(1)
  })
})
