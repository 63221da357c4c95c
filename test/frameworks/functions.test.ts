import { isUtf8 } from 'node:buffer'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpHandler, HttpRequest, HttpResponse, type InvocationContext } from '@azure/functions'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { path } from '../adapters/hosts.ts'
import { type LambdaEvent, lambdaSources } from '../adapters/lambda-events.ts'
import { freshBody, sign } from '../adapters/raw-client.ts'
import { cases, type Deliver, type Handlers, importRecipe, type Posted, watch } from './recipe.ts'

// The default log: what is refused here is meant.
beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => {}))

type Handler = (event: LambdaEvent, context: object) => Promise<{ readonly statusCode: number }>

interface Recipe {
  readonly receiver?: Handlers
  readonly webhooks?: Handlers
  readonly handler: Handler
  readonly another: Handler
}

/** What Lambda hands over beside an event. */
const context = {
  awsRequestId: 'r',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 9_000,
}

/** The bridges, by their file, the name of what is exported, and what is changed in the page's code. */
const bridges: Readonly<
  Record<string, readonly [file: string, of: 'handler' | 'another', mend?: (code: string) => string]>
> = {
  toLambdaHandler: ['handler', 'handler'],
  "Hono's adapter": ['hono', 'handler'],
  '@fastify/aws-lambda': ['fastify', 'handler'],
  '@fastify/aws-lambda, which is told of lists': [
    'fastify',
    'handler',
    (code) => code.replace('awsLambdaFastify(app)', 'awsLambdaFastify(app, { albMultiValueHeaders: true })'),
  ],
  '@codegenie/serverless-express': ['express', 'handler'],
  'serverless-http': ['express', 'another'],
}
const lists = 'a load balancer, headers as lists'

describe.each(Object.entries(bridges))('the recipe of AWS Lambda with %s', (name, [file, of, mend]) => {
  let recipe: Recipe
  let seen: string[]
  const folder = `lambda-${Object.keys(bridges).indexOf(name)}`

  beforeAll(async () => {
    // As it is there, where the default inbox does not construct.
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    recipe = await importRecipe<Recipe>('aws-lambda', file, { folder, ...(mend && { mend }) })
    seen = watch((recipe.receiver ?? recipe.webhooks) as Handlers)
  })

  afterAll(() => (recipe.receiver ?? recipe.webhooks)?.close())

  // It takes lists only where it is told to, as the page says.
  const sources = Object.entries(lambdaSources).filter(
    ([source]) => name !== '@fastify/aws-lambda' || source !== lists,
  )

  describe.each(sources)('behind %s', (__, toEvent) => {
    const deliver: Deliver = async ({ body, signature }) =>
      (await recipe[of](toEvent(body, signature), context)).statusCode

    it.each(Object.entries(cases))('%s', (___, run) => run(deliver, seen))
  })
})

describe.each([
  ["Hono's adapter", 'hono', 'handler'],
  ['@fastify/aws-lambda', 'fastify', 'handler'],
  ['@codegenie/serverless-express', 'express', 'handler'],
  ['serverless-http', 'express', 'another'],
] as const)('a stage before the path, with %s', (_, file, of) => {
  const staged = (body: Buffer): LambdaEvent => {
    const event = (lambdaSources['an HTTP API, payload 2.0'] as (typeof lambdaSources)[string])(
      body,
      sign(body),
    )
    return { ...event, rawPath: `/prod${path}` }
  }

  it('is part of the option path, as the page says', async () => {
    const mend = (code: string) => code.replace("ack: 'handled'", `ack: 'handled', path: '/prod${path}'`)
    const folder = `lambda-staged-${file}-${of}`
    const recipe = await importRecipe<Recipe>('aws-lambda', file, { folder, mend })
    expect((await recipe[of](staged(freshBody()), context)).statusCode).toBe(200)
    await recipe.webhooks?.close()
  })
})

describe('the recipe of AWS Lambda', () => {
  it('with serverless-http takes the stage off where it is told to', async () => {
    const mend = (code: string) =>
      code.replace('serverlessHttp(app)', "serverlessHttp(app, { basePath: '/prod' })")
    const recipe = await importRecipe<Recipe>('aws-lambda', 'express', { folder: 'lambda-base', mend })
    const event = lambdaSources['an HTTP API, payload 2.0'] as (typeof lambdaSources)[string]
    const body = freshBody()
    const staged = { ...event(body, sign(body)), rawPath: `/prod${path}` }
    expect((await recipe.another(staged, context)).statusCode).toBe(200)
    await recipe.webhooks?.close()
  })

  it('with the default acknowledging does not start there, and says what to do', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'hooks')
    const mend = (code: string) => code.replace(", { ack: 'handled' }", '')
    const starts = importRecipe('aws-lambda', 'handler', { folder: 'lambda-default', mend })
    await expect(starts).rejects.toThrow(/^AWS Lambda stops .*Say ack: 'handled'/)
  })

  it('answers 503 before the time of the invocation is over, and the next copy gets the result', async () => {
    const { handler, receiver } = await importRecipe<Recipe>('aws-lambda', 'handler', {
      folder: 'lambda-late',
    })
    let finish = (): void => {}
    const done = new Promise<void>((resolve) => {
      finish = resolve
    })
    receiver?.on('bhe.emitida', () => done, { name: 'slow' })
    const seen = watch(receiver as Handlers)
    const body = freshBody()
    const event = () => (lambdaSources['a function URL'] as (typeof lambdaSources)[string])(body, sign(body))
    const late = await handler(event(), { getRemainingTimeInMillis: () => 300 })
    expect(late.statusCode).toBe(503)
    finish()
    expect((await handler(event(), context)).statusCode).toBe(200)
    expect(seen).toHaveLength(1)
  })
})

describe('the recipe of Google Cloud Functions', () => {
  let server: Server
  let seen: string[]
  let receiver: Handlers

  beforeAll(async () => {
    vi.stubEnv('K_SERVICE', 'webhooks')
    vi.stubEnv('FUNCTION_TARGET', 'webhooks')
    receiver = (await importRecipe<{ receiver: Handlers }>('google-cloud-functions', 'index')).receiver
    seen = watch(receiver)
    server = getTestServer('webhooks').listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await receiver.close()
  })

  const deliver: Deliver = async ({ body, signature, path }) => {
    const { port } = server.address() as AddressInfo
    const type = isUtf8(body) ? 'application/json' : 'application/octet-stream'
    const headers = { 'content-type': type, 'x-webhook-signature': signature }
    const sent = new Uint8Array(body)
    return (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: sent })).status
  }

  it.each(Object.entries(cases))('%s', (_, run) => run(deliver, seen))

  it('with the default acknowledging does not start there, and says what to do', async () => {
    vi.stubEnv('K_SERVICE', 'webhooks')
    vi.stubEnv('FUNCTION_TARGET', 'webhooks')
    const mend = (code: string) => code.replace(", { ack: 'handled' }", '')
    const starts = importRecipe('google-cloud-functions', 'index', { folder: 'functions-default', mend })
    await expect(starts).rejects.toThrow(/^Cloud Functions stops .*Say ack: 'handled'/)
  })
})

describe('the recipe of Azure Functions', () => {
  let handler: HttpHandler
  let receiver: Handlers
  let seen: string[]

  beforeAll(async () => {
    vi.stubEnv('FUNCTIONS_WORKER_RUNTIME', 'node')
    ;({ handler, receiver } = await importRecipe<{ handler: HttpHandler; receiver: Handlers }>(
      'azure-functions',
      'webhooks',
    ))
    seen = watch(receiver)
  })

  afterAll(() => receiver.close())

  async function answer({ body, signature, path }: Posted): Promise<HttpResponse> {
    const headers = { 'content-type': 'application/json', 'x-webhook-signature': signature }
    const url = `https://hooks.example.com/api${path}`
    const request = new HttpRequest({ method: 'POST', url, headers, body: { bytes: new Uint8Array(body) } })
    const given = await handler(request, {} as InvocationContext)
    return given instanceof HttpResponse ? given : new HttpResponse(given)
  }

  it.each(Object.entries(cases))('%s', (_, run) => run(async (posted) => (await answer(posted)).status, seen))

  it('answers in JSON, as the receiver does', async () => {
    const body = freshBody()
    const response = await answer({ body, signature: sign(body), path: '/webhooks/redcumbre' })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ success: true })
  })

  it('with the default acknowledging does not start there, and says what to do', async () => {
    vi.stubEnv('FUNCTIONS_WORKER_RUNTIME', 'node')
    const mend = (code: string) => code.replace(", { ack: 'handled' }", '')
    const starts = importRecipe('azure-functions', 'webhooks', { folder: 'azure-default', mend })
    await expect(starts).rejects.toThrow(/^Azure Functions may stop .*Say ack: 'handled'/)
  })
})
