import {
  array,
  boolean,
  literal,
  looseObject,
  nullish,
  number,
  optional,
  string,
  type ZodMiniType,
} from 'zod/mini'
import type { RedcumbreEvents } from './events.ts'

// Required is what a handler cannot do without; what the sender may leave out or null is `nullish`. A
// schema that is too strict makes dead letters of good events. Unknown fields are kept at every level.
const text = nullish(string())

function event<Name extends string, Fields extends Readonly<Record<string, ZodMiniType>>>(
  name: Name,
  fields: Fields,
) {
  return looseObject({ event: literal(name), tenantId: string(), timestamp: string(), ...fields })
}

const persona = looseObject({ rut: string(), nombreCompleto: string(), email: text })
const revisor = looseObject({ userId: string(), nombre: text })
const postulacion = { postulacionId: string(), procesoId: string(), procesoTitulo: text, persona }
const bhe = { bheId: string(), folioSii: string() }
const intentos = {
  intentosRealizados: number(),
  primerIntento: string(),
  ultimoIntento: string(),
  ultimoError: string(),
}

/**
 * The zod schema of each of Redcumbre's 12 events. Unknown fields are kept; RUT check digits are not
 * verified, because the sender's own examples fail them.
 */
export const redcumbreEvents: {
  readonly [Name in keyof RedcumbreEvents]: ZodMiniType<RedcumbreEvents[Name]>
} = {
  'tokenizacion.completada': event('tokenizacion.completada', {
    sessionId: string(),
    code: string(),
    emisorId: string(),
    rut: string(),
    tipoAutenticacion: string(),
    tipoEmisor: string(),
    correlationId: text,
    lookupData: nullish(
      looseObject({
        razonSocial: text,
        giro: text,
        direcciones: nullish(array(looseObject({ ciudad: text, comuna: text, direccion: text }))),
      }),
    ),
  }),
  'emisor.revocado': looseObject({
    event: literal('emisor.revocado'),
    timestamp: string(),
    data: looseObject({
      emisorId: string(),
      emisorType: string(),
      rut: string(),
      razonSocial: text,
      tenantId: string(),
      revokedBy: string(),
      motivoRevocacion: text,
    }),
  }),
  'bhe.emitida': event('bhe.emitida', {
    ...bhe,
    emisor: looseObject({ rut: string(), razonSocial: text }),
    destinatario: looseObject({ rut: text, nombre: text, sinDestinatario: optional(boolean()) }),
    montos: looseObject({ bruto: number(), ppm: number(), liquido: number() }),
    tipoRetencion: string(),
    canalEmision: string(),
    correlationId: text,
    sandbox: optional(boolean()),
  }),
  'bhe.emision_terminada': event('bhe.emision_terminada', {
    ...bhe,
    pdfInternoUrl: text,
    pdfSiiUrl: text,
    estadoPdfSii: string(),
  }),
  'bhe.pdf_sii_fallido': event('bhe.pdf_sii_fallido', { ...bhe, ...intentos }),
  'bhe.emision_fallida': event('bhe.emision_fallida', { correlationId: text, ...intentos }),
  'onexo.postulacion-completada': event('onexo.postulacion-completada', postulacion),
  'onexo.postulacion-aprobada': event('onexo.postulacion-aprobada', { ...postulacion, revisor }),
  'onexo.postulacion-rechazada': event('onexo.postulacion-rechazada', {
    ...postulacion,
    revisor,
    motivoRechazo: text,
  }),
  'onexo.aclaracion-solicitada': event('onexo.aclaracion-solicitada', {
    ...postulacion,
    revisor,
    mensaje: string(),
  }),
  'onexo.curso-aprobado': event('onexo.curso-aprobado', {
    cursoId: string(),
    cursoTitulo: text,
    alumno: persona,
    puntaje: nullish(number()),
    aprobado: boolean(),
  }),
  'validafirma.documento-completado': event('validafirma.documento-completado', {
    documentoId: string(),
    procesoId: text,
    postulacionId: text,
    firmantes: array(looseObject({ rut: string(), nombre: text, email: text, firmadoEn: text })),
    documentoUrl: text,
  }),
}
