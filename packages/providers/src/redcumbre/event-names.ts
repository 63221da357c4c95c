import type { RedcumbreEvents } from './events.ts'

/** The names of the 12 events that Redcumbre documents. */
export const redcumbreEventNames: readonly (keyof RedcumbreEvents)[] = [
  'tokenizacion.completada',
  'emisor.revocado',
  'bhe.emitida',
  'bhe.emision_terminada',
  'bhe.pdf_sii_fallido',
  'bhe.emision_fallida',
  'onexo.postulacion-completada',
  'onexo.postulacion-aprobada',
  'onexo.postulacion-rechazada',
  'onexo.aclaracion-solicitada',
  'onexo.curso-aprobado',
  'validafirma.documento-completado',
]
