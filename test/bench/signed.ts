import { createHmac, createSecretKey } from 'node:crypto'
import { fromRawHeaders, type WebhookRequest } from '@acuse/core'

export const secret = 'f3a9c1d07be2485690d4c7ab13ef52680a9b7d4e6c1f3825d07e9ba4c61f8d23'
export const secretKey = createSecretKey(Buffer.from(secret))
export const path = '/webhooks/redcumbre'

/** A delivery as Redcumbre sends it. */
export interface Signed {
  readonly body: Buffer
  readonly signature: string
}

/**
 * An event of exactly so many bytes, as JSON.stringify writes it; 436 is what an event of Redcumbre's takes.
 * @param id in the payload, and so in the idempotency key; texts of one length give bodies of one length
 */
export function bodyOf(id: string, bytes = 436): Buffer {
  const payload = {
    event: 'bhe.emitida',
    tenantId: '8',
    bheId: id,
    folioSii: '12345678',
    emisor: { rut: '78012039-8', razonSocial: 'JUAN PEREZ' },
    destinatario: { rut: '12345678-9', nombre: 'EMPRESA CLIENTE', sinDestinatario: false },
    montos: { bruto: 225_000, ppm: 30_938, liquido: 194_062 },
    tipoRetencion: 'RETRECEPTOR',
    canalEmision: 'API_SYNC',
    correlationId: '',
    sandbox: false,
    timestamp: new Date().toISOString(),
  }
  const missing = bytes - JSON.stringify(payload).length
  if (missing < 0) throw new RangeError(`An event takes ${-missing} bytes more than ${bytes}`)
  return Buffer.from(JSON.stringify({ ...payload, correlationId: filler(missing) }))
}

/** Words, because a text of one character is none that anybody sends. */
function filler(length: number): string {
  return 'referencia 0123456789 del cliente, '.repeat(Math.ceil(length / 35)).slice(0, length)
}

export function sign(body: Uint8Array): string {
  return createHmac('sha256', secretKey).update(body).digest('hex')
}

/** Deliveries that are all different, signed now: they are stale after 5 minutes. */
export function signedDeliveries(count: number, bytes?: number, name = 'bhe'): Signed[] {
  return Array.from({ length: count }, (_, n) => {
    const body = bodyOf(`${name}-${String(n).padStart(8, '0')}`, bytes)
    return { body, signature: sign(body) }
  })
}

/** A delivery as an adapter hands it to a receiver. */
export function toRequest({ body, signature }: Signed): WebhookRequest {
  const rawHeaders = ['host', '127.0.0.1', 'content-type', 'application/json']
  rawHeaders.push('content-length', String(body.length), 'x-webhook-signature', signature)
  return { method: 'POST', url: path, headers: fromRawHeaders(rawHeaders), body }
}
