import { createServer, type RequestListener, type Server } from 'node:http'
import {
  type AckOnAcceptedOptions,
  createReceiver,
  defineProvider,
  type EventSchema,
  memoryInbox,
  type Provider,
  type Scheme,
  toFetchHandler,
  toNodeHandler,
} from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import awsLambdaFastify from '@fastify/aws-lambda'
import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import express, { type Express } from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { handle as onLambda } from 'hono/aws-lambda'
import serverlessHttp from 'serverless-http'
import { describe, expect, it } from 'vitest'
import { schemeOf, wrongVerdicts } from '../../packages/core/test/support/schemes.ts'
import { watchUnhandled } from '../../packages/core/test/support/unhandled.ts'
import { express4 } from '../support/express4.ts'
import { byFunctionsFramework, byHttp, byLambda, type Call, type Served } from './served.ts'

interface Events {
  ping: { type: 'ping' }
}

const unhandled = watchUnhandled()

const anything: EventSchema<Events['ping']> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Events['ping'] }) },
}

/** A provider whose scheme and envelope are the next ones of a table. */
function providerOf(
  next: () => { scheme: Scheme; envelope: NonNullable<Provider<Events>['envelope']> },
): Provider<Events> {
  return defineProvider<Events>({
    name: 'ping',
    path: '/hooks',
    scheme: {
      name: 'by-hand',
      signs: [{ raw: 'body' }],
      check: (headers) => next().scheme.check(headers),
      verify: (request) => next().scheme.verify(request),
      diagnose: () => [],
    },
    events: { ping: anything },
    envelope: (payload, request, bodyHash) => next().envelope(payload, request, bodyHash),
  })
}

type Options = AckOnAcceptedOptions<Events>
type Build = (provider: Provider<Events>, options: Options) => Served | Promise<Served>

function expressApp(create: typeof express, provider: Provider<Events>, options: Options): Express {
  return create().use(onExpress.webhooks(provider, options))
}

function nodeHandler(provider: Provider<Events>, options: Options): RequestListener {
  return toNodeHandler(createReceiver(provider, options))
}

function fastifyApp(provider: Provider<Events>, options: Options): FastifyInstance {
  const app = fastify()
  app.register(onFastify.webhooks(provider, options))
  return app
}

const honoApp = (provider: Provider<Events>, options: Options): Hono =>
  new Hono().use(onHono.webhooks(provider, options))

const hosts: Record<string, Build> = {
  'Express 5': (...given) => byHttp(createServer(expressApp(express, ...given))),
  'Express 4': (...given) => byHttp(createServer(expressApp(express4, ...given))),
  async Fastify(...given) {
    const app = fastifyApp(...given)
    await app.ready()
    return byHttp(app.server)
  },
  Hono: (...given) => byHttp(createAdaptorServer({ fetch: honoApp(...given).fetch }) as Server),
  toNodeHandler: (...given) => byHttp(createServer(nodeHandler(...given))),
  toFetchHandler: (...given) =>
    byHttp(createServer(getRequestListener(toFetchHandler(createReceiver(...given))))),
  'serverless-http, Express 5': (...given) => byLambda(serverlessHttp(expressApp(express, ...given))),
  'serverless-http, Express 4': (...given) => byLambda(serverlessHttp(expressApp(express4, ...given))),
  'serverless-http, toNodeHandler': (...given) => byLambda(serverlessHttp(nodeHandler(...given))),
  '@fastify/aws-lambda': (...given) => byLambda(awsLambdaFastify(fastifyApp(...given))),
  'hono/aws-lambda': (...given) => byLambda(onLambda(honoApp(...given))),
  'hono/aws-lambda, toFetchHandler': (...given) =>
    byLambda(onLambda({ fetch: toFetchHandler(createReceiver(...given)) } as Hono)),
  'the functions framework, Express 5': (...given) =>
    byFunctionsFramework('an-express-app', expressApp(express, ...given) as RequestListener),
  'the functions framework, toNodeHandler': (...given) =>
    byFunctionsFramework('to-node-handler', nodeHandler(...given)),
}

const ping: Call = { target: '/hooks', body: '{"type":"ping"}' }

const broken = (): never => {
  throw new Error('no')
}

describe.each(Object.entries(hosts))('%s', (_, build) => {
  it('answers the constant 500 to whatever a scheme by hand answers wrongly, and runs no handler', async () => {
    const lines: string[] = []
    const silent = (): void => {}
    let verify: () => unknown = broken
    const provider = providerOf(() => ({ scheme: schemeOf({ verify }), envelope: () => ({ type: 'ping' }) }))
    const host = await build(provider, {
      inbox: memoryInbox({ maxIdempotencyKeys: 10 }),
      logger: {
        debug: silent,
        info: silent,
        warn: silent,
        error: (_details, message) => void lines.push(message),
      },
      on: { ping: () => void unhandled.push('a handler ran') },
    })
    try {
      for (const [what, verdict] of Object.entries(wrongVerdicts)) {
        verify = verdict
        const answer = await host.call(ping)
        expect([what, answer]).toEqual([what, { status: 500, body: '{"error":"misconfigured"}' }])
      }
      // One line a minute; the others are counted.
      expect(lines).toEqual([expect.stringContaining('scheme')])
      verify = () => ({ code: 'signature-mismatch' })
      expect((await host.call(ping)).status).toBe(401)
      verify = () => ({ keyId: 'k' })
      expect((await host.call({ ...ping, body: '[' })).status).toBe(400)
    } finally {
      host.stop()
    }
    expect(unhandled).toEqual([])
  })

  it('answers, and the process lives, whatever the observer, the logger, the envelope, the keys and the clock do', async () => {
    const rejects = () => Promise.reject(new Error('metrics are down'))
    const cases: [string, Partial<Provider<Events>>, Options, number][] = [
      [
        'observer',
        { scheme: schemeOf({ verify: () => ({ code: 'header-missing' }) }) },
        { observer: rejects },
        401,
      ],
      ['envelope', { scheme: schemeOf(), envelope: broken }, {}, 400],
      [
        'keys',
        { scheme: schemeOf({ verify: () => ({ code: 'keys-failed', error: new Error('away') }) }) },
        {},
        503,
      ],
      [
        'clock',
        { scheme: schemeOf() },
        { clock: { now: () => Number.NaN, monotonic: broken, schedule: broken } },
        500,
      ],
    ]
    for (const [what, changes, options, status] of cases) {
      const logger = { debug: rejects, info: rejects, warn: rejects, error: rejects }
      const provider = {
        ...providerOf(() => ({ scheme: schemeOf(), envelope: () => ({ type: 'ping' }) })),
        ...changes,
      }
      const host = await build(provider, {
        inbox: memoryInbox({ maxIdempotencyKeys: 10 }),
        logger,
        ...options,
      })
      expect([what, (await host.call(ping)).status]).toEqual([what, status])
      host.stop()
    }
    expect(unhandled).toEqual([])
  })
})
