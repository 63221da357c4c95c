import type {
  BheEmisionFallida,
  BheEmisionTerminada,
  BheEmitida,
  BhePdfSiiFallido,
  EmisorRevocado,
  TokenizacionCompletada,
} from './events/dte.ts'
import type {
  OnexoAclaracionSolicitada,
  OnexoCursoAprobado,
  OnexoPostulacionAprobada,
  OnexoPostulacionCompletada,
  OnexoPostulacionRechazada,
} from './events/onexo.ts'
import type { ValidafirmaDocumentoCompletado } from './events/validafirma.ts'

export type * from './events/base.ts'
export type * from './events/dte.ts'
export type * from './events/onexo.ts'
export type * from './events/validafirma.ts'

/** The 12 events that Redcumbre documents, by name. */
export interface RedcumbreEvents {
  /** An issuer finished authorising through the SII. */
  'tokenizacion.completada': TokenizacionCompletada
  /** An issuer was revoked. */
  'emisor.revocado': EmisorRevocado
  /** A boleta was issued at the SII. */
  'bhe.emitida': BheEmitida
  /** The SII's PDF is available. */
  'bhe.emision_terminada': BheEmisionTerminada
  /** The SII's PDF could not be had in 7 days. */
  'bhe.pdf_sii_fallido': BhePdfSiiFallido
  /** An asynchronous issue failed for about 7 hours. */
  'bhe.emision_fallida': BheEmisionFallida
  /** An applicant finished the interview. */
  'onexo.postulacion-completada': OnexoPostulacionCompletada
  /** A reviewer approved an application. */
  'onexo.postulacion-aprobada': OnexoPostulacionAprobada
  /** A reviewer rejected an application. */
  'onexo.postulacion-rechazada': OnexoPostulacionRechazada
  /** A reviewer asked an applicant for more. */
  'onexo.aclaracion-solicitada': OnexoAclaracionSolicitada
  /** A student passed a course. */
  'onexo.curso-aprobado': OnexoCursoAprobado
  /** A document was signed by all. */
  'validafirma.documento-completado': ValidafirmaDocumentoCompletado
}
