import {
  type Attached,
  attachReceiver,
  createReceiver,
  type Provider,
  type Receiver,
  type ReceiverOptions,
} from '@acuse/core'
import type { Request, RequestHandler } from 'express'
import { readRequest } from './read-request.ts'
import { writeOutcome } from './write-outcome.ts'

/** Express middleware that receives one provider's webhooks, and where its handlers are registered. */
export interface Webhooks<Events extends object> extends RequestHandler, Attached<Events> {}

/**
 * Express middleware for a provider's webhooks.
 *
 * Mounted with a bare `app.use(webhooks)` it answers the provider's path, with and without a trailing
 * slash, and passes everything else on. Mounted with `app.use('/hooks', webhooks)` or
 * `app.post('/hooks', webhooks)` it answers there. It reads the raw body itself: mount it before
 * `express.json()`.
 *
 * @throws TypeError when an option is unknown or cannot be used
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
    if (!isOurs(request, name, receiver)) return next()
    writeOutcome(await receiver.handle(readRequest(request)), response)
  }
  return attachReceiver(name, middleware, receiver)
}

/** Routed here by `app.post(path, …)`, mounted here by `app.use(path, …)`, or on the receiver's own path. */
function isOurs(request: Request, name: string, receiver: Pick<Receiver<never>, 'answers'>): boolean {
  if (receiver.answers(request.path)) return true
  if (request.baseUrl !== '' && request.path === '/') return true
  // By name, because tracing tools wrap the function; and an earlier route's `request.route` stays behind.
  const stack: readonly { readonly name?: string }[] = request.route?.stack ?? []
  return stack.some((layer) => layer.name === name)
}
