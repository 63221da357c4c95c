import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createReceiver, type ReceiverOptions, toNodeHandler } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { express4 } from '../support/express4.ts'
import { path, secret } from './signed.ts'

/** A program by hand: what it says of a delivery. */
interface ByHand {
  /** Of bytes. */
  answer(body: Buffer, signature: string): boolean
  /** Of what express.json() made of them: Redcumbre's own example for Express. */
  answerParsed(payload: unknown, signature: string): boolean
  /** Whether it looks at parsed payloads where the framework parses. */
  readonly parsed: boolean
}

/** A server on its framework, ready to listen. */
export interface Built {
  readonly server: Server
  readonly ready?: () => Promise<unknown>
  /** Ours only. */
  readonly receiver?: ReturnType<typeof onExpress.redcumbreWebhooks>['receiver']
}

/** One framework: without a route, by hand, and ours. */
export interface Host {
  nothing(): Built
  byHand(program: ByHand): Built
  ours(options: ReceiverOptions<RedcumbreEvents>): Built
}

const success = { success: true }
const invalid = { error: 'Invalid signature' }

function onAnyExpress(create: typeof express): Host {
  return {
    nothing: () => ({ server: createServer(create()) }),
    byHand({ answer, answerParsed, parsed }) {
      const app = create()
      const parse = parsed ? create.json() : create.raw({ type: '*/*' })
      app.post(path, parse, (request, response) => {
        const signature = String(request.headers['x-webhook-signature'])
        const is = parsed ? answerParsed(request.body, signature) : answer(request.body, signature)
        if (is) response.status(200).json(success)
        else response.status(401).json(invalid)
      })
      return { server: createServer(app) }
    },
    ours(options) {
      const webhooks = onExpress.redcumbreWebhooks(secret, options)
      return { server: createServer(create().use(webhooks)), receiver: webhooks.receiver }
    },
  }
}

const onFastifyHost: Host = {
  nothing() {
    const app = fastify()
    return { server: app.server, ready: async () => app.ready() }
  },
  byHand({ answer }) {
    const app = fastify()
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    app.post<{ Body: Buffer }>(path, (request, reply) => {
      const is = answer(request.body, String(request.headers['x-webhook-signature']))
      if (is) reply.send(success)
      else reply.code(401).send(invalid)
    })
    return { server: app.server, ready: async () => app.ready() }
  },
  ours(options) {
    const app = fastify()
    const webhooks = onFastify.redcumbreWebhooks(secret, options)
    app.register(webhooks)
    return { server: app.server, receiver: webhooks.receiver, ready: async () => app.ready() }
  },
}

// createAdaptorServer makes a server of HTTP/1 unless it is told otherwise.
const honoServer = (app: Hono): Server => createAdaptorServer({ fetch: app.fetch }) as Server

const onHonoHost: Host = {
  nothing: () => ({ server: honoServer(new Hono()) }),
  byHand({ answer }) {
    const app = new Hono()
    app.post(path, async (context) => {
      const body = Buffer.from(await context.req.arrayBuffer())
      const is = answer(body, String(context.req.header('x-webhook-signature')))
      return is ? context.json(success) : context.json(invalid, 401)
    })
    return { server: honoServer(app) }
  },
  ours(options) {
    const webhooks = onHono.redcumbreWebhooks(secret, options)
    return { server: honoServer(new Hono().use(webhooks)), receiver: webhooks.receiver }
  },
}

const onNode: Host = {
  nothing: () => ({
    server: createServer((request, response) => {
      request.resume()
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}')
    }),
  }),
  byHand: ({ answer }) => ({
    server: createServer((request, response) => {
      readBody(request, (body) => {
        const is = answer(body, String(request.headers['x-webhook-signature']))
        response.writeHead(is ? 200 : 401, { 'content-type': 'application/json' })
        response.end(JSON.stringify(is ? success : invalid))
      })
    }),
  }),
  ours(options) {
    const receiver = createReceiver(redcumbre(secret), options)
    return { server: createServer(toNodeHandler(receiver)), receiver }
  },
}

function readBody(request: IncomingMessage, whole: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => whole(Buffer.concat(chunks)))
}

/** Every framework, by name. */
export const hosts = {
  'express 4': onAnyExpress(express4),
  'express 5': onAnyExpress(express),
  fastify: onFastifyHost,
  hono: onHonoHost,
  'node:http': onNode,
} satisfies Record<string, Host>

/** Its name. */
export type HostName = keyof typeof hosts
