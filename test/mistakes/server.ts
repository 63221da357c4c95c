/** One app for each mistake, each on a port of its own, as a program on its first day has it. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bullmqInbox } from '@acuse/bullmq'
import { memoryInbox, type Provider, type ReceiverOptions } from '@acuse/core'
import { webhooks as onExpress } from '@acuse/express'
import { webhooks as onFastify } from '@acuse/fastify'
import { webhooks as onHono } from '@acuse/hono'
import { github } from '@acuse/providers/github'
import { redcumbre } from '@acuse/providers/redcumbre'
import { zenpli } from '@acuse/providers/zenpli'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { Redis } from 'ioredis'
import { loggers } from './loggers.ts'
import { secret } from './secret.ts'

const {
  FRAMEWORK: framework = 'express',
  LOGGER: loggerName = 'none',
  REDIS_URL: redisUrl = '',
} = process.env
const logger = loggers[loggerName]?.()

interface App {
  readonly provider: Provider<object>
  readonly options?: ReceiverOptions<object>
  /** Something reads bodies before the webhooks. */
  readonly isParserFirst?: boolean
}

const quoted = `"${secret}"`
const apps: Readonly<Record<string, () => App>> = {
  'wrong-secret': () => ({ provider: redcumbre(secret) }),
  'quoted-secret': () => ({ provider: redcumbre((_) => quoted) }),
  'sender-quotes': () => ({ provider: redcumbre(secret) }),
  'clock-off': () => ({ provider: redcumbre(secret) }),
  stale: () => ({ provider: redcumbre(secret) }),
  'prefix-too-many': () => ({ provider: redcumbre(secret) }),
  'prefix-missing': () => ({ provider: github(secret) }),
  'prefix-doubled': () => ({ provider: github(secret) }),
  'header-missing': () => ({ provider: redcumbre(secret) }),
  'parser-first': () => ({ provider: redcumbre(secret), isParserFirst: true }),
  'wrong-path': () => ({ provider: redcumbre(secret) }),
  'wrong-path-zenpli': () => ({ provider: zenpli({ hmac: secret }) }),
  'printed-anew': () => ({ provider: redcumbre(secret) }),
  'redis-inbox': () => ({
    provider: redcumbre(secret),
    options: { inbox: bullmqInbox({ connection: redisUrl }) },
  }),
  'redis-dedupe': () => {
    const client = new Redis(redisUrl, redisClientOptions())
    client.on('error', () => {})
    return { provider: redcumbre(secret), options: { ack: 'handled', dedupe: redisDedupe(client) } }
  },
}

async function listen({
  provider,
  options = { inbox: memoryInbox() },
  isParserFirst = false,
}: App): Promise<number> {
  const all: ReceiverOptions<object> = logger ? { ...options, logger } : options
  if (framework === 'fastify') {
    const app = fastify()
    if (isParserFirst)
      app.addHook('onRequest', async ({ raw }) => {
        for await (const _ of raw);
      })
    const webhooks = onFastify(provider, all)
    webhooks.onUnknown(() => {})
    await app.register(webhooks)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return portOf(app.server)
  }
  return portOf(await onNode(framework === 'hono' ? honoApp() : expressApp()))

  function expressApp() {
    const app = express()
    if (isParserFirst) app.use(express.json())
    const webhooks = onExpress(provider, all)
    webhooks.onUnknown(() => {})
    return app.use(webhooks)
  }
  function honoApp() {
    const app = new Hono()
    if (isParserFirst)
      app.use(async (context, next) => {
        await context.req.json()
        await next()
      })
    const webhooks = onHono(provider, all)
    webhooks.onUnknown(() => {})
    return getRequestListener(app.use(webhooks).fetch)
  }
}

async function onNode(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

// A connection beside theirs is refused only after theirs have ended.
new Redis(redisUrl).on('error', () => process.stdout.write('Redis is lost\n'))
process.on('SIGTERM', () => process.exit(0))
const names = process.env['MISTAKES']?.split(',') ?? Object.keys(apps)
const ports = await Promise.all(
  names.map(async (name) => [name, await listen((apps[name] as () => App)())] as const),
)
process.stdout.write(`ports ${JSON.stringify(Object.fromEntries(ports))}\n`)
