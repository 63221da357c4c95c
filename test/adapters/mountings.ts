import { memoryInbox, type ReceiverOptions } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import type { RedcumbreEvents } from '@acuse/providers/redcumbre'
import express, { type Express } from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { express4 } from '../support/express4.ts'
import { path, secret } from './hosts.ts'

/** Where webhooks are mounted, and what they answer there. */
export interface Mounting {
  readonly name: string
  /** Paths that the webhooks answer. */
  readonly answered: readonly string[]
  /** Paths that they pass on, whatever the method: the app's own, or nobody's. */
  readonly passed: readonly string[]
}

/** Every place where all four frameworks can put them. */
export const mountings = {
  bare: {
    name: 'bare, it answers its path with and without a slash',
    answered: [path, `${path}/`, `${path}?a=1`],
    passed: ['/', '/webhooks', `${path}x`, `${path}/x`, `/x${path}`, `/${path}`],
  },
  option: {
    name: 'bare, with the option path, it answers there',
    answered: ['/avisos/se%C3%B1al', '/avisos/se%c3%b1al/'],
    passed: ['/', path, '/avisos'],
  },
  prefix: {
    name: 'at a prefix, it answers there, and on its path below',
    answered: ['/hooks', '/hooks/', `/hooks${path}`],
    passed: ['/', '/hooks/x', path],
  },
  route: {
    name: 'at a route, it answers there',
    answered: ['/hooks', '/hooks?a=1'],
    passed: ['/', '/hooks/x', path],
  },
  router: {
    name: "bare in a router of the app's, it answers its path below, and never what the router matched",
    answered: [`/api${path}`, `/api${path}/`],
    passed: ['/api', '/api/', '/api/users', path],
  },
  routerPrefix: {
    name: 'at a prefix in a router, it answers there',
    answered: ['/api/hooks', `/api/hooks${path}`],
    passed: ['/api', '/api/', '/api/hooks/x', '/hooks', path],
  },
  app: {
    name: 'in an app that is mounted in another, it answers its path below',
    answered: [`/api${path}`],
    passed: ['/api', '/api/', '/api/x', path],
  },
  parameter: {
    name: 'below a parameter, it answers its path for each value, and never the parameter alone',
    answered: [`/t/acme${path}`, `/t/b%C3%A4r${path}/`],
    passed: ['/t', '/t/acme', '/t/acme/x', `/t/acme/x${path}`, path],
  },
  parameterRoute: {
    name: 'at a route with a parameter, it answers there for each value',
    answered: ['/t/acme/hook', '/t/b%C3%A4r/hook'],
    passed: ['/t/acme', '/t/hook', '/t/acme/hook/x', path],
  },
  wildcard: {
    name: 'at a wildcard, which matches everything, it answers its path',
    answered: [path, `${path}/`],
    passed: ['/', '/api', '/api/users', `${path}/x`],
  },
  wildcardBelow: {
    name: 'at a wildcard below a prefix, it answers its path below',
    answered: [`/api${path}`],
    passed: ['/api', '/api/', '/api/users', '/other'],
  },
  afterNamesake: {
    name: "after a route of the app's own that bears its name and passes on, it answers its path",
    answered: [path],
    passed: ['/', '/api/users'],
  },
} satisfies Record<string, Mounting>

/** A mounting, by its name in the table. */
export type Name = keyof typeof mountings

type Mount<App, Webhooks> = { readonly [Which in Name]: (app: App, webhooks: Webhooks) => unknown }

/** Options of webhooks that nothing else uses. */
export function optionsOf(which: Name): ReceiverOptions<RedcumbreEvents> {
  const inbox = memoryInbox({ maxIdempotencyKeys: 1_000 })
  // Nothing is registered, and what waits would be told.
  const options = { inbox, work: false } as const
  return which === 'option' ? { ...options, path: '/avisos/señal' } : options
}

type ExpressHooks = ReturnType<typeof onExpress.redcumbreWebhooks>

function onAnyExpress(create: typeof express, wildcards: readonly [string, string]) {
  const mount: Mount<Express, ExpressHooks> = {
    bare: (app, webhooks) => app.use(webhooks),
    option: (app, webhooks) => app.use(webhooks),
    prefix: (app, webhooks) => app.use('/hooks', webhooks),
    route: (app, webhooks) => app.all('/hooks', webhooks),
    router: (app, webhooks) => app.use('/api', create.Router().use(webhooks)),
    routerPrefix: (app, webhooks) => app.use('/api', create.Router().use('/hooks', webhooks)),
    app: (app, webhooks) => app.use('/api', create().use(webhooks)),
    parameter: (app, webhooks) => app.use('/t/:tenant', create.Router().use(webhooks)),
    parameterRoute: (app, webhooks) => app.all('/t/:tenant/hook', webhooks),
    wildcard: (app, webhooks) => app.use(wildcards[0], webhooks),
    wildcardBelow: (app, webhooks) => app.use(wildcards[1], webhooks),
    afterNamesake: (app, webhooks) => {
      app.all(wildcards[0], function redcumbreWebhooks(_request, _response, next) {
        next()
      })
      app.use(webhooks)
    },
  }
  return (which: Name): Express => {
    const app = create()
    mount[which](app, onExpress.redcumbreWebhooks(secret, optionsOf(which)))
    return app
  }
}

const fastifyMount: Mount<FastifyInstance, ReturnType<typeof onFastify.redcumbreWebhooks>> = {
  bare: (app, webhooks) => app.register(webhooks),
  option: (app, webhooks) => app.register(webhooks),
  prefix: (app, webhooks) => app.register(webhooks, { prefix: '/hooks' }),
  route: (app, webhooks) => app.register(webhooks, { prefix: '/hooks' }),
  router: (app, webhooks) => app.register(async (api) => void api.register(webhooks), { prefix: '/api' }),
  routerPrefix: (app, webhooks) =>
    app.register(async (api) => void api.register(webhooks, { prefix: '/hooks' }), { prefix: '/api' }),
  app: (app, webhooks) =>
    app.register(async (api) => void api.register(async (inner) => void inner.register(webhooks)), {
      prefix: '/api',
    }),
  parameter: (app, webhooks) =>
    app.register(async (api) => void api.register(webhooks), { prefix: '/t/:tenant' }),
  parameterRoute: (app, webhooks) => app.register(webhooks, { prefix: '/t/:tenant/hook' }),
  // Fastify's plugins stand at no wildcard: the nearest is a scope beside a route that takes everything.
  wildcard: (app, webhooks) => {
    app.all('/*', (_request, reply) => reply.callNotFound())
    app.register(webhooks)
  },
  wildcardBelow: (app, webhooks) => {
    app.all('/api/*', (_request, reply) => reply.callNotFound())
    app.register(async (api) => void api.register(webhooks), { prefix: '/api' })
  },
  afterNamesake: (app, webhooks) => {
    app.all('/api/users', function redcumbreWebhooks(_request, reply) {
      reply.callNotFound()
    })
    app.register(webhooks)
  },
}

const honoMount: Mount<Hono, ReturnType<typeof onHono.redcumbreWebhooks>> = {
  bare: (app, webhooks) => app.use(webhooks),
  option: (app, webhooks) => app.use(webhooks),
  prefix: (app, webhooks) => app.use('/hooks', webhooks).use('/hooks/*', webhooks),
  route: (app, webhooks) => app.all('/hooks', webhooks),
  router: (app, webhooks) => app.route('/api', new Hono().use(webhooks)),
  routerPrefix: (app, webhooks) =>
    app.route('/api', new Hono().use('/hooks', webhooks).use('/hooks/*', webhooks)),
  app: (app, webhooks) => app.mount('/api', new Hono().use(webhooks).fetch),
  parameter: (app, webhooks) => app.use('/t/:tenant/*', webhooks),
  parameterRoute: (app, webhooks) => app.all('/t/:tenant/hook', webhooks),
  wildcard: (app, webhooks) => app.all('/:rest{.+}', webhooks),
  wildcardBelow: (app, webhooks) => app.all('/api/*', webhooks),
  afterNamesake: (app, webhooks) => {
    app.all('*', async function redcumbreWebhooks(_context, next) {
      await next()
    })
    app.use(webhooks)
  },
}

/** Apps in which the webhooks are mounted so, by their frameworks: those that route by themselves. */
export const mount = {
  express5: onAnyExpress(express, ['/*rest', '/api/*rest']),
  express4: onAnyExpress(express4, ['*', '/api/*']),
  fastify(which: Name): FastifyInstance {
    const app = fastify()
    fastifyMount[which](app, onFastify.redcumbreWebhooks(secret, optionsOf(which)))
    return app
  },
  hono(which: Name): Hono {
    const app = new Hono({ strict: which !== 'prefix' })
    honoMount[which](app, onHono.redcumbreWebhooks(secret, optionsOf(which)))
    return app
  },
}
