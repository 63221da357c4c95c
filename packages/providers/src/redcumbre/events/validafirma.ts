import type { RedcumbreEventBase } from './base.ts'

/** `validafirma.documento-completado`: a document was signed by all. */
export interface ValidafirmaDocumentoCompletado
  extends RedcumbreEventBase<'validafirma.documento-completado'> {
  /** The document; the event's natural id. */
  documentoId: string
  /** The selection process it belongs to. */
  procesoId?: string | null | undefined
  /** The application it belongs to. */
  postulacionId?: string | null | undefined
  /** Who signed. */
  firmantes: ValidafirmaFirmante[]
  /** The signed document. Acuse never fetches it; check the host before you do. */
  documentoUrl?: string | null | undefined
}

/** Who signed a document. */
export interface ValidafirmaFirmante {
  /** RUT. */
  rut: string
  /** Name. */
  nombre?: string | null | undefined
  /** E-mail address. */
  email?: string | null | undefined
  /** When, RFC 3339. */
  firmadoEn?: string | null | undefined
}
