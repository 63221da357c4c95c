import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AckOnAcceptedOptions,
  createReceiver,
  memoryInbox,
  type Observation,
  type Receiver,
  toFetchHandler,
  toNodeHandler,
} from '@acuse/core'
import * as onExpress from '@acuse/express'
import * as onFastify from '@acuse/fastify'
import * as onHono from '@acuse/hono'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { express4 } from '../support/express4.ts'

export const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
export const path = '/webhooks/redcumbre'

/** A server that receives, on a port of its own. */
export interface Host {
  readonly port: number
  readonly server: Server
  readonly receiver: Receiver<RedcumbreEvents>
  readonly observations: Observation[]
  readonly errors: string[]
  stop(): Promise<void>
}

type Options = AckOnAcceptedOptions<RedcumbreEvents>

/** How a host is set up beside the receiver's options. */
export interface Setup {
  /** Where the webhooks are mounted; absent: bare. */
  readonly prefix?: string
  /** Puts something that reads bodies before them. */
  readonly consumed?: boolean
  /** Sees the server before it listens. */
  readonly prepare?: (server: Server) => unknown
}

interface Built {
  readonly server: Server
  readonly receiver: Receiver<RedcumbreEvents>
  readonly ready?: () => Promise<unknown>
  readonly close?: () => Promise<unknown>
}

type Build = (options: Options, setup: Setup) => Built

function onAnyExpress(create: typeof express): Build {
  return (options, { prefix, consumed }) => {
    const app = create()
    app.disable('x-powered-by')
    if (consumed) app.use(create.json({ type: '*/*' }))
    const webhooks = onExpress.redcumbreWebhooks(secret, options)
    if (prefix) app.use(prefix, webhooks)
    else app.use(webhooks)
    return { server: createServer(app), receiver: webhooks.receiver }
  }
}

const builders = {
  express: onAnyExpress(express),
  express4: onAnyExpress(express4),
  fastify(options, { prefix, consumed }) {
    const app = fastify()
    // Fastify's own parser runs after the webhooks answered; only a hook can come first.
    if (consumed) {
      app.addHook('onRequest', async ({ raw }) => {
        for await (const _ of raw);
      })
    }
    const webhooks = onFastify.redcumbreWebhooks(secret, options)
    app.register(webhooks, prefix ? { prefix } : {})
    return {
      server: app.server,
      receiver: webhooks.receiver,
      ready: async () => app.ready(),
      close: () => app.close(),
    }
  },
  hono(options, { prefix, consumed }) {
    const app = new Hono()
    if (consumed) {
      app.use(async (context, next) => {
        await context.req.json()
        await next()
      })
    }
    const webhooks = onHono.redcumbreWebhooks(secret, options)
    if (prefix) app.use(prefix, webhooks)
    else app.use(webhooks)
    return { server: createAdaptorServer({ fetch: app.fetch }) as Server, receiver: webhooks.receiver }
  },
  toNodeHandler(options, { consumed }) {
    const receiver = createReceiver(redcumbre(secret), options)
    const handler = toNodeHandler(receiver)
    const listener: RequestListener = async (request, response) => {
      if (consumed) for await (const _ of request);
      await handler(request, response)
    }
    return { server: createServer(listener), receiver }
  },
  toFetchHandler(options, { consumed }) {
    const receiver = createReceiver(redcumbre(secret), options)
    const handler = toFetchHandler(receiver, { clientAddress: () => '127.0.0.1' })
    const fetchOf = async (request: Request): Promise<Response> => {
      if (consumed) await request.text()
      return handler(request)
    }
    return { server: createServer(getRequestListener(fetchOf)), receiver }
  },
} satisfies Record<string, Build>

/** The hosts' names. */
export type HostName = keyof typeof builders

/** Every host. */
export const hostNames = Object.keys(builders) as HostName[]

/** Hosts that route by themselves; the plain entries answer on every path, because routing is their caller's. */
export const routingHosts: readonly HostName[] = ['express', 'express4', 'fastify', 'hono']

/** Starts a host on a free port. */
export async function startHost(name: HostName, options: Options = {}, setup: Setup = {}): Promise<Host> {
  const observations: Observation[] = []
  const errors: string[] = []
  const silent = (): void => {}
  const built: Built = (builders[name] as Build)(
    {
      inbox: memoryInbox({ maxIdempotencyKeys: 1_000 }),
      observer: (observation) => observations.push(observation),
      logger: {
        debug: silent,
        info: silent,
        warn: silent,
        error: (_, message) => errors.push(message),
      },
      ...options,
    },
    setup,
  )
  await built.ready?.()
  const { server, receiver } = built
  setup.prepare?.(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    server,
    receiver,
    observations,
    errors,
    async stop() {
      server.closeAllConnections()
      server.close()
      await built.close?.()
      await receiver.close({ timeoutMs: 100 })
    },
  }
}
