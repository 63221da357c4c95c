import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createReceiver, fromRawHeaders, memoryInbox, type Signal, type WebhookRequest } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { lettersOf } from '../../core/test/support/letters.ts'
import { type RedcumbreEvents, redcumbre, redcumbreEvents } from '../src/redcumbre/index.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const folder = new URL('../../../test/fixtures/redcumbre/', import.meta.url)
const files = readdirSync(folder)
const names = files.map((file) => file.replace(/\.json$/, '')) as (keyof RedcumbreEvents)[]

type Payload = Record<string, unknown> & { timestamp: string }

function fixture(name: string): Payload {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Payload
}

function request(body: string | Buffer): WebhookRequest {
  const bytes = Buffer.from(body)
  const signature = createHmac('sha256', secret).update(bytes).digest('hex')
  return {
    method: 'POST',
    url: '/',
    headers: fromRawHeaders(['X-Webhook-Signature', signature]),
    body: bytes,
  }
}

const silent = (): void => {}

/** A receiver whose clock stands at a payload's time. */
function receiverAt(timestamp: string) {
  const signals: Signal[] = []
  const now = Date.parse(timestamp)
  const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
  const receiver = createReceiver(redcumbre(secret), {
    clock,
    inbox: memoryInbox({ clock, maxIdentities: 1_000 }),
    observer: (signal) => signals.push(signal),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const receive = (payload: unknown) => receiver.receive(request(JSON.stringify(payload)))
  return { receiver, signals, receive }
}

const handled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('redcumbre', () => {
  it('knows the 12 events that its documents list, exactly as they are written', () => {
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
    await handled()
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
    await handled()
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
    expect(redcumbre(secret).scheme.verify({ ...request(body), headers })).toBe('signature-mismatch')
  })

  it('delivers an event that its documents do not list to onUnknown, answered 200', async () => {
    const { receiver, receive } = receiverAt('2025-12-10T15:30:00Z')
    const unknown: unknown[] = []
    receiver.onUnknown(({ type, payload }) => unknown.push(type, payload))
    const payload = { event: 'bhe.anulada', bheId: 'x', timestamp: '2025-12-10T15:30:00Z' }
    expect(await receive(payload)).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await receive(payload)).toMatchObject({ kind: 'duplicate' })
    expect(await receive({ ...payload, motivo: 'otro' })).toMatchObject({ kind: 'accepted' })
    await handled()
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
    const { receiver, receive, signals } = receiverAt('2025-12-10T15:30:00Z')
    const payload = { ...fixture('bhe.emitida'), montos: { bruto: 'mucho' } }
    expect(await receive(payload)).toMatchObject({ status: 200 })
    await handled()
    expect(signals.at(-1)).toMatchObject({ type: 'dead', reason: 'schema-mismatch' })
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

describe("redcumbre's identity", () => {
  /** The field that makes each event itself, and one that does not. */
  const natural: Record<keyof RedcumbreEvents, (payload: Payload) => object> = {
    'tokenizacion.completada': () => ({ sessionId: 'other' }),
    'emisor.revocado': ({ data }) => ({ data: { ...(data as object), emisorId: 'other' } }),
    'bhe.emitida': () => ({ bheId: 'other' }),
    'bhe.emision_terminada': () => ({ bheId: 'other' }),
    'bhe.pdf_sii_fallido': () => ({ bheId: 'other' }),
    'bhe.emision_fallida': () => ({ correlationId: 'other' }),
    'onexo.postulacion-completada': () => ({ postulacionId: 'other' }),
    'onexo.postulacion-aprobada': () => ({ postulacionId: 'other' }),
    'onexo.postulacion-rechazada': () => ({ postulacionId: 'other' }),
    'onexo.aclaracion-solicitada': () => ({ postulacionId: 'other' }),
    'onexo.curso-aprobado': () => ({ cursoId: 'other' }),
    'validafirma.documento-completado': () => ({ documentoId: 'other' }),
  }

  it.each(names)('of %s is its name, its natural id and its time', async (name) => {
    const payload = fixture(name)
    const { receive } = receiverAt(payload.timestamp)
    const later = new Date(Date.parse(payload.timestamp) + 1_000).toISOString()
    expect(await receive(payload)).toMatchObject({ kind: 'accepted' })
    expect(await receive(payload)).toMatchObject({ kind: 'duplicate' })
    expect(await receive({ ...payload, added: 1 })).toMatchObject({ code: 'conflict' })
    expect(await receive({ ...payload, ...natural[name](payload) })).toMatchObject({ kind: 'accepted' })
    expect(await receive({ ...payload, timestamp: later })).toMatchObject({ kind: 'accepted' })
  })

  it('tells two students who pass one course in one second apart', async () => {
    const payload = fixture('onexo.curso-aprobado')
    const { receive } = receiverAt(payload.timestamp)
    const alumno = { ...(payload['alumno'] as object), rut: '9-9' }
    expect(await receive(payload)).toMatchObject({ kind: 'accepted' })
    expect(await receive({ ...payload, alumno })).toMatchObject({ kind: 'accepted' })
  })

  it.each([
    ['absent', { correlationId: undefined }],
    ['null', { correlationId: null }],
    ['empty', { correlationId: '' }],
  ])('is the fingerprint where the natural id is %s', async (_, changes) => {
    const payload = { ...fixture('bhe.emision_fallida'), ...changes }
    const { receive } = receiverAt(payload.timestamp)
    expect(await receive(payload)).toMatchObject({ kind: 'accepted' })
    expect(await receive(payload)).toMatchObject({ kind: 'duplicate' })
    expect(await receive({ ...payload, ultimoError: 'OTRO' })).toMatchObject({ kind: 'accepted' })
  })

  it('is the fingerprint where the object that holds the natural id is missing', async () => {
    const { receive } = receiverAt('2025-12-10T15:30:00Z')
    const payload = { event: 'emisor.revocado', timestamp: '2025-12-10T15:30:00Z' }
    expect(await receive(payload)).toMatchObject({ kind: 'accepted' })
    expect(await receive({ ...payload, data: null })).toMatchObject({ kind: 'accepted' })
  })
})

describe("redcumbre's secret", () => {
  it('may be two while one replaces the other, and must be one that can be used', () => {
    expect(() => redcumbre({ current: secret, next: 'f'.repeat(32) + secret })).not.toThrow()
    for (const bad of [undefined, '', 'changeme', 'short']) expect(() => redcumbre(bad)).toThrow(TypeError)
  })
})
