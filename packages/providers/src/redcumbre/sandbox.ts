import type { JsonObject } from '@acuse/core'
import type { NamedPayload } from '@acuse/core/provider-kit'
import { samples } from './samples.ts'

const failing = '99999999-9'
const twoAddresses = '77425402-1'
const company = '78012039-8'

/** What the sandbox sends for a test account. */
export function toSandbox(sample: NamedPayload, rut: string): NamedPayload {
  const { event, payload } = rut === failing ? failureOf(sample) : sample
  const name = rut === company ? { razonSocial: 'FIRERAISE SPA' } : {}
  return { event, payload: withIssuer(payload, rut, name) }
}

/** The event that says that what a sample says has failed. */
const failures: Readonly<Record<string, 'bhe.emision_fallida' | 'bhe.pdf_sii_fallido'>> = {
  'bhe.emitida': 'bhe.emision_fallida',
  'bhe.emision_terminada': 'bhe.pdf_sii_fallido',
}

function failureOf(sample: NamedPayload): NamedPayload {
  const event = failures[sample.event]
  if (event === undefined) return sample
  return { event, payload: { ...samples[event] } }
}

/** The issuer stands in `emisor`, in `data`, or in the payload itself; only `bhe.emitida` says that it is of the sandbox. */
function withIssuer(payload: JsonObject, rut: string, name: { readonly razonSocial?: string }): JsonObject {
  const { emisor, data, lookupData } = payload
  return {
    ...payload,
    ...('sandbox' in payload && { sandbox: true }),
    ...('rut' in payload && { rut }),
    ...(isObject(emisor) && { emisor: { ...emisor, rut, ...name } }),
    ...(isObject(data) && { data: { ...data, rut, ...name } }),
    ...(isObject(lookupData) && {
      lookupData: { ...lookupData, ...name, ...(rut === twoAddresses && twice(lookupData)) },
    }),
  }
}

function twice({ direcciones }: JsonObject): JsonObject {
  const second = { ciudad: 'VALPARAISO', comuna: 'VIÑA DEL MAR', direccion: 'AV. LIBERTAD 567' }
  return { direcciones: [...(Array.isArray(direcciones) ? direcciones : []), second] }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
