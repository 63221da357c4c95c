import type { EventSchema } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lettersOf } from '../../core/test/support/letters.ts'
import { zenpliCallback } from '../src/zenpli/callback.ts'
import { type ZenpliOptions, zenpli } from '../src/zenpli/index.ts'
import { bench, callback, secret } from './support/zenpli.ts'

describe("zenpli's callback", () => {
  it("is handed over as it came: Zenpli's own example, unknown fields kept", async () => {
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret }))
    const payloads: unknown[] = []
    receiver.on('callback', (event) => payloads.push(event.payload, event.occurredAt))
    const payload = { ...callback, result: { any: ['shape'] }, extra: { kept: true } }
    expect(await sendHmac(payload)).toMatchObject({ status: 200 })
    await receiver.onIdle()
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
    await receiver.onIdle()
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
    await receiver.onIdle()
    expect(scores).toEqual([90])
    const errors = (await lettersOf(receiver.inbox)).map(({ failures }) => failures[0]?.message).sort()
    expect(errors).toEqual([expect.stringContaining('at result.score'), expect.stringContaining('at status')])
  })

  it('names in a mismatch no key of a record, which is data such as an e-mail address', async () => {
    const lines: string[] = []
    const note = (details: object, line: string) => lines.push(JSON.stringify(details), line)
    const logger = { debug: note, info: note, warn: note, error: note }
    const result = z.record(z.string(), z.object({ score: z.number() }))
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret, result }), { logger })
    await sendHmac({ ...callback, result: { 'juan.perez@example.com': { score: 'high' } } })
    await receiver.onIdle()
    const [letter] = await lettersOf(receiver.inbox)
    expect(letter?.failures[0]?.message).toMatch(/at result\.\*\.score$/)
    expect(lines.join('\n')).toContain('at result.*.score')
    expect(lines.join('\n')).not.toContain('juan.perez')
  })

  it('takes a schema of any library, whose issues may have no path', async () => {
    const result: EventSchema<string> = {
      '~standard': { version: 1, vendor: 'own', validate: () => ({ issues: [{ message: 'no' }] }) },
    }
    const { receiver, sendHmac } = bench(zenpli({ hmac: secret, result }))
    await sendHmac(callback)
    await receiver.onIdle()
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
