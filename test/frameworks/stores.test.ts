import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpHandler, HttpRequest, type InvocationContext } from '@azure/functions'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { path } from '../adapters/hosts.ts'
import { type LambdaEvent, lambdaSources } from '../adapters/lambda-events.ts'
import { freshBody, send, sign } from '../adapters/raw-client.ts'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { sharedRedis } from '../support/redis.ts'
import { type Handlers, idOf, importRecipe, watch } from './recipe.ts'

type Lambda = (event: LambdaEvent, context: object) => Promise<{ readonly statusCode: number }>
interface Shared {
  readonly handler: Lambda
  readonly receiver: Handlers
  readonly redis: { disconnect(): void }
}

const toEvent = lambdaSources['a function URL'] as (typeof lambdaSources)[string]

describe('the recipe of AWS Lambda with a shared memory', () => {
  let redis: Awaited<ReturnType<typeof sharedRedis>>

  beforeAll(async () => {
    redis = await sharedRedis()
  })
  afterAll(() => redis.stop())

  it('runs the handlers once, whichever of two execution environments a copy comes to', async () => {
    vi.stubEnv('REDIS_URL', redis.url)
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    const mend = (code: string) => code.replace('const redis', 'export const redis')
    const environments = []
    for (const folder of ['lambda-shared-1', 'lambda-shared-2'])
      environments.push(await importRecipe<Shared>('aws-lambda', 'shared', { folder, mend }))
    const seen = environments.map(({ receiver }) => watch(receiver))
    const body = freshBody()
    for (const { handler } of [...environments, ...environments])
      expect((await handler(toEvent(body, sign(body)), {})).statusCode).toBe(200)
    expect(seen.flat()).toEqual([idOf(body)])
    for (const { redis: client } of environments) client.disconnect()
    for (const { receiver } of environments) await receiver.close()
  })
})

/** The program is a process of its own, which nobody ends: the test ends its connections. */
const exportPool = (code: string): string => code.replace('const pool', 'export const pool')

interface Worker {
  readonly receiver: Handlers
  readonly pool: Pool
}

interface Accepted {
  readonly status: number
  readonly pool: Pool
}

/** What each page's program that only accepts answers to a body. */
const accepting: Readonly<Record<string, (body: Buffer) => Promise<Accepted>>> = {
  async 'aws-lambda'(body) {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    const { handler, pool } = await importRecipe<{ handler: Lambda; pool: Pool }>('aws-lambda', 'accept', {
      folder: 'lambda-accept',
      mend: exportPool,
    })
    return { status: (await handler(toEvent(body, sign(body)), {})).statusCode, pool }
  },
  async 'google-cloud-functions'(body) {
    vi.stubEnv('K_SERVICE', 'hooks')
    vi.stubEnv('FUNCTION_TARGET', 'webhooks')
    const { webhooks, pool } = await importRecipe<{ webhooks: never; pool: Pool }>(
      'google-cloud-functions',
      'accept',
      { folder: 'gcf-accept', mend: exportPool },
    )
    const server = createServer(webhooks).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { status } = await send((server.address() as AddressInfo).port, { body })
    server.closeAllConnections()
    server.close()
    return { status, pool }
  },
  async 'azure-functions'(body) {
    vi.stubEnv('FUNCTIONS_WORKER_RUNTIME', 'node')
    const { handler, pool } = await importRecipe<{ handler: HttpHandler; pool: Pool }>(
      'azure-functions',
      'accept',
      {
        folder: 'azure-accept',
        mend: (code) =>
          exportPool(code)
            .replace('app.http(', 'export const { handler } = ')
            .replace("'accept', {", '{')
            .replace(/\}\)\n$/, '}\n'),
      },
    )
    const headers = { 'x-webhook-signature': sign(body) }
    const url = `https://hooks.example.com/api${path}`
    const request = new HttpRequest({ method: 'POST', url, headers, body: { bytes: new Uint8Array(body) } })
    const answer = await handler(request, {} as InvocationContext)
    return { status: Number(answer?.status), pool }
  },
}

describe('the recipe of a function that only accepts', () => {
  let database: OwnDatabase

  beforeAll(async () => {
    database = await sharedPostgres()
  })
  afterAll(() => database.stop())

  it.each(Object.entries(accepting))('writes down what a worker handles: %s', async (page, accept) => {
    vi.stubEnv('DATABASE_URL', database.url)
    const folder = `worker-of-${page}`
    const worker = await importRecipe<Worker>('aws-lambda', 'worker', { folder, mend: exportPool })
    const seen = watch(worker.receiver)
    const body = freshBody()
    const { status, pool } = await accept(body)
    expect(status).toBe(200)
    await vi.waitFor(() => expect(seen).toEqual([idOf(body)]), 60_000)
    await worker.receiver.close()
    await Promise.all([pool.end(), worker.pool.end()])
  })
})
