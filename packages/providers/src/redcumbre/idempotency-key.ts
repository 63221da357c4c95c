import type { JsonObject } from '@acuse/core'
import type { RedcumbreEvents } from './events.ts'
import { toInstant } from './instant.ts'

type Path = readonly string[]

/**
 * The fields that make two deliveries of an event the same. `once`: it can happen once to the thing that these fields name,
 * so a retry is the same event whatever its time says. `again`: it can happen to the thing again, so the time
 * belongs to it. `content`: it names no thing, and what it says tells it from another.
 */
type Rule =
  | { readonly once: readonly Path[]; readonly since?: Path }
  | { readonly again: readonly Path[] }
  | 'content'

const reviewed: Rule = { again: [['postulacionId'], ['revisor', 'userId']] }

/** By event, each with what Redcumbre's documents say of it. */
const rules: { readonly [Name in keyof RedcumbreEvents]: Rule } = {
  // «Cuando un usuario completa el flujo de autorización»: a session is one flow, with one code to exchange.
  'tokenizacion.completada': { once: [['sessionId']] },
  // «Emisor revocado (DTE o Tributario)»: both under one id; and an issuer who authorises again can be revoked again.
  'emisor.revocado': {
    again: [
      ['data', 'emisorId'],
      ['data', 'emisorType'],
    ],
  },
  // «Inmediatamente después de emitir una BHE exitosamente»: a boleta is issued once, under one number.
  'bhe.emitida': { once: [['bheId']] },
  // «Cuando el PDF SII está disponible»: it becomes so once for a boleta.
  'bhe.emision_terminada': { once: [['bheId']] },
  // «Después de 7 días de reintentos fallidos»: once for each series of them, and `primerIntento` names the series.
  'bhe.pdf_sii_fallido': { once: [['bheId']], since: ['primerIntento'] },
  // «Después de ~7 horas de reintentos»: it names no boleta, and `correlationId` is the customer's own, for many of them.
  'bhe.emision_fallida': 'content',
  // «Cuando un postulante completa el flujo de entrevista»: after an «aclaración» perhaps again.
  'onexo.postulacion-completada': { again: [['postulacionId']] },
  // «Cuando un revisor aprueba»: another may too, and a decision can be taken back and made again.
  'onexo.postulacion-aprobada': reviewed,
  // «Cuando un revisor rechaza»: the same.
  'onexo.postulacion-rechazada': reviewed,
  // «Cuando un revisor solicita aclaraciones adicionales»: there may be several in one second, each with its own
  // message.
  'onexo.aclaracion-solicitada': { again: [['postulacionId'], ['revisor', 'userId'], ['mensaje']] },
  // «Cuando un alumno completa y aprueba un curso»: many students pass one course, and one may take it again.
  'onexo.curso-aprobado': { again: [['cursoId'], ['alumno', 'rut']] },
  // «Cuando un documento es firmado exitosamente»: it is complete once.
  'validafirma.documento-completado': { once: [['documentoId']] },
}

const rulesByEvent = new Map<string, Rule>(Object.entries(rules))

/**
 * The fields that make a delivery the same as another one, beside its event. Where what should name its thing is missing, and
 * for events that are not documented: its content and its time.
 * @param body hash of the payload without its `timestamp`
 */
export function toIdempotencyKey(event: string, payload: JsonObject, bodyHash: string): readonly string[] {
  const rule = rulesByEvent.get(event)
  if (rule === 'content') return [bodyHash]
  const time = toInstant(payload['timestamp'])
  const values = rule && readAll(payload, 'once' in rule ? rule.once : rule.again)
  if (rule === undefined || values === undefined) return [bodyHash, time]
  if ('again' in rule) return [...values, time]
  return rule.since ? [...values, toInstant(read(payload, rule.since))] : values
}

/** A text for each path, or nothing. */
function readAll(payload: JsonObject, paths: readonly Path[]): readonly string[] | undefined {
  const values: string[] = []
  for (const path of paths) {
    const value = read(payload, path)
    if (typeof value !== 'string' || value.trim() === '') return undefined
    values.push(value)
  }
  return values
}

function read(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, key)
  }
  return found
}
