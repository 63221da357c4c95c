import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dashboard } from '../dashboard.ts'
import { writeDashboard } from './node.ts'

/** The part of Fastify 5 that the plugin uses. */
export interface FastifyScope {
  /** The prefix under which the plugin was registered. */
  readonly prefix: string
  /** Adds a route for every method. */
  all(path: string, options: FastifyRoute): unknown
}

/** A route of the dashboard: it answers before Fastify looks at the media type or reads the body. */
export interface FastifyRoute {
  /** Answers. */
  onRequest(request: { readonly raw: IncomingMessage }, reply: FastifyReplyPart): Promise<unknown>
  /** Never reached. */
  handler(): void
}

/** The part of a reply that the plugin uses. */
export interface FastifyReplyPart {
  /** Node's own response. */
  readonly raw: ServerResponse
  /** Tells Fastify that somebody else answers. */
  hijack(): unknown
}

/**
 * The dashboard as a Fastify plugin: `app.register(toFastifyPlugin(board))`. Its `basePath` is the whole path, a prefix included.
 * `authorize` is handed Fastify's request as its second parameter, after the hooks that were added before.
 * @example
 * import { memoryInbox } from '@acuse/core'
 * import { dashboard, toFastifyPlugin } from '@acuse/dashboard'
 * import fastify from 'fastify'
 *
 * const isAdmin = (request: Request) => request.headers.get('x-forwarded-user') === 'ada'
 * const board = dashboard({ inboxes: { main: memoryInbox() }, authorize: isAdmin })
 * await fastify().register(toFastifyPlugin(board))
 */
export function toFastifyPlugin(board: Dashboard): (scope: FastifyScope) => Promise<void> {
  return async function acuseDashboard(scope) {
    const { basePath } = board
    const own = basePath.startsWith(scope.prefix) ? basePath.slice(scope.prefix.length) : basePath
    const route: FastifyRoute = {
      async onRequest(request, reply) {
        reply.hijack()
        await writeDashboard(board, request.raw, reply.raw, request)
        return reply
      },
      handler: () => undefined,
    }
    scope.all(own || '/', route)
    scope.all(`${own}/*`, route)
  }
}
