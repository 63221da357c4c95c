import type { RedcumbreEventBase } from './base.ts'

/** A person, as ONEXO names one. */
export interface OnexoPersona {
  /** RUT. */
  rut: string
  /** Full name. */
  nombreCompleto: string
  /** E-mail address. */
  email?: string | null | undefined
}

/** Who reviewed an application. */
export interface OnexoRevisor {
  /** The reviewer's user. */
  userId: string
  /** The reviewer's name. */
  nombre?: string | null | undefined
}

/** Fields of every event about an application. */
export interface OnexoPostulacionBase<Name extends string> extends RedcumbreEventBase<Name> {
  /** The application; the event's natural id. */
  postulacionId: string
  /** The selection process. */
  procesoId: string
  /** Its title. */
  procesoTitulo?: string | null | undefined
  /** The applicant. */
  persona: OnexoPersona
}

/** `onexo.postulacion-completada`: an applicant finished the interview. */
export type OnexoPostulacionCompletada = OnexoPostulacionBase<'onexo.postulacion-completada'>

/** `onexo.postulacion-aprobada`: a reviewer approved an application. */
export interface OnexoPostulacionAprobada extends OnexoPostulacionBase<'onexo.postulacion-aprobada'> {
  /** Who approved. */
  revisor: OnexoRevisor
}

/** `onexo.postulacion-rechazada`: a reviewer rejected an application. */
export interface OnexoPostulacionRechazada extends OnexoPostulacionBase<'onexo.postulacion-rechazada'> {
  /** Who rejected. */
  revisor: OnexoRevisor
  /** Why. */
  motivoRechazo?: string | null | undefined
}

/** `onexo.aclaracion-solicitada`: a reviewer asked an applicant for more. */
export interface OnexoAclaracionSolicitada extends OnexoPostulacionBase<'onexo.aclaracion-solicitada'> {
  /** Who asked. */
  revisor: OnexoRevisor
  /** The purpose. */
  mensaje: string
}

/** `onexo.curso-aprobado`: a student finished and passed a course. */
export interface OnexoCursoAprobado extends RedcumbreEventBase<'onexo.curso-aprobado'> {
  /** The course; with the student's RUT the event's natural id. */
  cursoId: string
  /** Its title. */
  cursoTitulo?: string | null | undefined
  /** The student. */
  alumno: OnexoPersona
  /** The mark. */
  puntaje?: number | null | undefined
  /** Whether the student passed. */
  aprobado: boolean
}
