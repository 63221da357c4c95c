import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, type ReceiverOptions, toFetchHandler, toNodeHandler } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import awsLambdaFastify from '@fastify/aws-lambda'
import { http as registerFunction } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { type Context, Hono } from 'hono'
import { getConnInfo, handle as onLambda } from 'hono/aws-lambda'
import httpMocks from 'node-mocks-http'
import serverlessHttp from 'serverless-http'
import { describe, expect, it } from 'vitest'
import { express4 } from '../support/express4.ts'
import { path, secret } from './hosts.ts'
import { type LambdaEvent, lambdaEvents, repeatedSignature } from './lambda-events.ts'
import { freshBody, type RawRequest, send, sign } from './raw-client.ts'

const silent = (): void => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }
const options = (): ReceiverOptions<RedcumbreEvents> => ({
  inbox: memoryInbox({ maxIdempotencyKeys: 1_000 }),
  logger,
})

type Invoke = (event: LambdaEvent) => Promise<number>

const context = { callbackWaitsForEmptyEventLoop: true, awsRequestId: 'r' }

function statusOf(handler: (...given: never[]) => unknown): Invoke {
  return async (event) => {
    const answer = await (
      handler as (event: LambdaEvent, context: object) => Promise<{ statusCode: number }>
    )(event, context)
    return answer.statusCode
  }
}

function fastifyApp(): FastifyInstance {
  const app = fastify()
  app.register(onFastify.redcumbreWebhooks(secret, options()))
  return app
}

const honoApp = () => new Hono().use(onHono.redcumbreWebhooks(secret, options()))
const fetchHandler = () => toFetchHandler(createReceiver(redcumbre(secret), options()))

const hosts: Record<string, () => Invoke> = {
  'serverless-http, Express 5': () =>
    statusOf(serverlessHttp(express().use(onExpress.redcumbreWebhooks(secret, options())))),
  'serverless-http, Express 4': () =>
    statusOf(serverlessHttp(express4().use(onExpress.redcumbreWebhooks(secret, options())))),
  'serverless-http, toNodeHandler': () =>
    statusOf(serverlessHttp(toNodeHandler(createReceiver(redcumbre(secret), options())))),
  'serverless-http, Fastify': () => statusOf(serverlessHttp(fastifyApp() as never)),
  '@fastify/aws-lambda': () => statusOf(awsLambdaFastify(fastifyApp(), { albMultiValueHeaders: true })),
  'hono/aws-lambda': () => statusOf(onLambda(honoApp())),
  'hono/aws-lambda, toFetchHandler': () => statusOf(onLambda({ fetch: fetchHandler() } as Hono)),
}

describe.each(Object.keys(hosts))('%s', (name) => {
  const invoke = (hosts[name] as () => Invoke)()

  it.each(Object.entries(lambdaEvents))('answers 200 to an event of %s', async (_, event) => {
    expect(await invoke(event())).toBe(200)
  })

  it.each(Object.entries(lambdaEvents))(
    'answers 401 to an event of %s with another body',
    async (_, event) => {
      const { body } = event()
      expect(await invoke({ ...event(), body })).toBe(401)
    },
  )
})

/** By the address that the event names: its bridge hands it on, and Hono has a function for it. */
const listed: Record<string, (ipAllowlist: readonly string[]) => Invoke> = {
  'serverless-http, Express 5': (ipAllowlist) =>
    statusOf(
      serverlessHttp(express().use(onExpress.redcumbreWebhooks(secret, { ...options(), ipAllowlist }))),
    ),
  'serverless-http, toNodeHandler': (ipAllowlist) =>
    statusOf(serverlessHttp(toNodeHandler(createReceiver(redcumbre(secret), { ...options(), ipAllowlist })))),
  '@fastify/aws-lambda': (ipAllowlist) => {
    const app = fastify()
    app.register(onFastify.redcumbreWebhooks(secret, { ...options(), ipAllowlist }))
    return statusOf(awsLambdaFastify(app))
  },
  'hono/aws-lambda': (ipAllowlist) => {
    const clientAddress = (context: Context) => getConnInfo(context).remote.address
    const webhooks = onHono.redcumbreWebhooks(secret, { ...options(), ipAllowlist, clientAddress })
    return statusOf(onLambda(new Hono().use(webhooks)))
  },
}

describe.each(Object.entries(listed))('%s, with an allow-list', (_, make) => {
  it.each(['a REST API', 'an HTTP API, payload 1.0', 'an HTTP API, payload 2.0'])(
    'goes by the address that an event of %s names',
    async (shape) => {
      const event = lambdaEvents[shape] as () => LambdaEvent
      expect(await make(['203.0.113.0/24'])(event())).toBe(200)
      expect(await make(['198.51.100.0/24'])(event())).toBe(401)
    },
  )
})

describe.each(['@fastify/aws-lambda', 'hono/aws-lambda', 'hono/aws-lambda, toFetchHandler'])('%s', (name) => {
  it('sees a signature that stands twice, and refuses it', async () => {
    expect(await (hosts[name] as () => Invoke)()(repeatedSignature())).toBe(401)
  })
})

describe.each<[string, (functionName: string) => void]>([
  [
    'an-express-app',
    (name) => registerFunction(name, express().use(onExpress.redcumbreWebhooks(secret, options())) as never),
  ],
  [
    'the-middleware',
    (name) => registerFunction(name, onExpress.redcumbreWebhooks(secret, options()) as never),
  ],
  [
    'to-node-handler',
    (name) => registerFunction(name, toNodeHandler(createReceiver(redcumbre(secret), options())) as never),
  ],
  ['a-hono-app', (name) => registerFunction(name, getRequestListener(honoApp().fetch) as never)],
  ['to-fetch-handler', (name) => registerFunction(name, getRequestListener(fetchHandler()) as never)],
  [
    'a-fastify-app',
    (name) => {
      const app = fastifyApp()
      registerFunction(name, async (request, response) => {
        await app.ready()
        app.routing(request, response)
      })
    },
  ],
])('the functions framework with %s as the function', (what, register) => {
  it.each<[string, RawRequest]>([
    ['JSON', {}],
    ['a form', { headers: ['Content-Type: application/x-www-form-urlencoded'] }],
    ['text', { headers: ['Content-Type: text/plain'] }],
  ])('takes the bytes that it kept of %s', async (_, request) => {
    register(what)
    const server: Server = getTestServer(what)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const body = freshBody()
    expect((await send(port, { body, ...request })).status).toBe(200)
    expect((await send(port, { body, signature: '0'.repeat(64), ...request })).status).toBe(401)
    server.closeAllConnections()
    server.close()
  })
})

describe('node-mocks-http', () => {
  it('calls the middleware in a test without a server', async () => {
    const body = freshBody()
    const headers = { 'Content-Type': 'application/json', 'X-Webhook-Signature': sign(body) }
    const call = async (sent: Buffer): Promise<number> => {
      const made = httpMocks.createMocks({ method: 'POST', url: path, headers, body: sent as never })
      await onExpress.redcumbreWebhooks(secret, options())(made.req, made.res, () => {})
      return made.res.statusCode
    }
    expect(await call(body)).toBe(200)
    expect(await call(freshBody())).toBe(401)
  })
})

describe('a node:http server whose requests somebody made again', () => {
  it('without raw headers: a signature that stands twice is still seen', async () => {
    const handler = toNodeHandler(createReceiver(redcumbre(secret), options()))
    const server = createServer((request, response) => {
      request.headers = request.headersDistinct as never
      request.rawHeaders = []
      return handler(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const body = freshBody()
    const twice = [`X-Webhook-Signature: ${sign(body)}`]
    expect((await send(port, { body, headers: twice })).status).toBe(401)
    expect((await send(port, { body })).status).toBe(200)
    server.closeAllConnections()
    server.close()
  })
})
