import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  memoryInbox,
  type ReceiverOptions,
  type Signal,
  systemClock,
  type WebhookRequest,
} from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { lettersOf } from '../../core/test/support/letters.ts'
import { type RedcumbreEvents, redcumbre, redcumbreEvents, redcumbreTenant } from '../src/redcumbre/index.ts'

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
function receiverAt(timestamp: string, options: ReceiverOptions<RedcumbreEvents> = {}) {
  const signals: Signal[] = []
  const now = Date.parse(timestamp)
  const clock = { now: () => now, monotonic: () => performance.now(), schedule: () => () => {} }
  const receiver = createReceiver(redcumbre(secret), {
    handle: 'all',
    clock,
    inbox: memoryInbox({ clock, maxIdentities: 1_000 }),
    observer: (signal) => signals.push(signal),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...options,
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
    await receiver.atRest()
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
    await receiver.atRest()
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

/** What each of these came to. */
async function kindsOf(...payloads: readonly Payload[]): Promise<readonly string[]> {
  const { receive } = receiverAt(String(payloads[0]?.timestamp))
  const kinds: string[] = []
  for (const payload of payloads) {
    const outcome = await receive(payload)
    kinds.push(outcome.kind === 'rejected' ? outcome.code : outcome.kind)
  }
  return kinds
}

/** The payload at a later time, as a retry whose time was made anew states it, or as the next event does. */
function later(payload: Payload, ms = 1_000): Payload {
  return { ...payload, timestamp: new Date(Date.parse(payload.timestamp) + ms).toISOString() }
}

/** An object of the payload with other fields. */
function inside(payload: Payload, name: string, fields: object): Payload {
  return { ...payload, [name]: { ...(payload[name] as object), ...fields } }
}

describe("redcumbre's identity", () => {
  const once: readonly [keyof RedcumbreEvents, object][] = [
    ['tokenizacion.completada', { sessionId: 'other' }],
    ['bhe.emitida', { bheId: 'other' }],
    ['bhe.emision_terminada', { bheId: 'other' }],
    ['bhe.pdf_sii_fallido', { bheId: 'other' }],
    ['validafirma.documento-completado', { documentoId: 'other' }],
  ]
  const again: readonly [keyof RedcumbreEvents, object][] = [
    ['emisor.revocado', inside(fixture('emisor.revocado'), 'data', { emisorId: 'other' })],
    ['onexo.postulacion-completada', { postulacionId: 'other' }],
    ['onexo.postulacion-aprobada', { postulacionId: 'other' }],
    ['onexo.postulacion-rechazada', { postulacionId: 'other' }],
    ['onexo.aclaracion-solicitada', { postulacionId: 'other' }],
    ['onexo.curso-aprobado', { cursoId: 'other' }],
  ]

  it('is stated for each of the 12 events', () => {
    const stated = [...once, ...again].map(([name]) => name)
    expect([...stated, 'bhe.emision_fallida'].sort()).toEqual([...names].sort())
  })

  it.each(names)('of %s is the same however its time is written', async (name) => {
    const payload = fixture(name)
    const at = payload.timestamp.replace('Z', '')
    const local = new Date(Date.parse(payload.timestamp) - 3 * 3_600_000).toISOString().slice(0, 19)
    const spellings = [`${at}Z`, `${at}.000Z`, `${at}.000000000Z`, `${at}+00:00`, `${local}-03:00`]
    const kinds = await kindsOf(...spellings.map((timestamp) => ({ ...payload, timestamp })))
    expect(kinds).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate', 'duplicate'])
  })

  it.each(once)(
    'of %s, which happens once, is what it is about: a retry with a new time is the same',
    async (name, other) => {
      const payload = fixture(name)
      const copies = [payload, later(payload), later(payload, 31_000), { ...payload, ...other }]
      expect(await kindsOf(...copies)).toEqual(['accepted', 'duplicate', 'duplicate', 'accepted'])
    },
  )

  it.each(again)('of %s, which can happen again, is what it is about and its time', async (name, other) => {
    const payload = fixture(name)
    const events = [payload, later(payload), later(payload, 1), { ...payload, ...other }, payload]
    expect(await kindsOf(...events)).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'duplicate'])
  })

  it.each([...once, ...again])(
    'of %s with another body is a conflict, whatever its time says',
    async (name) => {
      const payload = fixture(name)
      const isOnce = once.some(([each]) => each === name)
      const changed = { ...(isOnce ? later(payload) : payload), added: 1 }
      expect(await kindsOf(payload, changed, payload)).toEqual(['accepted', 'conflict', 'duplicate'])
    },
  )

  it('tells the two kinds of issuer apart that were revoked in one second under one id', async () => {
    const payload = fixture('emisor.revocado')
    const dte = inside(payload, 'data', { emisorType: 'dte' })
    expect(await kindsOf(payload, dte, payload, dte)).toEqual([
      'accepted',
      'accepted',
      'duplicate',
      'duplicate',
    ])
  })

  it('tells two requests for clarification of one application in one second apart', async () => {
    const payload = fixture('onexo.aclaracion-solicitada')
    const second = { ...payload, mensaje: 'Y la copia de su título' }
    const other = inside(payload, 'revisor', { userId: 'other' })
    const kinds = await kindsOf(payload, second, other, second)
    expect(kinds).toEqual(['accepted', 'accepted', 'accepted', 'duplicate'])
  })

  it.each(['onexo.postulacion-aprobada', 'onexo.postulacion-rechazada'])(
    'tells two reviewers apart who decide in one second (%s)',
    async (name) => {
      const payload = fixture(name)
      const kinds = await kindsOf(payload, inside(payload, 'revisor', { userId: 'other' }))
      expect(kinds).toEqual(['accepted', 'accepted'])
    },
  )

  it('tells two students who pass one course in one second apart', async () => {
    const payload = fixture('onexo.curso-aprobado')
    expect(await kindsOf(payload, inside(payload, 'alumno', { rut: '9-9' }))).toEqual([
      'accepted',
      'accepted',
    ])
  })

  it('tells the next series of failures for a PDF from a retry that tells of the first', async () => {
    const payload = fixture('bhe.pdf_sii_fallido')
    const next = { ...payload, primerIntento: '2025-12-09T15:30:00Z' }
    expect(await kindsOf(payload, later(payload), next)).toEqual(['accepted', 'duplicate', 'accepted'])
  })

  it('tells failed issues apart by all that they say, since their reference is the customer’s own', async () => {
    const payload = fixture('bhe.emision_fallida')
    const others = [
      { ...payload, tenantId: '9' },
      { ...payload, correlationId: 'other' },
      { ...payload, ultimoError: 'OTRO' },
      { ...payload, primerIntento: '2025-12-08T10:00:01Z' },
    ]
    expect(await kindsOf(payload, later(payload), ...others)).toEqual([
      'accepted',
      'duplicate',
      ...others.map(() => 'accepted'),
    ])
  })

  it.each([
    ['absent', { correlationId: undefined }],
    ['null', { correlationId: null }],
    ['empty', { correlationId: '' }],
  ])('of a failed issue whose reference is %s is what it says', async (_, changes) => {
    const payload = { ...fixture('bhe.emision_fallida'), ...changes }
    const other = { ...payload, ultimoError: 'OTRO' }
    expect(await kindsOf(payload, payload, other)).toEqual(['accepted', 'duplicate', 'accepted'])
  })

  it.each<[string, Payload]>([
    [
      'an event that its documents do not list',
      { event: 'bhe.anulada', bheId: 'x', timestamp: '2025-12-10T15:30:00Z' },
    ],
    ['an event whose natural id is missing', { ...fixture('bhe.emitida'), bheId: undefined }],
    ['one whose natural id is blank', { ...fixture('bhe.emitida'), bheId: ' ' }],
    ['one whose natural id is no text', { ...fixture('bhe.emitida'), bheId: 7 }],
    ['one without the object that holds it', { ...fixture('emisor.revocado'), data: undefined }],
    ['one with null instead of that object', { ...fixture('emisor.revocado'), data: null }],
  ])('of %s is what it says, and its time', async (_, payload) => {
    const spelt = { ...payload, timestamp: payload.timestamp.replace('Z', '.000Z') }
    const events = [payload, spelt, later(payload), { ...payload, added: 1 }, payload]
    expect(await kindsOf(...events)).toEqual(['accepted', 'duplicate', 'accepted', 'accepted', 'duplicate'])
  })

  it('tells times apart that differ by less than a millisecond', async () => {
    const payload = fixture('onexo.postulacion-completada')
    const at = (fraction: string) => ({ ...payload, timestamp: `2025-12-10T15:30:00.${fraction}Z` })
    const kinds = await kindsOf(at('1230001'), at('1230002'), at('123'), at('12300'), at('123000100'))
    expect(kinds).toEqual(['accepted', 'accepted', 'accepted', 'duplicate', 'duplicate'])
  })

  it('takes one time in any spelling of RFC 3339 for one', async () => {
    const payload = fixture('onexo.postulacion-completada')
    const spelled = ['15:30:00.120Z', '15:30:00.120000000000z', '12:30:00.12-03:00'].map((time, nth) => ({
      ...payload,
      timestamp: `2025-12-10${nth === 1 ? 't' : 'T'}${time}`,
    }))
    expect(await kindsOf(...spelled)).toEqual(['accepted', 'duplicate', 'duplicate'])
  })

  it('of a delivery whose time is none is kept apart too, where it is kept', async () => {
    const { receiver, receive } = receiverAt('2025-12-10T15:30:00Z', { onStale: 'keep' })
    const payload = fixture('onexo.postulacion-completada')
    for (const timestamp of ['ayer', 'hoy', 7, undefined, 'ayer'])
      expect(await receive({ ...payload, timestamp })).toMatchObject({ status: 401 })
    expect(await lettersOf(receiver.inbox, { reason: 'stale' })).toHaveLength(4)
  })
})

describe("redcumbre's time", () => {
  const hour = 3_600_000
  const payload = fixture('bhe.emitida')
  const at = (ms: number): Payload => ({ ...later(payload, ms), bheId: `b${ms}` })

  it('is the event’s own: hours and days late it is accepted where identities outlive the process', async () => {
    const durable = Object.assign(memoryInbox(), { durability: 'durable', identities: 'durable' } as const)
    const { receive } = receiverAt(payload.timestamp, { inbox: durable })
    for (const lateMs of [6 * 60_000, hour, 20 * hour, 6 * 24 * hour])
      expect(await receive(at(-lateMs)), `${lateMs} ms late`).toMatchObject({ kind: 'accepted' })
    expect(await receive(at(-hour))).toMatchObject({ kind: 'duplicate' })
    expect(await receive(at(-8 * 24 * hour))).toMatchObject({ code: 'time-past' })
  })

  it('is fresh for five minutes where they do not', async () => {
    const { receive } = receiverAt(payload.timestamp)
    expect(await receive(at(-300_000))).toMatchObject({ kind: 'accepted' })
    expect(await receive(at(-300_001))).toMatchObject({ code: 'time-past' })
  })

  it('says for how long Redcumbre retries: six attempts over 31 s, each without an answer for 30 s', () => {
    const { limits, sending } = redcumbre(secret)
    const waits = sending?.attemptDelaysMs ?? []
    const timeoutMs = sending?.timeoutMs ?? 0
    expect(limits?.retriesForMs).toBe(waits.reduce((sum, ms) => sum + ms + timeoutMs, 0))
  })
})

describe("redcumbre's tenants", () => {
  it.each(names)(
    '%s of another tenant than the signer is refused, and one of its own is not',
    async (name) => {
      const payload = fixture(name)
      const own = String(redcumbreTenant(payload))
      for (const [tenant, status] of [
        [own, 200],
        [`${own}0`, 401],
      ] as const) {
        const provider = defineProvider({ ...redcumbre({ [tenant]: secret }), tenantOf: redcumbreTenant })
        const now = () => Date.parse(payload.timestamp)
        const receiver = createReceiver(provider, {
          inbox: memoryInbox({ maxIdentities: 10 }),
          clock: { ...systemClock, now },
          logger: { debug: silent, info: silent, warn: silent, error: silent },
        })
        expect((await receiver.receive(request(JSON.stringify(payload)))).status).toBe(status)
      }
      expect(redcumbreTenant({ event: name })).toBeUndefined()
    },
  )
})

describe("redcumbre's sending", () => {
  it.each(names)('never makes two deliveries of %s one, nor one two', async (name) => {
    const { sending } = redcumbre(secret)
    const stamp = (ms: number) =>
      sending?.stamp(fixture(name), new Date(Date.parse(fixture(name).timestamp) + ms)) as Payload
    expect(await kindsOf(stamp(0), stamp(1), stamp(0))).toEqual(['accepted', 'accepted', 'duplicate'])
  })
})

describe("redcumbre's secret", () => {
  it('may be two while one replaces the other, and must be one that can be used', () => {
    expect(() => redcumbre({ current: secret, next: 'f'.repeat(32) + secret })).not.toThrow()
    for (const bad of [undefined, '', 'changeme', 'short']) expect(() => redcumbre(bad)).toThrow(TypeError)
  })
})
