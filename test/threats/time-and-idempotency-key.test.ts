import { createHmac } from 'node:crypto'
import {
  createReceiver,
  defineProvider,
  hmac,
  memoryInbox,
  type ReceiverOptions,
  type TimeFormat,
} from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { type ZenpliOptions, zenpli } from '@acuse/providers/zenpli'
import { describe, expect, it } from 'vitest'
import { lettersOf } from '../../packages/core/test/support/letters.ts'
import { requestOf, secret } from '../support/schemes.ts'

const header = 'x-signature'
const now = Date.parse('2025-12-10T15:30:00Z')
const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
const silent = (): void => {}
const options = (): ReceiverOptions<never> => ({
  clock,
  inbox: memoryInbox({ clock, maxIdempotencyKeys: 10_000 }),
  logger: { debug: silent, info: silent, warn: silent, error: silent },
})
const sign = (body: string): string => createHmac('sha256', secret).update(body).digest('hex')

/** A receiver whose time is written in a format, and what it answers to a time. */
function timed(format: TimeFormat) {
  const provider = defineProvider<{ e: object }>({
    name: 'timed',
    path: '/',
    scheme: hmac({ header, secret }),
    events: {
      e: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as object }) } },
    },
    time: { of: 'event', format, required: true, signed: true },
    envelope: ({ t }) => ({ type: 'e', time: t }),
  })
  const receiver = createReceiver(provider, options())
  return async (literal: string): Promise<string | number> => {
    const body = `{"t":${literal}}`
    const outcome = await receiver.receive(requestOf({ [header]: sign(body) }, Buffer.from(body)))
    return outcome.kind === 'rejected' ? outcome.code : outcome.status
  }
}

describe('THREATS 15: times that Number() and Date take, and a grammar does not', () => {
  const seconds = String(now / 1000)
  const odd = [
    '"NaN"',
    'null',
    '"1e9"',
    '1.7653806e9',
    '"0x69399938"',
    `"${seconds}abc"`,
    `" ${seconds} "`,
    `"${seconds}\\n"`,
    `"${seconds}.0"`,
    `${seconds}.5`,
    `"+${seconds}"`,
    `-${seconds}`,
    `"0${seconds}"`,
    '"１７６５３８０６００"',
    '9007199254740993',
    '"9007199254740993"',
    '1e999',
    '""',
    '{}',
    `[${seconds}]`,
    'true',
    '"Infinity"',
    '"2025-12-10"',
    '"2025-12-10 15:30:00Z"',
    '"2025-12-10T15:30:00"',
    '"2025-02-30T15:30:00Z"',
    '"Wed, 10 Dec 2025 15:30:00 GMT"',
  ]
  it.each(odd)('15: %s is accepted in no format', async (literal) => {
    for (const format of ['unix-seconds', 'unix-ms', 'rfc3339'] as const) {
      // 1.7653806e9 is the number 1765380600 to JSON, and so to us.
      if (format === 'unix-seconds' && literal === '1.7653806e9') continue
      expect(['time-malformed', 'time-missing'], format).toContain(await timed(format)(literal))
    }
  })

  it('15: an absent time is refused where it is required', async () => {
    expect(odd.length).toBeGreaterThanOrEqual(20)
    expect(await timed('rfc3339')('0,"u":1')).toBe('time-malformed')
    const body = '{"u":1}'
    const provider = redcumbre(secret)
    const outcome = await createReceiver(provider, options() as never).receive(
      requestOf({ 'x-webhook-signature': sign(body) }, Buffer.from(body)),
    )
    expect(outcome.status).toBe(400)
  })
})

describe('THREATS 16: times of the future, and seconds against milliseconds', () => {
  const formats: [TimeFormat, (at: number) => string][] = [
    ['rfc3339', (at) => `"${new Date(at).toISOString()}"`],
    ['unix-ms', (at) => String(at)],
    ['unix-seconds', (at) => String(Math.floor(at / 1000))],
  ]
  it.each(formats)('16: the window has two sides, each at its millisecond (%s)', async (format, write) => {
    const step = format === 'unix-seconds' ? 1_000 : 1
    const table: [number, string | number][] = [
      [-300_000 - step, 'time-past'],
      [-300_000, 200],
      [0, 200],
      [60_000, 200],
      [60_000 + step, 'time-future'],
      [365 * 86_400_000, 'time-future'],
      [-365 * 86_400_000, 'time-past'],
    ]
    for (const [offset, expected] of table)
      expect(await timed(format)(write(now + offset)), `${offset}`).toBe(expected)
  })

  it('16: the unit is the provider’s: seconds are no milliseconds, and the other way round', async () => {
    expect(await timed('unix-seconds')(String(now))).toBe('time-malformed')
    expect(await timed('unix-ms')(String(now / 1000))).toBe('time-malformed')
  })

  it('16: a window that cannot be checked does not construct', () => {
    for (const bad of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, '300000' as never]) {
      expect(() => createReceiver(redcumbre(secret), { tolerance: { pastMs: bad } })).toThrow(TypeError)
      expect(() => createReceiver(redcumbre(secret), { tolerance: { futureMs: bad } })).toThrow(TypeError)
    }
  })
})

/** A Zenpli receiver, what it answers, and how often its handler ran. */
function zenpliBench(settings: Partial<ZenpliOptions> = {}, of: 'hmac' | 'apiKey' = 'hmac') {
  let handled = 0
  const proof = of === 'hmac' ? { hmac: secret } : { apiKey: secret }
  const receiver = createReceiver(zenpli({ ...proof, ...settings } as ZenpliOptions), options() as never)
  receiver.on('callback', () => {
    handled++
  })
  const send = async (payload: object, headers: Record<string, string | readonly string[]>) => {
    const body = JSON.stringify(payload)
    const proof = of === 'hmac' ? { 'x-zenpli-hmac-signature': sign(body) } : { authorization: secret }
    const outcome = await receiver.receive(requestOf({ ...proof, ...headers }, Buffer.from(body)))
    return outcome.kind === 'rejected' ? outcome.code : outcome.kind
  }
  const handledNow = async (): Promise<number> => {
    await receiver.onIdle()
    return handled
  }
  return { receiver, send, handledNow }
}

const callback = { status: 'completed', session_id: '789xyz', result: { score: 1 } }

describe('THREATS 17: an idempotency key or a time in an unsigned header', () => {
  it('17: a captured body under a fresh session header is refused, never run', async () => {
    const { send, handledNow } = zenpliBench()
    expect(await send(callback, { 'x-session-id': '789xyz' })).toBe('accepted')
    for (const fresh of ['fresh', '789xyZ', ' 789xyz', '789xyz ', '789xyz,789xyz', '__proto__']) {
      expect(await send(callback, { 'x-session-id': fresh }), fresh).toBe('header-mismatch')
    }
    expect(await send(callback, {})).toBe('header-missing')
    expect(await send(callback, { 'x-session-id': '' })).toBe('header-missing')
    expect(await send(callback, { 'x-session-id': ['789xyz', 'fresh'] })).toBe('header-repeated')
    expect(await send(callback, { 'x-session-id': '789xyz' })).toBe('duplicate')
    expect(await handledNow()).toBe(1)
  })

  it('17: an old body whose time header was refreshed is a duplicate, never run', async () => {
    const { send, handledNow } = zenpliBench({ timestampHeader: 'X-Timestamp', timestamp: 'required' })
    const at = (ms: number) => ({ 'x-session-id': '789xyz', 'x-timestamp': new Date(now + ms).toISOString() })
    expect(await send(callback, at(-200_000))).toBe('accepted')
    expect(await send(callback, at(0))).toBe('duplicate')
    expect(await send(callback, at(-400_000))).toBe('time-past')
    expect(await handledNow()).toBe(1)
  })

  it('17: a delivery id that somebody adds to a Redcumbre delivery changes nothing', async () => {
    const receiver = createReceiver(redcumbre(secret), options() as never)
    const body = JSON.stringify({ event: 'bhe.x', timestamp: new Date(now).toISOString() })
    const kinds: string[] = []
    for (const id of ['1', '2', '3']) {
      const headers = {
        'x-webhook-signature': sign(body),
        'x-delivery-id': id,
        'idempotency-key': id,
        'x-timestamp': `${now}`,
      }
      kinds.push((await receiver.receive(requestOf(headers, Buffer.from(body)))).kind)
    }
    expect(kinds).toEqual(['accepted', 'duplicate', 'duplicate'])
  })
})

describe('THREATS 4: the signature as replay key', () => {
  it('4: 40 malleations of the signature of one delivery run its handler once', async () => {
    const receiver = createReceiver(redcumbre(secret), options() as never)
    let handled = 0
    receiver.onUnknown(() => {
      handled++
    })
    const body = JSON.stringify({ event: 'bhe.x', timestamp: new Date(now).toISOString() })
    const right = sign(body)
    const malleated = Array.from({ length: 40 }, (_, at) =>
      at % 2 ? right + ' '.repeat(at) : right.slice(0, at) + right.slice(at).toUpperCase(),
    )
    for (const signature of [right, ...malleated, right]) {
      await receiver.receive(requestOf({ 'x-webhook-signature': signature }, Buffer.from(body)))
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(handled).toBe(1)
  })

  it('4: a second signature that is also right, by the key that comes next, is a duplicate', async () => {
    const receiver = createReceiver(redcumbre({ current: secret, next: `${secret}-2` }), options() as never)
    const body = JSON.stringify({ event: 'bhe.x', timestamp: new Date(now).toISOString() })
    const other = createHmac('sha256', `${secret}-2`).update(body).digest('hex')
    const kinds: string[] = []
    for (const signature of [sign(body), other]) {
      kinds.push(
        (await receiver.receive(requestOf({ 'x-webhook-signature': signature }, Buffer.from(body)))).kind,
      )
    }
    expect(kinds).toEqual(['accepted', 'duplicate'])
  })
})

describe('THREATS 23: the same idempotency key with another body', () => {
  const other = { ...callback, result: { score: 99 } }
  const session = { 'x-session-id': '789xyz' }

  it.each([
    [callback, other],
    [other, callback],
  ])('23: is a conflict, kept as a dead letter, in both orders (%#)', async (first, second) => {
    const { send, receiver, handledNow } = zenpliBench()
    expect(await send(first, session)).toBe('accepted')
    expect(await send(second, session)).toBe('conflict')
    expect(await send(first, session)).toBe('duplicate')
    expect(await handledNow()).toBe(1)
    const letters = await lettersOf(receiver.inbox, { reason: 'conflict' })
    expect(letters.map(({ delivery }) => JSON.parse(Buffer.from(delivery.body).toString()))).toEqual([second])
  })

  it('23: is another event where nothing is signed but a key', async () => {
    const { send, handledNow } = zenpliBench({}, 'apiKey')
    expect(await send(callback, session)).toBe('accepted')
    expect(await send(callback, session)).toBe('duplicate')
    expect(await send(other, session)).toBe('accepted')
    expect(await handledNow()).toBe(2)
  })
})
