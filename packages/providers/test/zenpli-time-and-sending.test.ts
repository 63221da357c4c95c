import { fromRawHeaders, memoryInbox } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { separateZenpliOptions, type ZenpliOptions, zenpli } from '../src/zenpli/index.ts'
import { bench, callback, clock, now, secret } from './support/zenpli.ts'

describe("zenpli's time", () => {
  it('may be left out, or null; one that is stated must be fresh', async () => {
    const { sendHmac } = bench(zenpli({ hmac: secret }))
    const at = (timestamp: unknown, session: string) =>
      sendHmac({ ...callback, session_id: session, timestamp }, { 'X-Session-Id': session })
    expect(await at(null, 'a')).toMatchObject({ status: 200 })
    expect(await at('2025-12-10T15:29:00Z', 'b')).toMatchObject({ status: 200 })
    expect(await at(now / 1000, 'c')).toMatchObject({ status: 200 })
    expect(await at(String(now), 'd')).toMatchObject({ status: 200 })
    const printed = [
      '2025-12-10 15:29:30.123456+00:00',
      '2025-12-10 12:29:30 -0300',
      '2025-12-10 12:29:30.000000001 -0300 -03 m=+12.000000042',
      '2025-12-10 09:29:30 -0600 CST',
      now / 1000 + 0.25,
    ]
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
      const inbox = memoryInbox({ clock, maxIdempotencyKeys: 10 })
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
    const stamped = plain?.stamp?.({ ...samples?.callback }, at) ?? {}
    expect(stamped).toEqual({ status: 'completed', session_id: `789xyz-${now}`, result: {} })
    expect(plain?.headers?.(stamped, at, 'callback')).toEqual({ 'x-session-id': `789xyz-${now}` })
    const timed = zenpli({ hmac: secret, timestamp: 'required' }).sending
    expect(timed?.stamp?.({}, at)).toMatchObject({ timestamp: '2025-12-10T15:30:00.000Z' })
    const inHeader = zenpli({ hmac: secret, timestamp: 'required', timestampHeader: 'X-Time' }).sending
    expect(inHeader?.stamp?.({}, at)).not.toHaveProperty('timestamp')
    expect(inHeader?.headers?.({ session_id: 's' }, at, 'callback')).toEqual({
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
