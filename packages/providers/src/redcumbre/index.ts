import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { lazySchemas } from '../lib/lazy-schemas.ts'
import { redcumbreEventNames } from './event-names.ts'
import type { RedcumbreEvents } from './events.ts'
import { toIdempotencyKey } from './idempotency-key.ts'
import { sandbox } from './sandbox.ts'

export { redcumbreEventNames } from './event-names.ts'
export type * from './events.ts'
export { redcumbreTenant } from './tenant.ts'

/**
 * Redcumbre: Chilean tax documents, ONEXO and ValidaFirma.
 *
 * HMAC-SHA256 as hex in `X-Webhook-Signature`; the key is the text of the secret. It is verified over the raw body, which
 * is what the sender signed. Time is the payload's `timestamp`, the event's own. The idempotency key is the event's name
 * and the natural id of what it is about; and, where it can happen to that again, the time and what else tells two of
 * them apart. A retry whose `timestamp` was made anew, or is written another way, is compared without it.
 *
 * Where each tenant has its secret, name them, and say that an event must be its signer's: see {@link redcumbreTenant}.
 *
 * As of its documentation: Webhooks, «Seguridad: Validación HMAC» and «Estrategia de Reintentos».
 *
 * @param secret the 64 hexadecimal characters from the administration panel, or several while one replaces another: a
 * list or a map such as `{ current, next }`
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']))
 * receiver.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 */
export function redcumbre(secret: Secrets | undefined): Provider<RedcumbreEvents> {
  return defineProvider<RedcumbreEvents>({
    name: 'redcumbre',
    path: '/webhooks/redcumbre',
    scheme: hmac({ header: 'X-Webhook-Signature', hash: 'sha256', encoding: 'hex', secret }),
    events: lazySchemas<RedcumbreEvents>(
      redcumbreEventNames,
      async () => (await import('./schemas.ts')).redcumbreEvents,
    ),
    time: { of: 'event', format: 'rfc3339', required: true, signed: true },
    envelope(payload, _request, bodyHash) {
      const { event, timestamp } = payload
      if (typeof event !== 'string') return { code: 'envelope-invalid' }
      return { type: event, time: timestamp, idempotencyKey: toIdempotencyKey(event, payload, bodyHash) }
    },
    volatile: ['timestamp'],
    // The six attempts below, each without an answer until its timeout.
    limits: { retriesForMs: 31_000 + 6 * 30_000 },
    sending: {
      // «Estrategia de Reintentos»: at once, +1, +2, +4, +8, +16 s; «Timeout: sin respuesta en 30s».
      attemptDelaysMs: [0, 1_000, 2_000, 4_000, 8_000, 16_000],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      sandbox,
    },
  })
}

/** The natural ids of events that happen once. */
const onceOnly = ['sessionId', 'bheId', 'documentoId']

/** At another time it is about another document, and the last of its attempts failed then. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const timestamp = at.toISOString()
  const ids = onceOnly.filter((name) => typeof payload[name] === 'string')
  const renamed = ids.map((name) => [name, `${payload[name]}-${at.getTime()}`] as const)
  const attempt = 'ultimoIntento' in payload ? { ultimoIntento: timestamp } : undefined
  return { ...payload, ...Object.fromEntries(renamed), ...attempt, timestamp }
}
