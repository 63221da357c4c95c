import { createReceiver, type Provider, type Receiver, type ReceiverOptions } from '@acuse/core'
import { createAdapter, passNodeRequest, type ReceiverAdapter, takeRequest } from '@acuse/core/adapter'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { readRequest } from './read-request.ts'
import { writeOutcome } from './write-outcome.ts'

/** A Fastify plugin that receives one provider's webhooks, and where its handlers are registered. */
export interface Webhooks<Events extends object> extends FastifyPluginAsync, ReceiverAdapter<Events> {}

/**
 * A Fastify plugin for a provider's webhooks.
 *
 * `app.register(webhooks)` answers the provider's path, with and without a trailing slash. With
 * `app.register(webhooks, { prefix: '/hooks' })` it answers at the prefix too, and on its path below. It
 * answers before Fastify parses bodies, and leaves the app's own parsers alone. When the server listens, what waits in
 * the inbox is handed out; `app.close()` closes the receiver, and waits as the option `closeTimeoutMs` says.
 *
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { webhooks as receive } from '@acuse/fastify'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import fastify from 'fastify'
 *
 * const webhooks = receive(redcumbre(process.env['REDCUMBRE_SECRET']), { closeTimeoutMs: 10_000 })
 * webhooks.on('bhe.emitida', ({ payload }, { log }) => log.info({ bheId: payload.bheId }, 'issued'))
 * const app = fastify()
 * await app.register(webhooks)
 */
export function webhooks<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events> = {},
): Webhooks<Events> {
  return createPlugin('webhooks', provider, options)
}

/** The plugin under the name of the function that the user called, for stack traces. */
export function createPlugin<Events extends object>(
  name: string,
  provider: Provider<Events>,
  options: ReceiverOptions<Events>,
): Webhooks<Events> {
  const receiver = createReceiver(provider, options)
  const plugin: FastifyPluginAsync<{ readonly prefix?: string }> = async (scope, { prefix }) => {
    // To Fastify a colon begins a parameter, and two are one.
    addRoute(scope, receiver.path.replace(/\/$/, '').replaceAll(':', '::'), receiver)
    if (prefix) addRoute(scope, '', receiver)
    if (options.work !== false) scope.addHook('onListen', async () => receiver.work())
    scope.addHook('onClose', () => receiver.close())
  }
  const outer: FastifyPluginAsync<{ readonly prefix?: string }> = async (app, given) => {
    const at = app.prefix + (given.prefix ?? receiver.path)
    // In the app's own scope, whose hooks Fastify runs where nobody answers.
    app.addHook('onResponse', async ({ raw }, { statusCode }) =>
      passNodeRequest(receiver, raw, { at })?.(statusCode),
    )
    app.register(inner, given)
  }
  const about = { name: `@acuse/fastify ${name}`, fastify: '5.x' }
  const inner = fastifyPlugin(plugin, { ...about, encapsulate: true })
  const registered = fastifyPlugin(outer, about)
  // Its own types leave out the prefix.
  return createAdapter(name, registered as FastifyPluginAsync, receiver)
}

/** Every method: the receiver decides what is refused. A prefix, because Fastify answers it with and without a slash. */
function addRoute(scope: FastifyInstance, prefix: string, receiver: Pick<Receiver<never>, 'handle'>): void {
  scope.register(
    (inner, _options, done) => {
      inner.all('/', {
        // Before Fastify looks at the media type or reads the body.
        onRequest: async (request, reply) => {
          takeRequest(request.raw)
          writeOutcome(await receiver.handle(readRequest(request)), reply)
          return reply
        },
        handler: () => undefined,
      })
      done()
    },
    { prefix },
  )
}
