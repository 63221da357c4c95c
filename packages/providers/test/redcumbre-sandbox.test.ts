import { describe, expect, it } from 'vitest'
import { redcumbre } from '../src/redcumbre/index.ts'
import { toSandbox } from '../src/redcumbre/sandbox.ts'
import { redcumbreEvents } from '../src/redcumbre/schemas.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const { sending } = redcumbre(secret)
const accounts = Object.keys(sending?.sandbox?.accounts ?? {})

describe("redcumbre's sandbox", () => {
  it('has the test accounts of its documents, and sends payloads of its events for each of them', async () => {
    expect(accounts).toEqual(['78012039-8', '77425402-1', '99999999-9'])
    for (const [event, payload] of Object.entries((await sending?.samples()) ?? {}))
      for (const rut of accounts) {
        const sent = await sending?.sandbox?.apply({ event, payload: { ...payload } }, rut)
        const schema = redcumbreEvents[sent?.event as keyof typeof redcumbreEvents]
        expect([event, rut, (await schema['~standard'].validate(sent?.payload)).issues]).toEqual([
          event,
          rut,
          undefined,
        ])
      }
  })

  it('names the issuer wherever it stands, and sends the failure of what the failing account asked for', () => {
    const revoked = { event: 'emisor.revocado', payload: { data: { rut: '1-9', emisorId: 'e' } } }
    expect(toSandbox(revoked, '78012039-8').payload).toEqual({
      data: { rut: '78012039-8', emisorId: 'e', razonSocial: 'FIRERAISE SPA' },
    })
    const failed = (event: string) => toSandbox({ event, payload: {} }, '99999999-9').event
    expect(['bhe.emitida', 'bhe.emision_terminada', 'emisor.revocado'].map(failed)).toEqual([
      'bhe.emision_fallida',
      'bhe.pdf_sii_fallido',
      'emisor.revocado',
    ])
  })

  it('gives the second test account an address more', () => {
    const lookedUp = { event: 'tokenizacion.completada', payload: { rut: '1-9', lookupData: {} } }
    expect(toSandbox(lookedUp, '77425402-1').payload).toMatchObject({
      rut: '77425402-1',
      lookupData: { direcciones: [{ ciudad: 'VALPARAISO' }] },
    })
  })
})
