import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import type { RedcumbreEvents } from './events.ts'
import { toIdentity } from './identity.ts'
import { redcumbreEvents } from './schemas.ts'

export type * from './events.ts'
export { redcumbreEvents } from './schemas.ts'

/**
 * Redcumbre: Chilean tax documents, ONEXO and ValidaFirma.
 *
 * From its documents (Webhooks, «Seguridad: Validación HMAC»): HMAC-SHA256 as hex in
 * `X-Webhook-Signature`; the key is the text of the secret. It is verified over the raw body, which is what
 * the sender signed. Time is the payload's `timestamp`; identity is the event's name, its natural id and
 * that time.
 *
 * @param secret the 64 hexadecimal characters from the administration panel, or several while one
 * replaces another: a list or a map such as `{ current, next }`
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 */
export function redcumbre(secret: Secrets | undefined): Provider<RedcumbreEvents> {
  return defineProvider<RedcumbreEvents>({
    name: 'redcumbre',
    path: '/webhooks/redcumbre',
    scheme: hmac({ header: 'X-Webhook-Signature', hash: 'sha256', encoding: 'hex', secret }),
    events: redcumbreEvents,
    time: { of: 'event', format: 'rfc3339', required: true, signed: true },
    envelope(payload) {
      const { event, timestamp } = payload
      if (typeof event !== 'string') return 'envelope-invalid'
      return { type: event, time: timestamp, identity: toIdentity(event, payload) }
    },
    sending: {
      // «Estrategia de Reintentos»: at once, +1, +2, +4, +8, +16 s; «Timeout: sin respuesta en 30s».
      attemptDelaysMs: [0, 1_000, 2_000, 4_000, 8_000, 16_000],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, timestamp: at.toISOString() }),
    },
  })
}
