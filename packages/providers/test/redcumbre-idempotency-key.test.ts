import { describe, expect, it } from 'vitest'
import { lettersOf } from '../../core/test/support/letters.ts'
import type { RedcumbreEvents } from '../src/redcumbre/index.ts'
import { fixture, kindsOf, later, names, type Payload, receiverAt } from './support/redcumbre.ts'

/** An object of the payload with other fields. */
function inside(payload: Payload, name: string, fields: object): Payload {
  return { ...payload, [name]: { ...(payload[name] as object), ...fields } }
}

describe("redcumbre's idempotency key", () => {
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
