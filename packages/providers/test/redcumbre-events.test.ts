import { createHmac } from 'node:crypto'
import { fromRawHeaders } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { lettersOf } from '../../core/test/support/letters.ts'
import { redcumbre, redcumbreEventNames } from '../src/redcumbre/index.ts'
import { redcumbreEvents } from '../src/redcumbre/schemas.ts'
import { fixture, kindsOf, names, type Payload, receiverAt, request, secret } from './support/redcumbre.ts'

describe('redcumbre', () => {
  it('knows the 12 events that its documents list, exactly as they are written', () => {
    expect([...redcumbreEventNames].sort()).toEqual([...names].sort())
    expect(Object.keys(redcumbreEvents).sort()).toEqual([...names].sort())
    expect(names).toHaveLength(12)
  })

  it.each(names)('receives a real %s: accepted, typed, handled', async (name) => {
    const payload = fixture(name)
    const { receiver, receive } = receiverAt(payload.timestamp)
    const events: unknown[] = []
    receiver.on(name, (event) => events.push(event))
    receiver.on(`${name.split('.')[0] as 'bhe'}.*`, (event) => events.push(event))
    expect(await receive(payload)).toMatchObject({ status: 200, kind: 'accepted' })
    await receiver.onIdle()
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({
      type: name,
      payload,
      provider: 'redcumbre',
      occurredAt: new Date(payload.timestamp),
    })
  })

  it.each(names)('keeps unknown fields of %s, at every depth', async (name) => {
    const deepen = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(deepen)
      if (typeof value !== 'object' || value === null) return value
      return {
        ...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, deepen(each)])),
        nuevo: { campo: 1 },
      }
    }
    const payload = deepen(fixture(name)) as Payload
    expect(redcumbreEvents[name].parse(payload)).toEqual(payload)
    const { receiver, receive } = receiverAt(payload.timestamp)
    const payloads: unknown[] = []
    receiver.on(name, (event) => payloads.push(event.payload))
    await receive(payload)
    await receiver.onIdle()
    expect(payloads).toEqual([payload])
  })

  it.each(names)('signs and samples %s as its documents have it', async (name) => {
    const { sending } = redcumbre(secret)
    const samples = await sending?.samples()
    expect(samples?.[name]).toEqual(fixture(name))
  })

  it('verifies what the Node example of its documents signs, and that example verifies what it signs', () => {
    // «Ejemplo en Node.js», over the bytes that were sent instead of a body that was parsed and printed again.
    const body = Buffer.from(JSON.stringify(fixture('bhe.emitida')))
    const theirs = createHmac('sha256', secret)
      .update(JSON.stringify(JSON.parse(body.toString())))
      .digest('hex')
    const { scheme } = redcumbre(secret)
    expect(
      scheme.verify({ ...request(body), headers: fromRawHeaders(['X-Webhook-Signature', theirs]) }),
    ).toEqual({
      keyId: 'default',
    })
    expect(scheme.sign?.(body)).toEqual({ 'x-webhook-signature': theirs })
  })

  it('takes the secret as text, not as the bytes that its hexadecimal digits stand for', () => {
    const body = Buffer.from('{}')
    const wrong = createHmac('sha256', Buffer.from(secret, 'hex')).update(body).digest('hex')
    const headers = fromRawHeaders(['X-Webhook-Signature', wrong])
    expect(redcumbre(secret).scheme.verify({ ...request(body), headers })).toEqual({
      code: 'signature-mismatch',
    })
  })

  it('delivers an event that its documents do not list to onUnknown, answered 200', async () => {
    const { receiver, receive } = receiverAt('2025-12-10T15:30:00Z')
    const unknown: unknown[] = []
    receiver.onUnknown(({ type, payload }) => unknown.push(type, payload))
    const payload = { event: 'bhe.anulada', bheId: 'x', timestamp: '2025-12-10T15:30:00Z' }
    expect(await receive(payload)).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await receive(payload)).toMatchObject({ kind: 'duplicate' })
    expect(await receive({ ...payload, motivo: 'otro' })).toMatchObject({ kind: 'accepted' })
    await receiver.onIdle()
    expect(unknown.slice(0, 2)).toEqual(['bhe.anulada', payload])
  })

  it.each([
    ['no event', { timestamp: '2025-12-10T15:30:00Z' }, 400],
    ['an event that is no text', { event: 7, timestamp: '2025-12-10T15:30:00Z' }, 400],
    ['no timestamp', { event: 'bhe.emitida', bheId: 'x' }, 401],
    ['a timestamp that is a number', { event: 'bhe.emitida', bheId: 'x', timestamp: 1765380600 }, 401],
  ])('refuses a signed body with %s', async (_, payload, status) => {
    const { receive } = receiverAt('2025-12-10T15:30:00Z')
    expect(await receive(payload)).toMatchObject({ status })
  })

  it('makes a dead letter of an event that fails its schema, instead of losing it', async () => {
    const { receiver, receive, observations } = receiverAt('2025-12-10T15:30:00Z')
    const payload = { ...fixture('bhe.emitida'), montos: { bruto: 'mucho' } }
    expect(await receive(payload)).toMatchObject({ status: 200 })
    await receiver.onIdle()
    expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'schema-mismatch' })
    const [letter] = await lettersOf(receiver.inbox)
    expect(String(letter?.failures[0]?.message)).toContain('montos.bruto, montos.ppm, montos.liquido')
  })

  it('takes what a sender may leave out: the reference, the recipient, the reason', () => {
    const { correlationId: _, ...bhe } = fixture('bhe.emitida')
    const parsed = redcumbreEvents['bhe.emitida'].parse({ ...bhe, destinatario: { sinDestinatario: true } })
    expect(parsed.destinatario.rut).toBeUndefined()
    expect(() =>
      redcumbreEvents['bhe.emitida'].parse({ ...bhe, destinatario: { rut: null, nombre: null } }),
    ).not.toThrow()
    const { correlationId: __, ...failed } = fixture('bhe.emision_fallida')
    expect(() => redcumbreEvents['bhe.emision_fallida'].parse(failed)).not.toThrow()
  })
})

describe("redcumbre's sending", () => {
  it.each(names)('never makes two deliveries of %s one, nor one two', async (name) => {
    const { sending } = redcumbre(secret)
    const stamp = (ms: number) =>
      sending?.stamp?.(fixture(name), new Date(Date.parse(fixture(name).timestamp) + ms)) as Payload
    expect(await kindsOf(stamp(0), stamp(1), stamp(0))).toEqual(['accepted', 'accepted', 'duplicate'])
  })
})

describe("redcumbre's secret", () => {
  it('may be two while one replaces the other, and must be one that can be used', () => {
    expect(() => redcumbre({ current: secret, next: 'f'.repeat(32) + secret })).not.toThrow()
    for (const bad of [undefined, '', 'changeme', 'short']) expect(() => redcumbre(bad)).toThrow(TypeError)
  })
})
