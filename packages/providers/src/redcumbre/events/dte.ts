import type { OneOf, RedcumbreEventBase } from './base.ts'

/** `tokenizacion.completada`: an issuer finished authorising through the SII. */
export interface TokenizacionCompletada extends RedcumbreEventBase<'tokenizacion.completada'> {
  /** The tokenisation session; the event's natural id. */
  sessionId: string
  /** The code to exchange. */
  code: string
  /** The authorised issuer. */
  emisorId: string
  /** The issuer's RUT. */
  rut: string
  /** How the issuer proved who it is, such as `CLAVE_TRIBUTARIA`. */
  tipoAutenticacion: OneOf<'CLAVE_TRIBUTARIA'>
  /** The kind of issuer. */
  tipoEmisor: OneOf<'tributario' | 'dte'>
  /** Your own reference, when you gave one. */
  correlationId?: string | null | undefined
  /** The SII's data about the issuer. */
  lookupData?: TokenizacionLookupData | null | undefined
}

/** The SII's data about an issuer. */
export interface TokenizacionLookupData {
  /** Registered name. */
  razonSocial?: string | null | undefined
  /** Line of business. */
  giro?: string | null | undefined
  /** Registered addresses. */
  direcciones?: TokenizacionDireccion[] | null | undefined
}

/** A registered address. */
export interface TokenizacionDireccion {
  /** City. */
  ciudad?: string | null | undefined
  /** Municipality. */
  comuna?: string | null | undefined
  /** Street and number. */
  direccion?: string | null | undefined
}

/** `emisor.revocado`: an issuer was revoked, by itself or by an administrator. Its fields are in `data`. */
export interface EmisorRevocado {
  /** The event's name. */
  event: 'emisor.revocado'
  /** When it happened, RFC 3339 in UTC. Signed. */
  timestamp: string
  /** Who was revoked, and by whom. */
  data: EmisorRevocadoData
}

/** The fields of `emisor.revocado`. */
export interface EmisorRevocadoData {
  /** The revoked issuer; the event's natural id. */
  emisorId: string
  /** The kind of issuer. */
  emisorType: OneOf<'tributario' | 'dte'>
  /** The issuer's RUT. */
  rut: string
  /** Registered name. */
  razonSocial?: string | null | undefined
  /** The Redcumbre tenant. */
  tenantId: string
  /** Who revoked: the final user, or an administrator. */
  revokedBy: OneOf<'USER' | 'ADMIN'>
  /** Why; only when an administrator revoked. */
  motivoRevocacion?: string | null | undefined
}

/** `bhe.emitida`: a Boleta de Honorarios was issued at the SII. */
export interface BheEmitida extends RedcumbreEventBase<'bhe.emitida'> {
  /** The boleta; the event's natural id. */
  bheId: string
  /** Its number at the SII. */
  folioSii: string
  /** Who issued it. */
  emisor: BheEmisor
  /** Whom it is for. */
  destinatario: BheDestinatario
  /** Its amounts. */
  montos: BheMontos
  /** Who withholds, such as `RETRECEPTOR`. */
  tipoRetencion: OneOf<'RETRECEPTOR'>
  /** How it was issued, such as `API_SYNC`. */
  canalEmision: OneOf<'API_SYNC'>
  /** Your own reference, when you gave one. */
  correlationId?: string | null | undefined
  /** Whether it is test data. */
  sandbox?: boolean | undefined
}

/** Who issued a boleta. */
export interface BheEmisor {
  /** RUT. Its check digit is not verified: those of the sender's examples are wrong. */
  rut: string
  /** Registered name. */
  razonSocial?: string | null | undefined
}

/** Whom a boleta is for. */
export interface BheDestinatario {
  /** RUT; absent without a recipient. */
  rut?: string | null | undefined
  /** Name; absent without a recipient. */
  nombre?: string | null | undefined
  /** Whether it has no recipient. */
  sinDestinatario?: boolean | undefined
}

/** The amounts of a boleta, in Chilean pesos. */
export interface BheMontos {
  /** Gross. */
  bruto: number
  /** Withheld (pago provisional mensual). */
  ppm: number
  /** Net. */
  liquido: number
}

/** `bhe.emision_terminada`: the SII's PDF is available (modes SINC_PARCIAL and ASINCRONO). */
export interface BheEmisionTerminada extends RedcumbreEventBase<'bhe.emision_terminada'> {
  /** The boleta; the event's natural id. */
  bheId: string
  /** Its number at the SII. */
  folioSii: string
  /** Redcumbre's PDF. Acuse never fetches it; check the host before you do. */
  pdfInternoUrl?: string | null | undefined
  /** The SII's PDF. Acuse never fetches it; check the host before you do. */
  pdfSiiUrl?: string | null | undefined
  /** The state of the SII's PDF. */
  estadoPdfSii: OneOf<'DISPONIBLE'>
}

/** `bhe.pdf_sii_fallido`: the SII's PDF could not be had in 7 days. */
export interface BhePdfSiiFallido extends RedcumbreEventBase<'bhe.pdf_sii_fallido'> {
  /** The boleta; the event's natural id. */
  bheId: string
  /** Its number at the SII. */
  folioSii: string
  /** How often it was tried. */
  intentosRealizados: number
  /** When first, RFC 3339. */
  primerIntento: string
  /** When last, RFC 3339. */
  ultimoIntento: string
  /** The last error. */
  ultimoError: OneOf<'SII_PDF_NO_DISPONIBLE'>
}

/** `bhe.emision_fallida`: an asynchronous issue failed for about 7 hours. */
export interface BheEmisionFallida extends RedcumbreEventBase<'bhe.emision_fallida'> {
  /** Your own reference, when you gave one; the event's natural id. */
  correlationId?: string | null | undefined
  /** How often it was tried. */
  intentosRealizados: number
  /** When first, RFC 3339. */
  primerIntento: string
  /** When last, RFC 3339. */
  ultimoIntento: string
  /** The last error. */
  ultimoError: OneOf<'SII_SERVICE_UNAVAILABLE'>
}
