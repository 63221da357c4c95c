import type { ReceiverOptions, Secrets } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createPlugin, type Webhooks } from './webhooks.ts'

/**
 * A Fastify plugin for Redcumbre's webhooks: `POST /webhooks/redcumbre`.
 *
 * @param secret the 64 hexadecimal characters from Redcumbre's administration panel, or several while one
 * replaces another: a list or a map such as `{ current, next }`
 * @throws TypeError when the secret is missing, or it or an option cannot be used
 * @example
 * import { redcumbreWebhooks } from '@acuse/fastify'
 * import fastify from 'fastify'
 *
 * const webhooks = redcumbreWebhooks(process.env['REDCUMBRE_SECRET'])
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const app = fastify()
 * await app.register(webhooks)
 */
export function redcumbreWebhooks(
  secret: Secrets | undefined,
  options: ReceiverOptions<RedcumbreEvents> = {},
): Webhooks<RedcumbreEvents> {
  return createPlugin('redcumbreWebhooks', redcumbre(secret), options)
}
