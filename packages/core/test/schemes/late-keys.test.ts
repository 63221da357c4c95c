import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  anyOf,
  apiKey,
  ed25519,
  explain,
  fromRawHeaders,
  hmac,
  type Keys,
  rsa,
  type Secret,
} from '../../src/index.ts'
import { manualClock, settled } from '../support/clock.ts'
import { request, ruled, ruledBench, verdictOf } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const header = 'X-Acme-Signature'
/** That of `ruled`. */
const secret = 'another-secret-of-more-than-sixteen-bytes'
const next = 'the-next-secret-of-more-than-sixteen-bytes'
const payload = { type: 'order.paid', id: 'a' }
const signedBy = (key: string): readonly string[] => [
  header,
  createHmac('sha256', key).update(JSON.stringify(payload)).digest('hex'),
]
const of = (secrets: Keys<Secret>, options: object = {}) =>
  ruledBench({ scheme: hmac({ header, secret: secrets }) }, options)
const bounds = { timeoutMs: 1_000, clock: manualClock() }
const away = () => {
  throw new Error('no vault')
}

describe('a secret that is a function without a parameter', () => {
  it('is asked for when the first request comes, and kept', () => {
    let asked = 0
    const { receiver } = of(() => (asked++, secret))
    receiver.on('*', () => {})
    expect(asked).toBe(0)
    expect(receiver.receive(request(payload))).toMatchObject({ kind: 'accepted' })
    expect(receiver.receive(request({ ...payload, id: 'b' }))).toMatchObject({ kind: 'accepted' })
    expect(asked).toBe(1)
  })

  it('is asked for by work()', () => {
    let asked = 0
    const { receiver, lines } = of(() => (asked++, secret))
    receiver.work()
    receiver.work()
    expect([asked, lines]).toEqual([1, []])
  })

  it('is no part of the idempotency key: its deliveries are those of the same secret as text', async () => {
    const idOf = async (secrets: Keys<Secret>): Promise<string> => {
      const { receiver, observations } = of(secrets)
      await receiver.receive(request(payload))
      return observations.flatMap((seen) => (seen.type === 'accepted' ? [seen.id] : [])).join()
    }
    const id = await idOf(secret)
    expect(id).not.toBe('')
    expect(await idOf(() => secret)).toBe(id)
    expect(await idOf(async () => secret)).toBe(id)
    expect(await idOf((_: unknown) => secret)).not.toBe(id)
  })

  it.each<[string, Keys<Secret>]>([
    ['text', () => secret],
    ['promised text', async () => secret],
    ['names and texts', () => ({ current: secret, next })],
    ['promised names and texts', async () => ({ current: secret, next })],
    ['a list', () => [next, secret]],
    ['a list of functions', [() => next, () => secret]],
    ['names and functions', { current: () => secret, next: () => next }],
    ['names, functions and texts', { current: secret, next: async () => next }],
    ['names and functions of lists', { current: () => [next, secret] }],
  ])('may give %s', async (_, secrets) => {
    const { receiver } = of(secrets)
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('accepted')
    const forged = request({ ...payload, id: 'b' }, [], { headers: fromRawHeaders(signedBy('f'.repeat(20))) })
    expect(verdictOf(await receiver.receive(forged))).toBe('401 signature-mismatch')
  })

  it('keeps the names of keys', async () => {
    const scheme = hmac({ header, secret: { current: () => secret, next: async () => next } })
    await scheme.prepare?.(request(payload), bounds)
    const proof = scheme.verify(request(payload, [], { headers: fromRawHeaders(signedBy(next)) }))
    expect(proof).toEqual({ keyId: 'next' })
    expect(scheme.mac?.('plain', 'next')).toBe(createHmac('sha256', next).update('plain').digest('hex'))
    expect(scheme.keyMarks?.()).toEqual(hmac({ header, secret: [secret, next] }).keyMarks?.())
  })

  it('stands beside a parameter: a function that chooses by the request takes it, and is no part of a list or a map', () => {
    const chosen = hmac({ header, secret: ({ url }) => (url === '/webhooks/ruled' ? secret : undefined) })
    expect(chosen.verify(request(payload))).toMatchObject({ keyId: 'default' })
    expect(() => hmac({ header, secret: { a: (_: unknown) => secret } as never })).toThrow(
      'A function in a list or a map of secret takes no parameter',
    )
  })

  it('serves the other schemes, too', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const body = Buffer.from('{}')
    for (const [scheme, signer] of [
      [ed25519({ header, publicKey: () => publicKey }), ed25519({ header, privateKey })],
      [rsa({ header, publicKey: async () => pair.publicKey }), rsa({ header, privateKey: pair.privateKey })],
      [apiKey({ key: async () => secret }), apiKey({ key: secret })],
    ] as const) {
      const headers = fromRawHeaders(Object.entries(signer.sign?.(body) ?? {}).flat())
      const sent = request(body, [], { headers })
      expect(await scheme.prepare?.(sent, bounds)).toBeUndefined()
      expect(scheme.verify(sent)).toEqual({ keyId: 'default' })
      expect(scheme.keyMarks?.()).toHaveLength(1)
    }
  })
})

describe('a secret that cannot be had', () => {
  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['empty', () => ''],
    ['short', () => 'short'],
    ['a placeholder', () => 'change-me-before-use'],
    ['thrown', away],
    ['promised and undefined', async () => undefined],
    ['promised and rejected', async () => away()],
    ['a function again', () => () => secret],
    ['an empty list', () => []],
  ])('is 503, and the log says so: %s', async (_, secretOf) => {
    const { receiver, observations, lines } = of(secretOf as () => string)
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('503 keys-failed')
    await settled()
    expect(observations).toMatchObject([{ type: 'rejected', code: 'keys-failed', authentic: false }])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('No key can be had; the sender is told to retry')
  })

  it('is told by the start, once, and by the refusal, where a request comes before work()', async () => {
    const { receiver, lines } = of(() => undefined)
    const { method, url, headers, body } = request(payload)
    const outcome = await receiver.handle({ method, url, headers, read: () => body })
    expect(verdictOf(outcome)).toBe('503 keys-failed')
    receiver.work()
    await settled()
    expect(lines.map((line) => line.includes('refused with 503'))).toEqual([false, true])
  })

  it('is asked for again with the next request', async () => {
    let given: string | undefined
    const { receiver } = of(() => given)
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('503 keys-failed')
    given = secret
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('accepted')
  })

  it('is not asked for by what cannot be proven, once the receiver runs', async () => {
    let asked = 0
    const { receiver } = of(() => (asked++, undefined))
    receiver.work()
    const bare = request(payload, [], { headers: fromRawHeaders([]) })
    expect(verdictOf(await receiver.receive(bare))).toBe('401 header-missing')
    expect(asked).toBe(1)
  })

  it('has one call at a time where it is promised, and another one a second after a failure', async () => {
    const calls: { resolve(value: string): void; reject(error: unknown): void }[] = []
    const { receiver, clock } = of(
      () => new Promise<string>((resolve, reject) => void calls.push({ resolve, reject })),
    )
    const receive = (): Promise<string> => Promise.resolve(receiver.receive(request(payload))).then(verdictOf)
    const first = [receive(), receive()]
    calls[0]?.reject(new Error('no vault'))
    expect(await Promise.all(first)).toEqual(['503 keys-failed', '503 keys-failed'])
    expect(await receive()).toBe('503 keys-failed')
    expect(calls).toHaveLength(1)
    await clock.advance(1_000)
    const later = receive()
    expect(calls).toHaveLength(2)
    calls[1]?.resolve(secret)
    expect(await later).toBe('accepted')
  })

  it('is asked for again where a promise does not end, and what comes late serves as well', async () => {
    const calls: ((value: string) => void)[] = []
    const scheme = hmac({ header, secret: () => new Promise<string>((resolve) => void calls.push(resolve)) })
    const clock = manualClock()
    const load = () => scheme.loadKeys?.({ clock })
    const waiting = load()
    expect(load()).toBe(waiting)
    await clock.advance(30_000)
    expect(load()).not.toBe(waiting)
    expect(calls).toHaveLength(2)
    calls[0]?.(secret)
    expect(await waiting).toBeUndefined()
    expect(scheme.verify(request(payload))).toEqual({ keyId: 'default' })
    expect(load()).toBeUndefined()
  })

  it('ends no process where one function throws beside another whose promise is rejected', async () => {
    const { receiver } = of({ a: async () => away(), b: away })
    expect(verdictOf(await receiver.receive(request(payload)))).toBe('503 keys-failed')
    await settled()
  })
})

describe('work()', () => {
  it('says what is wrong before a request comes, once, and the reception of requests says it of each', async () => {
    const { receiver, lines } = of(() => undefined)
    receiver.work()
    receiver.work()
    await settled()
    expect(lines).toEqual([
      'ruled: no key: TypeError: The secret must be text or bytes, not undefined. Give the secret exactly as the provider shows it, usually from an environment variable',
    ])
  })

  it("goes on where a scheme that may be anybody's throws, rejects or answers nonsense", async () => {
    const linesOf = async (loadKeys: () => unknown): Promise<readonly string[]> => {
      const { receiver, lines } = ruledBench({ scheme: schemeOf({ loadKeys: loadKeys as never }) })
      receiver.work()
      await settled()
      return lines
    }
    expect(await linesOf(away)).toEqual([])
    expect(await linesOf(() => Promise.reject(new Error('no vault')))).toEqual([])
    expect(await linesOf(() => 'text')).toHaveLength(1)
    expect(await linesOf(() => undefined)).toEqual([])
  })

  it('notices a key at two endpoints when it is there', async () => {
    const infos: object[] = []
    const silent = (): void => {}
    const logger = {
      debug: silent,
      info: (line: object) => void infos.push(line),
      warn: silent,
      error: silent,
    }
    const shared = 'a-secret-that-two-endpoints-share'
    for (const endpoint of ['first', 'second']) of(async () => shared, { logger, endpoint }).receiver.work()
    await settled()
    expect(infos).toEqual([{ endpoint: 'second', other: 'first' }])
  })
})

describe('a scheme whose keys come late', () => {
  it('is no verdict before it was prepared', async () => {
    const scheme = hmac({ header, secret: () => secret })
    expect(scheme.verify(request(payload))).toMatchObject({ code: 'keys-failed', error: expect.any(Error) })
    expect(scheme.prepare?.(request(payload), bounds)).toBeUndefined()
    expect(scheme.verify(request(payload))).toEqual({ keyId: 'default' })
  })

  it('is one of any: a key that cannot be had is told where no other proves the request', async () => {
    const other = (value: string | undefined) => hmac({ header, secret: async () => value })
    const missing = anyOf([other(undefined), hmac({ header, secret: next })])
    expect(await missing.loadKeys?.(bounds)).toMatchObject({ code: 'keys-failed' })
    await missing.prepare?.(request(payload), bounds)
    expect(missing.verify(request(payload))).toMatchObject({ code: 'keys-failed' })
    const sent = request(payload, [], { headers: fromRawHeaders(signedBy(next)) })
    expect(missing.verify(sent)).toEqual({ keyId: 'default' })
    const there = anyOf([other(secret), hmac({ header, secret: next })])
    expect(there.verify(request(payload))).toMatchObject({ code: 'keys-failed' })
    expect(await there.loadKeys?.(bounds)).toBeUndefined()
    expect(there.loadKeys?.(bounds)).toBeUndefined()
    expect(there.verify(request(payload))).toEqual({ keyId: 'default' })
    const pending = hmac({ header, secret: () => new Promise<string>(() => {}) })
    void pending.prepare?.(request(payload), bounds)
    expect(pending.verify(request(payload))).toMatchObject({ code: 'keys-failed' })
  })

  it('is explained', async () => {
    const explained = (value: string | undefined) =>
      explain(request(payload), ruled({ scheme: hmac({ header, secret: async () => value }) }), {
        clock: bounds.clock,
      })
    expect(await explained(undefined)).toMatchObject({ kind: 'rejected', code: 'keys-failed' })
    expect(await explained(secret)).toEqual({ kind: 'passed', findings: [] })
  })
})
