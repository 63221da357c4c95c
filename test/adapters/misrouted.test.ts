import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryInbox, type Observation } from '@acuse/core'
import { redcumbreWebhooks as onExpress } from '@acuse/express'
import { redcumbreWebhooks as onFastify } from '@acuse/fastify'
import { redcumbreWebhooks as onHono } from '@acuse/hono'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { express4 } from '../support/express4.ts'
import { secret } from './hosts.ts'

const signature = 'ab'.repeat(32)

/** An app with two receivers and a route of its own, and what the receivers tell. */
interface Served {
  readonly told: Observation[]
  post(path: string, headers?: Record<string, string>): Promise<number>
  close(): Promise<unknown>
}

function optionsOf(told: Observation[], path?: string) {
  const observer = (observation: Observation) => void told.push(observation)
  return { inbox: memoryInbox(), work: false, observer, ...(path ? { path } : undefined) } as const
}

function serve(told: Observation[], url: string, close: Served['close']): Served {
  return {
    told,
    close,
    async post(path, headers = { 'x-webhook-signature': signature }) {
      const answer = await fetch(url + path, { method: 'POST', headers, body: '{}' })
      await answer.text()
      return answer.status
    },
  }
}

async function onNode(told: Observation[], listener: RequestListener): Promise<Served> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections())
  return serve(told, `http://127.0.0.1:${port}`, close)
}

const onAnyExpress = (create: typeof express) => (): Promise<Served> => {
  const told: Observation[] = []
  const app = create()
  app.use(onExpress(secret, optionsOf(told)))
  app.use(onExpress(secret, optionsOf(told, '/second')))
  app.post('/own', (_, response) => void response.send('ours'))
  return onNode(told, app)
}

const apps: Readonly<Record<string, () => Promise<Served>>> = {
  'Express 5': onAnyExpress(express),
  'Express 4': onAnyExpress(express4),
  async Fastify() {
    const told: Observation[] = []
    const app = fastify()
    await app.register(onFastify(secret, optionsOf(told)))
    await app.register(onFastify(secret, optionsOf(told, '/second')))
    app.post('/own', () => 'ours')
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return serve(told, url, () => app.close())
  },
  Hono() {
    const told: Observation[] = []
    const app = new Hono()
    app.use(onHono(secret, optionsOf(told)))
    app.use(onHono(secret, optionsOf(told, '/second')))
    app.post('/own', (context) => context.text('ours'))
    return onNode(told, getRequestListener(app.fetch))
  },
}

describe.each(Object.entries(apps))('on %s', (_, start) => {
  it('a request with the signature header that nobody takes is told once, and answered by the app', async () => {
    const served = await start()
    expect(await served.post('/webhook/redcumbre?key=1')).toBe(404)
    // The next request is answered after the first was told.
    await served.post('/own')
    expect(served.told).toMatchObject([{ type: 'misrouted', path: '/webhook/redcumbre', status: 404 }])
    await served.close()
  })

  it("nothing is told of the receivers' own requests, the app's, and those without a signature", async () => {
    const served = await start()
    expect(await served.post('/webhooks/redcumbre')).toBe(401)
    expect(await served.post('/second')).toBe(401)
    expect(await served.post('/own')).toBe(200)
    expect(await served.post('/nowhere', {})).toBe(404)
    await served.post('/own')
    expect(served.told.map(({ type }) => type)).toEqual(['rejected', 'rejected'])
    await served.close()
  })
})

describe('on Fastify with a prefix', () => {
  it('the path that is named is where the webhooks are mounted', async () => {
    const told: Observation[] = []
    const app = fastify()
    app.register(
      (api, _, done) => {
        api.register(onFastify(secret, optionsOf(told)), { prefix: '/hooks' })
        done()
      },
      { prefix: '/api' },
    )
    await app.register(onFastify(secret, optionsOf(told, '/second')))
    const send = { method: 'POST', headers: { 'x-webhook-signature': signature }, payload: '{}' } as const
    expect((await app.inject({ ...send, url: '/api/hooks' })).statusCode).toBe(401)
    expect((await app.inject({ ...send, url: '/api/other' })).statusCode).toBe(404)
    expect(told).toMatchObject([
      { type: 'rejected' },
      { type: 'misrouted', path: '/api/other', expected: '/second' },
    ])
    await app.close()
  })
})

describe('on Hono without Node', () => {
  it('a request that misses is told, too', async () => {
    const told: Observation[] = []
    const app = new Hono().use(onHono(secret, optionsOf(told)))
    const headers = { 'x-webhook-signature': signature }
    const answer = await app.request('https://example.com/hook', { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(404)
    expect(told).toMatchObject([{ type: 'misrouted', path: '/hook', expected: '/webhooks/redcumbre' }])
  })
})
