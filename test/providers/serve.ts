import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider, Receiver, ReceiverOptions } from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'

/** A provider whose events are not known here. */
export type AnyProvider = Provider<Record<string, unknown>>
export type AnyOptions = ReceiverOptions<Record<string, unknown>>

/** An app that receives for one provider. */
export interface Served {
  readonly origin: string
  readonly receiver: Receiver<Record<string, unknown>>
  stop(): Promise<void>
}

interface Built {
  readonly receiver: Receiver<Record<string, unknown>>
  readonly listener: Parameters<typeof createServer>[1]
  readonly close?: () => Promise<unknown>
}

/** The same app on each framework. */
const frameworks: {
  readonly [name: string]: (provider: AnyProvider, options: AnyOptions) => Promise<Built>
} = {
  async Express(provider, options) {
    const app = express()
    const webhooks = onExpress.webhooks(provider, options)
    app.use(webhooks)
    return { receiver: webhooks.receiver, listener: app }
  },
  async Fastify(provider, options) {
    const app = fastify()
    const webhooks = onFastify.webhooks(provider, options)
    await app.register(webhooks)
    await app.ready()
    return { receiver: webhooks.receiver, listener: app.routing, close: () => app.close() }
  },
  async Hono(provider, options) {
    const app = new Hono()
    const webhooks = onHono.webhooks(provider, options)
    app.use(webhooks)
    return { receiver: webhooks.receiver, listener: getRequestListener(app.fetch) }
  },
}

/** Serves an app on a port of its own. */
export async function serve(framework: string, provider: AnyProvider, options: AnyOptions): Promise<Served> {
  const built = await frameworks[framework]?.(provider, options)
  if (built === undefined) throw new Error(`There is no framework '${framework}'`)
  const server = createServer(built.listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    receiver: built.receiver,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await built.close?.()
      await built.receiver.close()
    },
  }
}
