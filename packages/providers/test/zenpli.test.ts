import { createHmac, generateKeyPairSync } from 'node:crypto'
import {
  createReceiver,
  type EventSchema,
  fromRawHeaders,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
  type Signal,
} from '@acuse/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { lettersOf } from '../../core/test/support/letters.ts'
import {
  separateZenpliOptions,
  type ZenpliEvents,
  type ZenpliOptions,
  zenpli,
  zenpliCallback,
} from '../src/zenpli/index.ts'

const secret = 'b1d4c0ffee5eed00b1d4c0ffee5eed01'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const now = Date.parse('2025-12-10T15:30:00Z')
const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
const callback = { status: 'completed', session_id: '789xyz', result: { score: 0.9 } }
const silent = (): void => {}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function bench<Result>(
  provider: Provider<ZenpliEvents<Result>>,
  options: ReceiverOptions<ZenpliEvents<Result>> = {},
) {
  const signals: Signal[] = []
  const receiver = createReceiver(provider, {
    handle: 'all',
    clock,
    inbox: memoryInbox({ clock, maxIdentities: 1_000 }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    observer: (signal) => signals.push(signal),
    ...options,
  })
  const send = async (payload: unknown, headers: Record<string, string>) => {
    const body = Buffer.from(JSON.stringify(payload))
    const raw = Object.entries({ 'X-Session-Id': '789xyz', ...headers }).flat()
    return receiver.receive({ method: 'POST', url: '/', headers: fromRawHeaders(raw), body })
  }
  const hmacOf = (payload: unknown, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', secret).update(JSON.stringify(payload)).digest(encoding)
  const sendHmac = (payload: unknown, headers: Record<string, string> = {}) =>
    send(payload, { 'X-Zenpli-HMAC-Signature': hmacOf(payload), ...headers })
  return { receiver, signals, send, sendHmac, hmacOf }
}

const handled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe("zenpli's proof", () => {
  it('by RSA is a base64 PKCS#1 v1.5 signature with SHA-256 in X-Zenpli-Signature', async () => {
    const { send } = bench(zenpli({ rsa: publicKey }))
    const signature =
      zenpli({ rsaPrivateKey: privateKey }).scheme.sign?.(Buffer.from(JSON.stringify(callback))) ?? {}
    expect(Object.keys(signature)).toEqual(['x-zenpli-signature'])
    expect(await send(callback, signature)).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await send({ ...callback, status: 'x' }, signature)).toMatchObject({ status: 401 })
  })

  it('by HMAC is taken as hex and as base64, told apart by length', async () => {
    const { send, hmacOf } = bench(zenpli({ hmac: secret }))
    for (const encoding of ['hex', 'base64'] as const) {
      const payload = { ...callback, session_id: encoding }
      const headers = { 'X-Zenpli-HMAC-Signature': hmacOf(payload, encoding), 'X-Session-Id': encoding }
      expect(await send(payload, headers)).toMatchObject({ status: 200 })
    }
    expect(await send(callback, { 'X-Zenpli-HMAC-Signature': 'abc123signature==' })).toMatchObject({
      status: 401,
    })
  })

  it('by API key is taken alone and after Bearer', async () => {
    const { send } = bench(zenpli({ apiKey: secret }))
    expect(await send(callback, { Authorization: secret })).toMatchObject({ kind: 'accepted' })
    expect(await send(callback, { Authorization: `Bearer ${secret}` })).toMatchObject({ kind: 'duplicate' })
    expect(await send(callback, { Authorization: `${secret}x` })).toMatchObject({ status: 401 })
  })

  it.each([
    ['rsa', { rsa: publicKey }, 'X-Acme-Signature'],
    ['hmac', { hmac: secret }, 'X-Acme-HMAC-Signature'],
    ['apiKey', { apiKey: secret }, 'X-Acme-Authorization'],
    ['rsaPrivateKey', { rsaPrivateKey: privateKey }, 'x-acme-signature'],
  ])('by %s may stand in another header that ends as Zenpli says, and in no other', (name, proof, header) => {
    expect(() => zenpli({ ...proof, header } as ZenpliOptions)).not.toThrow()
    const others = [
      'X-Acme',
      'Signature-X',
      'X-Acme-Signature',
      'X-Acme-HMAC-Signature',
      'X-Acme-Authorization',
    ]
    for (const other of others) {
      if (other.toLowerCase() === header.toLowerCase()) continue
      expect(() => zenpli({ ...proof, header: other } as ZenpliOptions), other).toThrow(
        `for ${name}, such as`,
      )
    }
    expect(() => zenpli({ ...proof, header: 5 } as never)).toThrow(TypeError)
  })

  it('is exactly one, and every option is known', () => {
    for (const options of [
      {},
      { rsa: publicKey, hmac: secret },
      { hmac: secret, apiKey: secret },
      { hmac: undefined, rsa: publicKey },
    ]) {
      expect(() => zenpli(options as ZenpliOptions)).toThrow(
        'exactly one of rsa, hmac, apiKey, rsaPrivateKey',
      )
    }
    expect(() => zenpli({ hmac: undefined })).toThrow('The secret must be text or bytes, not undefined')
    expect(() => zenpli({ rsa: undefined })).toThrow('publicKey must be')
    expect(() => zenpli({ hmac: secret, headr: 'x' } as never)).toThrow("zenpli has no option 'headr'")
    expect(() => zenpli({ hmac: secret, timestamp: 'never' } as never)).toThrow(
      "must be 'optional' or 'required'",
    )
    expect(() => zenpli({ hmac: secret, timestampHeader: 'x y' })).toThrow('timestampHeader')
  })

  it('by API key in production warns once in the life of the process; elsewhere not at all', () => {
    bench(zenpli({ apiKey: secret }))
    // What the memory inbox is warned of has been said.
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    bench(zenpli({ apiKey: secret }))
    vi.stubEnv('NODE_ENV', 'production')
    bench(zenpli({ hmac: secret }))
    expect(warned).not.toHaveBeenCalled()
    bench(zenpli({ apiKey: secret }))
    bench(zenpli({ apiKey: secret }))
    expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('signs nothing'), {
      type: 'AcuseWarning',
      code: 'ACUSE_API_KEY_IN_PRODUCTION',
    })
  })

  it('without a time on a volatile inbox warns that a captured callback runs again, and names the durable ones', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    bench(zenpli({ hmac: secret, product: 'warned' }))
    bench(zenpli({ hmac: secret, product: 'warned' }))
    bench(zenpli({ hmac: secret, product: 'timed', timestamp: 'required' }))
    const durable = Object.assign(memoryInbox(), { durability: 'durable', identities: 'durable' } as const)
    bench(zenpli({ hmac: secret, product: 'durable' }), { inbox: durable })
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /^zenpli-warned: .*runs again after each restart.*a durable inbox.*docs.acknowledging\.md/,
      ),
      { type: 'AcuseWarning', code: 'ACUSE_REPLAY_AFTER_RESTART' },
    )
  })

  it('holds where there is no process to ask for its environment', () => {
    vi.stubGlobal('process', undefined)
    expect(() => zenpli({ apiKey: secret })).not.toThrow()
    vi.stubGlobal('process', {})
    expect(() => zenpli({ apiKey: secret })).not.toThrow()
    vi.unstubAllGlobals()
  })
})

describe("zenpli's callback", () => {
  it("is handed over as it came: Zenpli's own example, unknown fields kept", async () => {
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret }))
    const payloads: unknown[] = []
    receiver.on('callback', (event) => payloads.push(event.payload, event.occurredAt))
    const payload = { ...callback, result: { any: ['shape'] }, extra: { kept: true } }
    expect(await sendHmac(payload)).toMatchObject({ status: 200 })
    await handled()
    expect(payloads).toEqual([payload, undefined])
    expect(zenpliCallback.parse(payload)).toEqual(payload)
  })

  it.each([
    ['no session', { status: 'completed' }, 400],
    ['a session that is no text', { ...callback, session_id: 7 }, 400],
    ['an empty session', { ...callback, session_id: '' }, 400],
  ])('with %s is refused', async (_, payload, status) => {
    expect(await bench(zenpli({ hmac: secret })).sendHmac(payload)).toMatchObject({ status })
  })

  it('without a status is a dead letter: authentic, and not lost', async () => {
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret }))
    expect(await sendHmac({ session_id: '789xyz' })).toMatchObject({ status: 200 })
    await handled()
    expect(await lettersOf(receiver.inbox, { reason: 'schema-mismatch' })).toHaveLength(1)
  })

  const pending = { ...callback, status: 'pending', result: {} }
  const other = { ...callback, result: { score: 0.1 } }
  const kindsOf = async (
    options: Partial<ZenpliOptions>,
    payloads: readonly object[],
    of: 'hmac' | 'apiKey' = 'hmac',
  ) => {
    const { send, sendHmac } = bench(
      zenpli({ ...(of === 'hmac' ? { hmac: secret } : { apiKey: secret }), ...options } as ZenpliOptions),
    )
    const kinds: string[] = []
    for (const payload of payloads) {
      const outcome = await (of === 'hmac' ? sendHmac(payload) : send(payload, { Authorization: secret }))
      kinds.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind)
    }
    return kinds
  }

  it('of a session that is pending and then completed is two events, each of them once', async () => {
    for (const options of [{}, { callbacksPerSession: 'one-per-status' as const }])
      expect(await kindsOf(options, [pending, callback, pending, callback, other])).toEqual([
        'accepted',
        'accepted',
        'duplicate',
        'duplicate',
        'conflict',
      ])
  })

  it('may be one of its session, or many', async () => {
    const payloads = [pending, callback, other, pending, other]
    expect(await kindsOf({ callbacksPerSession: 'one' }, payloads)).toEqual([
      'accepted',
      'conflict',
      'conflict',
      'duplicate',
      'conflict',
    ])
    const many = ['accepted', 'accepted', 'accepted', 'duplicate', 'duplicate']
    expect(await kindsOf({ callbacksPerSession: 'many' }, payloads)).toEqual(many)
    expect(await kindsOf({}, payloads, 'apiKey')).toEqual(many)
    expect(await kindsOf({ callbacksPerSession: 'many' }, payloads, 'apiKey')).toEqual(many)
  })

  it('has a number of callbacks that is known, and many where nothing is signed', () => {
    expect(() => zenpli({ hmac: secret, callbacksPerSession: 'two' as never })).toThrow(
      "must be 'one', 'one-per-status' or 'many'",
    )
    for (const callbacksPerSession of ['one', 'one-per-status'] as const)
      expect(() => zenpli({ apiKey: secret, callbacksPerSession })).toThrow('would displace the real one')
  })

  it('of a session whose status is none is known by all that it says', async () => {
    const odd = [undefined, 'undefined', null, 'null', 7, '7', '', ' ']
    const payloads = odd.map((status) => ({ ...callback, status }))
    expect(await kindsOf({}, payloads)).toEqual(odd.map(() => 'accepted'))
    expect(
      await kindsOf({}, [
        { ...callback, status: 7 },
        { ...callback, status: 7 },
      ]),
    ).toEqual(['accepted', 'duplicate'])
  })

  it('takes a schema for its result, which types it, and a mismatch names its place', async () => {
    const provider = zenpli({
      hmac: secret,
      result: z.object({ score: z.number().transform((score) => score * 100) }),
    })
    const { receiver, sendHmac } = bench(provider)
    const scores: number[] = []
    receiver.on('callback', ({ payload }) => scores.push(payload.result.score))
    await sendHmac(callback)
    await sendHmac({ ...callback, session_id: 'b', result: { score: 'high' } }, { 'X-Session-Id': 'b' })
    await sendHmac({ ...callback, session_id: 'c', status: 5 }, { 'X-Session-Id': 'c' })
    await handled()
    expect(scores).toEqual([90])
    const errors = (await lettersOf(receiver.inbox)).map(({ failures }) => failures[0]?.message).sort()
    expect(errors).toEqual([expect.stringContaining('at result.score'), expect.stringContaining('at status')])
  })

  it('takes a schema of any library, whose issues may have no path', async () => {
    const result: EventSchema<string> = {
      '~standard': { version: 1, vendor: 'own', validate: () => ({ issues: [{ message: 'no' }] }) },
    }
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret, result }))
    await sendHmac(callback)
    await handled()
    const [letter] = await lettersOf(receiver.inbox)
    expect(letter?.failures[0]?.message).toMatch(/at result$/)
  })

  it('has an endpoint of its own for each product, where that is how Zenpli was set up', () => {
    expect(zenpli({ hmac: secret })).toMatchObject({ name: 'zenpli', path: '/webhooks/zenpli' })
    expect(zenpli({ hmac: secret, product: 'kyb' })).toMatchObject({
      name: 'zenpli-kyb',
      path: '/webhooks/zenpli/kyb',
    })
    for (const product of ['K Y B', '', '-', 7, null] as string[])
      expect(() => zenpli({ hmac: secret, product })).toThrow('zenpli product must be lower-case')
    for (const result of [null, {}, () => {}] as never[])
      expect(() => zenpli({ hmac: secret, result })).toThrow('zenpli result must be a schema')
    expect(() => zenpli({ hmac: secret, timestampHeader: null as never })).toThrow('must be a header name')
  })
})

describe("zenpli's time", () => {
  it('may be left out, or null; one that is stated must be fresh', async () => {
    const { sendHmac } = bench(zenpli({ hmac: secret }))
    const at = (timestamp: unknown, session: string) =>
      sendHmac({ ...callback, session_id: session, timestamp }, { 'X-Session-Id': session })
    expect(await at(null, 'a')).toMatchObject({ status: 200 })
    expect(await at('2025-12-10T15:29:00Z', 'b')).toMatchObject({ status: 200 })
    expect(await at(now / 1000, 'c')).toMatchObject({ status: 200 })
    expect(await at(String(now), 'd')).toMatchObject({ status: 200 })
    const printed = ['2025-12-10 15:29:30.123456+00:00', '2025-12-10 12:29:30 -0300', now / 1000 + 0.25]
    for (const [nth, time] of printed.entries())
      expect(await at(time, `printed-${nth}`), String(time)).toMatchObject({ status: 200 })
    expect(await at('2025-12-10T15:00:00Z', 'e')).toMatchObject({ code: 'time-past' })
    expect(await at('yesterday', 'f')).toMatchObject({ code: 'time-malformed' })
  })

  it('can be required, in the payload or in a header', async () => {
    const inBody = bench(zenpli({ hmac: secret, timestamp: 'required' }))
    expect(await inBody.sendHmac(callback)).toMatchObject({ code: 'time-missing' })
    expect(await inBody.sendHmac({ ...callback, timestamp: '2025-12-10T15:30:00Z' })).toMatchObject({
      status: 200,
    })
    const inHeader = bench(zenpli({ hmac: secret, timestamp: 'required', timestampHeader: 'X-Timestamp' }))
    expect(await inHeader.sendHmac(callback)).toMatchObject({ code: 'time-missing' })
    expect(await inHeader.sendHmac(callback, { 'X-Timestamp': String(now / 1000) })).toMatchObject({
      status: 200,
    })
    const raw = [
      'X-Timestamp',
      '1',
      'X-Timestamp',
      '2',
      'X-Session-Id',
      '789xyz',
      'X-Zenpli-HMAC-Signature',
      inHeader.hmacOf(callback),
    ]
    const body = Buffer.from(JSON.stringify(callback))
    const repeated = { method: 'POST', url: '/', headers: fromRawHeaders(raw), body }
    expect(await inHeader.receiver.receive(repeated)).toMatchObject({ code: 'header-repeated' })
  })

  it('shortens no memory of sessions: Zenpli does not say for how long it retries', async () => {
    const day = 86_400_000
    const cases: [ZenpliOptions, number][] = [
      [{ hmac: secret }, 7 * day],
      [{ hmac: secret, timestamp: 'required', timestampHeader: 'X-Timestamp' }, 7 * day],
      [{ apiKey: secret, timestamp: 'required' }, 7 * day],
      [{ hmac: secret, timestamp: 'required' }, 7 * day],
    ]
    for (const [options, expected] of cases) {
      const asked: number[] = []
      const inbox = memoryInbox({ clock, maxIdentities: 10 })
      const accept = inbox.accept.bind(inbox)
      inbox.accept = (delivery, acceptOptions) => {
        asked.push(acceptOptions.minRetentionMs)
        return accept(delivery, acceptOptions)
      }
      const { send, hmacOf } = bench(zenpli(options), { inbox })
      const payload = { ...callback, timestamp: '2025-12-10T15:30:00Z' }
      const proof =
        'hmac' in options ? { 'X-Zenpli-HMAC-Signature': hmacOf(payload) } : { Authorization: secret }
      await send(payload, { ...proof, 'X-Timestamp': String(now) })
      expect(asked).toEqual([expected])
    }
  })
})

describe("zenpli's sending", () => {
  it('repeats the session in its header, and differs with its time', async () => {
    const at = new Date(now)
    const plain = zenpli({ hmac: secret }).sending
    const samples = await plain?.samples()
    const stamped = plain?.stamp({ ...samples?.callback }, at) ?? {}
    expect(stamped).toEqual({ status: 'completed', session_id: `789xyz-${now}`, result: {} })
    expect(plain?.headers?.(stamped, at)).toEqual({ 'x-session-id': `789xyz-${now}` })
    const timed = zenpli({ hmac: secret, timestamp: 'required' }).sending
    expect(timed?.stamp({}, at)).toMatchObject({ timestamp: '2025-12-10T15:30:00.000Z' })
    const inHeader = zenpli({ hmac: secret, timestamp: 'required', timestampHeader: 'X-Time' }).sending
    expect(inHeader?.stamp({}, at)).not.toHaveProperty('timestamp')
    expect(inHeader?.headers?.({ session_id: 's' }, at)).toEqual({
      'x-session-id': 's',
      'x-time': '2025-12-10T15:30:00.000Z',
    })
  })
})

describe('separateZenpliOptions', () => {
  it('gives Zenpli what is its, and the receiver the rest', () => {
    const options = { hmac: secret, product: 'kyb', path: '/x', concurrency: 2, own: 1 }
    expect(separateZenpliOptions(options, ['own'])).toEqual([
      { hmac: secret, product: 'kyb' },
      { path: '/x', concurrency: 2, own: 1 },
    ])
  })

  it('refuses what neither has, and names what they have', () => {
    expect(() => separateZenpliOptions({ hmac: secret, prodcut: 'kyb' })).toThrow(
      /zenpliCallbacks options has no option 'prodcut'. It has: rsa, .*product, on, onUnknown/,
    )
    expect(() => separateZenpliOptions(null as never)).toThrow(
      'zenpliCallbacks options must be an object, not null',
    )
  })
})
