import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type HandlerContext, memoryInbox, type RequestHead } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import awsLambdaFastify from '@fastify/aws-lambda'
import { createAdaptorServer } from '@hono/node-server'
import express, { type Express } from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { handle as onLambda } from 'hono/aws-lambda'
import serverlessHttp from 'serverless-http'
import { expect, it } from 'vitest'
import { express4 } from '../support/express4.ts'
import { path, secret } from './hosts.ts'
import { freshBody } from './raw-client.ts'
import { byHttp, byLambda, type Served } from './served.ts'

const secrets: Readonly<Record<string, string>> = { a: `${secret}-a`, b: `${secret}-b` }

/** The tenant of a path such as `/t/a/webhooks/redcumbre`, of the whole URL where a host has that. */
function secretOf({ url }: RequestHead): Readonly<Record<string, string>> | undefined {
  const [, tenant = ''] = /\/t\/(\w+)\//.exec(url) ?? []
  const found = secrets[tenant]
  return found === undefined ? undefined : { [tenant]: found }
}

const silent = (): void => {}

/** Told whose event a handler got. */
type See = (keyId: string) => void

function options(see: See) {
  const on = { '*': (_: unknown, { keyId }: Pick<HandlerContext, 'keyId'>) => see(keyId) }
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  return { inbox: memoryInbox({ maxIdempotencyKeys: 10 }), logger, on }
}

function expressApp(create: typeof express, see: See): Express {
  const webhooks = onExpress.redcumbreWebhooks(secretOf, options(see))
  return create().use('/t/:tenant', create.Router().use(webhooks))
}

function fastifyApp(see: See): FastifyInstance {
  const app = fastify()
  const webhooks = onFastify.redcumbreWebhooks(secretOf, options(see))
  app.register(
    (api, _options, done) => {
      api.register(webhooks)
      done()
    },
    { prefix: '/t/:tenant' },
  )
  return app
}

const honoApp = (see: See) => new Hono().use('/t/:tenant/*', onHono.redcumbreWebhooks(secretOf, options(see)))

const hosts: Record<string, (see: See) => Served | Promise<Served>> = {
  'Express 5': (see) => byHttp(createServer(expressApp(express, see))),
  'Express 4': (see) => byHttp(createServer(expressApp(express4, see))),
  async Fastify(see) {
    const app = fastifyApp(see)
    await app.ready()
    return byHttp(app.server)
  },
  Hono: (see) => byHttp(createAdaptorServer({ fetch: honoApp(see).fetch }) as Server),
  'serverless-http, Express 5': (see) => byLambda(serverlessHttp(expressApp(express, see))),
  '@fastify/aws-lambda': (see) => byLambda(awsLambdaFastify(fastifyApp(see))),
  'hono/aws-lambda': (see) => byLambda(onLambda(honoApp(see))),
}

it.each(Object.entries(hosts))(
  'on %s the path says whose secret verifies, handlers see whose it was, and nobody has that of another',
  async (_, serve) => {
    const taken: string[] = []
    let bothAreTaken = (): void => {}
    const both = new Promise<void>((resolve) => {
      bothAreTaken = resolve
    })
    const host = await serve((keyId) => {
      if (taken.push(keyId) === 2) bothAreTaken()
    })
    const post = async (tenant: string, signer: string, body = freshBody()) => {
      const key = secrets[signer] ?? ''
      const signature = createHmac('sha256', key).update(body).digest('hex')
      const headers = { 'content-type': 'application/json', 'x-webhook-signature': signature }
      return host.call({ target: `/t/${tenant}${path}`, headers, body: body.toString() })
    }
    const body = freshBody()
    expect((await post('a', 'a', body)).status).toBe(200)
    // The same event of another tenant is another event.
    expect((await post('b', 'b', body)).body).not.toContain('duplicate')
    expect((await post('a', 'a', body)).body).toContain('"duplicate":true')
    expect((await post('b', 'a')).status).toBe(401)
    expect((await post('c', 'a')).status).toBe(401)
    await both
    expect(taken).toEqual(['a', 'b'])
    host.stop()
  },
)
