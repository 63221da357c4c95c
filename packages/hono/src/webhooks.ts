import { createReceiver, type Provider, type ReceiverOptions } from '@acuse/core'
import {
  checkAdapterOptions,
  createAdapter,
  passRequest,
  type ReceiverAdapter,
  takeRequest,
} from '@acuse/core/adapter'
import type { MiddlewareHandler } from 'hono'
import { isMountedHere } from './mount.ts'
import { nodeRequest } from './node-request.ts'
import { type ClientAddress, readHead, readRequest } from './read-request.ts'
import { writeOutcome } from './write-outcome.ts'

/** Hono middleware that receives one provider's webhooks, and where its handlers are registered. */
export interface Webhooks<Events extends object> extends MiddlewareHandler, ReceiverAdapter<Events> {}

/** Options of the middleware: the receiver's, and what Hono cannot tell by itself. */
export type HonoOptions<Events extends object> = ReceiverOptions<Events> & ClientAddressOption

/** The option that only Hono's middleware has. */
export interface ClientAddressOption {
  /**
   * Finds the address of a client, for `ipAllowlist`: `getConnInfo(c).remote.address` of your runtime's Hono
   * adapter, or what a proxy that you trust has set. Default: the connection's, on Node.
   */
  readonly clientAddress?: ClientAddress
}

/**
 * Hono middleware for a provider's webhooks, on Node, Bun, Deno and Workers.
 *
 * Mounted with `app.use(webhooks)` it answers the provider's path, with and without a trailing slash, and
 * passes everything else on. Mounted on a path of its own, `app.use('/hooks', webhooks)` or
 * `app.post('/hooks', webhooks)`, it answers there.
 *
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { webhooks as receive } from '@acuse/hono'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { Hono } from 'hono'
 *
 * const webhooks = receive(redcumbre(process.env['REDCUMBRE_SECRET']), { closeTimeoutMs: 10_000 })
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const app = new Hono()
 * app.use(webhooks)
 */
export function webhooks<Events extends object>(
  provider: Provider<Events>,
  options: HonoOptions<Events> = {},
): Webhooks<Events> {
  return createMiddleware('webhooks', provider, options)
}

/** The middleware under the name of the function that the user called, for stack traces. */
export function createMiddleware<Events extends object>(
  name: string,
  provider: Provider<Events>,
  allOptions: HonoOptions<Events>,
): Webhooks<Events> {
  checkAdapterOptions(`${name} options`, allOptions, ['clientAddress'])
  const { clientAddress, ...options } = allOptions
  if (clientAddress !== undefined && typeof clientAddress !== 'function')
    throw new TypeError(
      'clientAddress must be a function of the context, such as (c) => getConnInfo(c).remote.address',
    )
  const receiver = createReceiver(provider, options)
  const middleware: MiddlewareHandler = async (context, next) => {
    const request = nodeRequest(context) ?? context.req.raw
    if (!isMountedHere(context, receiver)) {
      const tell = passRequest(receiver, request, readHead(context))
      if (tell === undefined) return next()
      await next()
      return tell(context.res.status)
    }
    takeRequest(request)
    return writeOutcome(await receiver.handle(readRequest(context, clientAddress)))
  }
  return createAdapter(name, middleware, receiver)
}
