// A server of one framework in a process of its own, closed by `closeOn`. SIGUSR2 lets its handler and its slow answer finish.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createReceiver, memoryInbox, toNodeHandler } from '@acuse/core'
import { type ClosableServer, closeOn, health } from '@acuse/core/operate'
import { webhooks as expressWebhooks } from '@acuse/express'
import { webhooks as fastifyWebhooks } from '@acuse/fastify'
import { webhooks as honoWebhooks } from '@acuse/hono'
import { redcumbre } from '@acuse/providers/redcumbre'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'

const { KIND = '', SECRET = '', TIMEOUT_MS = '60000', FAIL, LINGER } = process.env

const options = { inbox: memoryInbox() }
const released = new Promise<void>((resolve) => {
  process.on('SIGUSR2', () => resolve())
})
/** It keeps the process alive, as a request to somebody else would. */
async function wait(): Promise<void> {
  const timer = setInterval(() => {}, 1_000)
  await released
  clearInterval(timer)
}
const slow = async (): Promise<string> => {
  console.log('answering')
  await wait()
  return 'whole answer'
}

const hosts = {
  node() {
    const receiver = createReceiver(redcumbre(SECRET), options)
    const [probes, deliver] = [health(receiver), toNodeHandler(receiver)]
    const answer: RequestListener = async (request, response) => {
      if (request.url === '/slow') response.end(await slow())
      else if (request.url === '/') response.end('here')
      else await probes.node(request, response, () => deliver(request, response))
    }
    const server: Server = createServer(answer).listen(0, '127.0.0.1')
    return { server, listening: server, webhooks: receiver }
  },
  express() {
    const webhooks = expressWebhooks(redcumbre(SECRET), options)
    const app = express()
    app.use(webhooks, health(webhooks).node)
    app.get('/', (_request, response) => void response.send('here'))
    app.get('/slow', async (_request, response) => void response.send(await slow()))
    const server = app.listen(0, '127.0.0.1')
    return { server, listening: server, webhooks }
  },
  fastify() {
    const webhooks = fastifyWebhooks(redcumbre(SECRET), options)
    const app = fastify()
    const probes = health(webhooks)
    app.register(webhooks)
    for (const path of ['/healthz', '/readyz']) {
      app.get(path, (request, reply) => {
        reply.hijack()
        return probes.node(request.raw, reply.raw)
      })
    }
    app.get('/', async () => 'here')
    app.get('/slow', slow)
    // What handlers use is there until they are done.
    app.addHook('onClose', async () => console.log('hook of the app'))
    void app.listen({ port: 0, host: '127.0.0.1' })
    return { server: app, listening: app.server, webhooks }
  },
  hono() {
    const webhooks = honoWebhooks(redcumbre(SECRET), options)
    const app = new Hono()
    const probes = health(webhooks)
    app.use(webhooks)
    app.on('GET', ['/healthz', '/readyz'], (context) => probes.fetch(context.req.raw))
    app.get('/', (context) => context.text('here'))
    app.get('/slow', async (context) => context.text(await slow()))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    return { server, listening: server, webhooks }
  },
}

const host = hosts[KIND as keyof typeof hosts]()
const { listening, webhooks } = host
webhooks.on('bhe.emitida', async () => {
  console.log('handling')
  await wait()
  console.log('handled')
})
const pool = {
  close() {
    console.log('pool closed')
    if (FAIL) throw new Error('the pool broke')
  },
}
const server: ClosableServer = host.server
closeOn(server, [pool, webhooks], { timeoutMs: Number(TIMEOUT_MS), logger: console })
listening.on('connection', (socket: Socket) => console.log(`connected from ${socket.remotePort}`))
if (LINGER) setInterval(() => {}, 1_000)
if (!listening.listening) await once(listening, 'listening')
webhooks.work()
console.log(`listening on ${(listening.address() as AddressInfo).port}`)
