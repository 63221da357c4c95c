import type { JsonObject } from '@acuse/core'
import type { NamedPayload, Sandbox } from '@acuse/core/provider-kit'

const failing = '99999999-9'
const twoAddresses = '77425402-1'
const company = '78012039-8'

/** «RUTs de prueba» of «Testing (Sandbox)», with the results that it documents. */
export const sandbox: Sandbox = {
  accounts: {
    [company]: 'Empresa completa (FIRERAISE SPA)',
    [twoAddresses]: 'Empresa con múltiples direcciones',
    [failing]: 'Simula error',
  },
  async apply(sample, rut) {
    const { event, payload } = rut === failing ? await failureOf(sample) : sample
    const name = rut === company ? { razonSocial: 'FIRERAISE SPA' } : {}
    return { event, payload: withIssuer(payload, rut, name) }
  },
}

/** The event that says that what a sample says has failed. */
const failures: Readonly<Record<string, 'bhe.emision_fallida' | 'bhe.pdf_sii_fallido'>> = {
  'bhe.emitida': 'bhe.emision_fallida',
  'bhe.emision_terminada': 'bhe.pdf_sii_fallido',
}

async function failureOf(sample: NamedPayload): Promise<NamedPayload> {
  const event = failures[sample.event]
  if (event === undefined) return sample
  const { samples } = await import('./samples.ts')
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
