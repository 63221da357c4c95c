import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createReceiver,
  defineProvider,
  type EventSchema,
  memoryInbox,
  type Provider,
  type ReceiverOptions,
  type Scheme,
  toFetchHandler,
  toNodeHandler,
} from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { schemeOf, wrongVerdicts } from '../../packages/core/test/support/schemes.ts'
import { watchUnhandled } from '../../packages/core/test/support/unhandled.ts'

interface Events {
  ping: { type: 'ping' }
}

const unhandled = watchUnhandled()

const anything: EventSchema<Events['ping']> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Events['ping'] }) },
}

/** A provider whose scheme and envelope are the next ones of a table. */
function providerOf(
  next: () => { scheme: Scheme; envelope: Provider<Events>['envelope'] },
): Provider<Events> {
  return defineProvider<Events>({
    name: 'ping',
    path: '/hooks',
    scheme: {
      name: 'by-hand',
      signsBody: true,
      check: (headers) => next().scheme.check(headers),
      verify: (request) => next().scheme.verify(request),
      diagnose: () => [],
    },
    events: { ping: anything },
    envelope: (payload, request, fingerprint) => next().envelope(payload, request, fingerprint),
  })
}

type Options = ReceiverOptions<Events>
type Build = (provider: Provider<Events>, options: Options) => Server | Promise<Server>

const hosts: Record<string, Build> = {
  Express(provider, options) {
    const app = express()
    app.use(onExpress.webhooks(provider, options))
    return createServer(app)
  },
  async Fastify(provider, options) {
    const app = fastify()
    app.register(onFastify.webhooks(provider, options))
    await app.ready()
    return app.server
  },
  Hono(provider, options) {
    const app = new Hono()
    app.use(onHono.webhooks(provider, options))
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
  toNodeHandler: (provider, options) => createServer(toNodeHandler(createReceiver(provider, options))),
  toFetchHandler: (provider, options) =>
    createServer(getRequestListener(toFetchHandler(createReceiver(provider, options)))),
}

const broken = (): never => {
  throw new Error('no')
}

describe.each(Object.entries(hosts))('%s', (_, build) => {
  it('answers the constant 500 to whatever a scheme by hand answers wrongly, and runs no handler', async () => {
    const lines: string[] = []
    const silent = (): void => {}
    let verify: () => unknown = broken
    const provider = providerOf(() => ({ scheme: schemeOf({ verify }), envelope: () => ({ type: 'ping' }) }))
    const server = await build(provider, {
      inbox: memoryInbox({ maxIdentities: 10 }),
      logger: {
        debug: silent,
        info: silent,
        warn: silent,
        error: (_details, message) => void lines.push(message),
      },
      on: { ping: () => void unhandled.push('a handler ran') },
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
    try {
      for (const [what, answer] of Object.entries(wrongVerdicts)) {
        verify = answer
        const response = await fetch(url, { method: 'POST', body: '{"type":"ping"}' })
        expect([what, response.status, await response.text()]).toEqual([
          what,
          500,
          '{"error":"misconfigured"}',
        ])
      }
      // One line a minute; the others are counted.
      expect(lines).toEqual([expect.stringContaining('scheme')])
      verify = () => 'signature-mismatch'
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
    } finally {
      server.closeAllConnections()
      server.close()
    }
    expect(unhandled).toEqual([])
  })

  it('answers, and the process lives, whatever the observer, the logger, the envelope, the keys and the clock do', async () => {
    const rejects = () => Promise.reject(new Error('metrics are down'))
    const cases: [string, Partial<Provider<Events>>, Options, number][] = [
      ['observer', { scheme: schemeOf({ verify: () => 'header-missing' }) }, { observer: rejects }, 401],
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
      const server = await build(provider, { inbox: memoryInbox({ maxIdentities: 10 }), logger, ...options })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const response = await fetch(`http://127.0.0.1:${port}/hooks`, {
        method: 'POST',
        body: '{"type":"ping"}',
      })
      expect([what, response.status]).toEqual([what, status])
      await response.text()
      server.closeAllConnections()
      server.close()
    }
    expect(unhandled).toEqual([])
  })
})
