import { createReceiver, type Provider, type ReceiverOptions } from '@acuse/core'
import { createAdapter, passNodeRequest, type ReceiverAdapter, takeRequest } from '@acuse/core/adapter'
import type { NextFunction, Request, RequestHandler } from 'express'
import { belowWildcard, isMountedHere, ownLayers } from './mount.ts'
import { readRequest } from './read-request.ts'
import { writeOutcome } from './write-outcome.ts'

/** Express middleware that receives one provider's webhooks, and where its handlers are registered. */
export interface Webhooks<Events extends object> extends RequestHandler, ReceiverAdapter<Events> {}

/**
 * Express middleware for a provider's webhooks.
 *
 * Mounted with a bare `app.use(webhooks)` it answers the provider's path, with and without a trailing
 * slash, and passes everything else on. Mounted with `app.use('/hooks', webhooks)` or
 * `app.post('/hooks', webhooks)` it answers there. It reads the raw body itself: mount it before
 * `express.json()`.
 *
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { webhooks as receive } from '@acuse/express'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import express from 'express'
 *
 * const webhooks = receive(redcumbre(process.env['REDCUMBRE_SECRET']), { closeTimeoutMs: 10_000 })
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const app = express()
 * app.use(webhooks)
 */
export function webhooks<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events> = {},
): Webhooks<Events> {
  return createMiddleware('webhooks', provider, options)
}

/** The middleware under the name of the function that the user called, for stack traces. */
export function createMiddleware<Events extends object>(
  name: string,
  provider: Provider<Events>,
  options: ReceiverOptions<Events>,
): Webhooks<Events> {
  const receiver = createReceiver(provider, options)
  const middleware: RequestHandler = async (request, response, next) => {
    if (!isOurs(request, next)) {
      const tell = passNodeRequest(receiver, request, { url: request.originalUrl })
      if (tell) response.once('close', () => tell(response.statusCode))
      return next()
    }
    takeRequest(request)
    writeOutcome(await receiver.handle(readRequest(request)), response)
  }
  const adapter = createAdapter(name, middleware, receiver)
  const isOwn = ownLayers(adapter, 'receiver')
  /** On the receiver's own path, whole or below where it stands; or mounted here. */
  function isOurs(request: Request, next: NextFunction): boolean {
    const { baseUrl, path } = request
    if (receiver.answers(path) || receiver.answers(baseUrl + path)) return true
    const below = belowWildcard(request)
    return (below !== undefined && receiver.answers(below)) || isMountedHere(request, next, isOwn)
  }
  return adapter
}
