import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from '@acuse/core'
import { fromNodeRequest, passNodeRequest, takeRequest, writeNodeAnswer } from '@acuse/core/adapter'
import type { HttpAdapterHost } from '@nestjs/core'

/** A request as Express 4 and 5 leave it, and the middlewares of Fastify. */
interface NodeRequest extends IncomingMessage {
  /** The whole target, where an app in front has cut it. */
  readonly originalUrl?: string
  /** Who sent it, by the app's trust in proxies. */
  readonly ip?: string
}

type Middleware = (
  request: NodeRequest,
  response: ServerResponse,
  next: () => void,
  /** Who knows the address. Default: the request. */
  framed?: Pick<NodeRequest, 'ip'>,
) => void

/** What is asked of an app of Express, or of an instance of Fastify. */
interface App {
  use?(middleware: Middleware): unknown
  /** Of Express 4: makes the router, when the first middleware or route comes. */
  lazyrouter?(): void
  readonly _router?: unknown
  addHook?(
    name: 'onRequest',
    hook: (
      request: { readonly raw: NodeRequest; readonly ip: string },
      reply: { readonly raw: ServerResponse },
      done: () => void,
    ) => void,
  ): unknown
}

const remedies: Readonly<Record<string, string>> = {
  express:
    'Something read the body before AcuseModule did: an Express instance that was handed to Nest has a parser of its own. Leave parsers to Nest, or let that one keep the bytes: express.json({ verify: (request, _, body) => { request.rawBody = body } })',
  fastify:
    'A hook of a Fastify instance that was handed to Nest read request.raw before AcuseModule did: leave the paths of the webhooks out of it',
}

/**
 * Answers the receivers' requests before whatever is mounted later, parsers and guards included.
 * @returns whether the platform is one that it knows
 */
export function mount(
  adapter: HttpAdapterHost['httpAdapter'],
  receivers: readonly Receiver<never>[],
): boolean {
  const remedy = remedies[adapter.getType()]
  if (remedy === undefined) return false
  const app: App = adapter.getInstance()
  const middleware = toMiddleware(receivers, remedy)
  // Fastify has `use` when Nest has registered its middlewares, which then come before hooks; else the hook comes before them.
  if (app.lazyrouter && !app._router) useWithFirst(app, app.lazyrouter, middleware)
  else if (app.use) app.use(middleware)
  // The raw request stays as it is: Fastify's middlewares come later, and set `ip` on it.
  else app.addHook?.('onRequest', (request, reply, done) => middleware(request.raw, reply.raw, done, request))
  return true
}

/** Express 4 reads settings, such as 'query parser', when it makes its router: ours comes first, and no earlier than the app's own. */
function useWithFirst(app: App, lazyrouter: () => void, middleware: Middleware): void {
  app.lazyrouter = () => {
    app.lazyrouter = lazyrouter
    app.use?.(middleware)
  }
}

function toMiddleware(receivers: readonly Receiver<never>[], consumedRemedy: string): Middleware {
  return function acuseWebhooks(request, response, next, framed = request) {
    const { url = '', originalUrl = url } = request
    const paths = [toPath(url), toPath(originalUrl)]
    const receiver = receivers.find(({ answers }) => paths.some(answers))
    if (!receiver) {
      watch(receivers, request, response, originalUrl)
      return next()
    }
    takeRequest(request)
    const taken = {
      ...fromNodeRequest(request),
      url: originalUrl,
      consumedRemedy,
      // Asked by the receiver: a function of the app that trusts proxies may throw.
      get clientAddress() {
        return framed.ip
      },
    }
    // Never rejects.
    void receiver.handle(taken).then((outcome) => writeNodeAnswer(outcome, response))
  }
}

/** A delivery that goes to another path than its receiver's is told when the app has answered it. */
function watch(
  receivers: readonly Receiver<never>[],
  request: NodeRequest,
  response: ServerResponse,
  url: string,
): void {
  for (const receiver of receivers) {
    const tell = passNodeRequest(receiver, request, { url })
    if (tell) response.once('close', () => tell(response.statusCode))
  }
}

/** The path of a target; one in absolute form (RFC 9112 §3.2.2) has it after the host. */
function toPath(url: string): string {
  if (!url.startsWith('/') && URL.canParse(url)) return new URL(url).pathname
  const [path = ''] = url.split(/[?#]/, 1)
  return path
}
