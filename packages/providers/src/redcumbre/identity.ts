import type { JsonObject } from '@acuse/core'
import type { RedcumbreEvents } from './events.ts'

type Path = readonly string[]

/**
 * Where each event carries its natural id. A course is passed by many students in one second, so its own
 * id is not enough.
 */
const naturalIds: { readonly [Name in keyof RedcumbreEvents]: readonly Path[] } = {
  'tokenizacion.completada': [['sessionId']],
  'emisor.revocado': [['data', 'emisorId']],
  'bhe.emitida': [['bheId']],
  'bhe.emision_terminada': [['bheId']],
  'bhe.pdf_sii_fallido': [['bheId']],
  'bhe.emision_fallida': [['correlationId']],
  'onexo.postulacion-completada': [['postulacionId']],
  'onexo.postulacion-aprobada': [['postulacionId']],
  'onexo.postulacion-rechazada': [['postulacionId']],
  'onexo.aclaracion-solicitada': [['postulacionId']],
  'onexo.curso-aprobado': [['cursoId'], ['alumno', 'rut']],
  'validafirma.documento-completado': [['documentoId']],
}

const pathsByEvent = new Map<string, readonly Path[]>(Object.entries(naturalIds))

/**
 * Natural id and time, or `undefined` where the payload has no natural id: then only the same bytes are
 * the same event.
 */
export function toIdentity(event: string, payload: JsonObject): readonly string[] | undefined {
  const values = pathsByEvent.get(event)?.map((path) => read(payload, path))
  return values?.every((value) => typeof value === 'string' && value !== '')
    ? [...(values as string[]), String(payload['timestamp'])]
    : undefined
}

function read(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as JsonObject)[key]
  }
  return found
}
