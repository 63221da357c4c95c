import type { Secrets } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createMiddleware, type HonoOptions, type Webhooks } from './webhooks.ts'

/**
 * Hono middleware for Redcumbre's webhooks: `POST /webhooks/redcumbre`.
 *
 * @param secret the 64 hexadecimal characters from Redcumbre's administration panel, or several while one
 * replaces another: a list or a map such as `{ current, next }`
 * @throws TypeError when the secret is missing, or it or an option cannot be used
 * @example
 * import { redcumbreWebhooks } from '@acuse/hono'
 * import { Hono } from 'hono'
 *
 * const webhooks = redcumbreWebhooks(process.env['REDCUMBRE_SECRET'])
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const app = new Hono()
 * app.use(webhooks)
 */
export function redcumbreWebhooks(
  secret: Secrets | undefined,
  options: HonoOptions<RedcumbreEvents> = {},
): Webhooks<RedcumbreEvents> {
  return createMiddleware('redcumbreWebhooks', redcumbre(secret), options)
}
