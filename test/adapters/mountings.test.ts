import { createServer, type RequestListener, type Server } from 'node:http'
import { createReceiver, type Receiver, toFetchHandler, toNodeHandler } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import awsLambdaFastify from '@fastify/aws-lambda'
import { createAdaptorServer, getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { handle as onLambda } from 'hono/aws-lambda'
import serverlessHttp from 'serverless-http'
import { afterEach, describe, expect, it } from 'vitest'
import { path, secret } from './hosts.ts'
import { mount, mountings, type Name, optionsOf } from './mountings.ts'
import { freshBody, sign } from './raw-client.ts'
import { byFunctionsFramework, byHttp, byLambda, type Served } from './served.ts'

// One table, every host: the webhooks answer where they were put, and nothing else.
type Serve<Given> = (given: Given) => Served | Promise<Served>

/** Frameworks route by themselves, wherever they run. */
const routing: Record<string, Serve<Name>> = {
  'Express 5': (which) => byHttp(createServer(mount.express5(which))),
  'Express 4': (which) => byHttp(createServer(mount.express4(which))),
  async Fastify(which) {
    const app = mount.fastify(which)
    await app.ready()
    return byHttp(app.server)
  },
  Hono: (which) => byHttp(createAdaptorServer({ fetch: mount.hono(which).fetch }) as Server),
  'serverless-http, Express 5': (which) => byLambda(serverlessHttp(mount.express5(which))),
  'serverless-http, Express 4': (which) => byLambda(serverlessHttp(mount.express4(which))),
  '@fastify/aws-lambda': (which) => byLambda(awsLambdaFastify(mount.fastify(which))),
  'hono/aws-lambda': (which) => byLambda(onLambda(mount.hono(which))),
  'the functions framework, Express 5': (which) =>
    byFunctionsFramework(`express-5-${which}`, mount.express5(which) as RequestListener),
  'the functions framework, Express 4': (which) =>
    byFunctionsFramework(`express-4-${which}`, mount.express4(which) as RequestListener),
}

type Routed = (receiver: Receiver<RedcumbreEvents>) => RequestListener

const anywhere: Routed = (receiver) => toNodeHandler(receiver)
/** A server of the caller's, which routes as `toNodeHandler` documents. */
const byAnswers: Routed = (receiver) => {
  const handler = toNodeHandler(receiver)
  return async (request, response) => {
    if (receiver.answers((request.url ?? '').split('?', 1).join(''))) return handler(request, response)
    // serverless-http's `writeHead` returns nothing.
    response.statusCode = 404
    response.end()
  }
}

const fetchOf = (receiver: Receiver<RedcumbreEvents>) => toFetchHandler(receiver)

/** The plain entries answer on every path: routing is their caller's. */
const plain: Record<string, Serve<Receiver<RedcumbreEvents>>> = {
  toNodeHandler: (receiver) => byHttp(createServer(anywhere(receiver))),
  toFetchHandler: (receiver) => byHttp(createServer(getRequestListener(fetchOf(receiver)))),
  'serverless-http, toNodeHandler': (receiver) => byLambda(serverlessHttp(anywhere(receiver))),
  'hono/aws-lambda, toFetchHandler': (receiver) => byLambda(onLambda({ fetch: fetchOf(receiver) } as Hono)),
  'the functions framework, toNodeHandler': (receiver) =>
    byFunctionsFramework('to-node-handler', anywhere(receiver)),
}

const callerRouted: Record<string, Serve<Receiver<RedcumbreEvents>>> = {
  toNodeHandler: (receiver) => byHttp(createServer(byAnswers(receiver))),
  'serverless-http, toNodeHandler': (receiver) => byLambda(serverlessHttp(byAnswers(receiver))),
  'the functions framework, toNodeHandler': (receiver) =>
    byFunctionsFramework('by-answers', byAnswers(receiver)),
}

const hosts: Served[] = []

afterEach(() => {
  for (const host of hosts.splice(0)) host.stop()
})

async function clientOf<Given>(serve: Serve<Given>, given: Given) {
  const host = await serve(given)
  hosts.push(host)
  return async (target: string, method = 'POST'): Promise<number> => {
    const body = method === 'GET' ? '' : freshBody().toString()
    const headers = { 'content-type': 'application/json', 'x-webhook-signature': sign(Buffer.from(body)) }
    return (await host.call({ method, target, headers, body })).status
  }
}

const names = Object.keys(mountings) as Name[]
const receiverOf = (which: Name) => createReceiver(redcumbre(secret), optionsOf(which))

async function expectTable(call: (target: string, method?: string) => Promise<number>, which: Name) {
  const { answered, passed } = mountings[which]
  for (const target of answered) expect(await call(target), `POST ${target}`).toBe(200)
  for (const target of passed) {
    expect(await call(target), `POST ${target}`).toBe(404)
    expect(await call(target, 'GET'), `GET ${target}`).toBe(404)
  }
}

describe.each(Object.entries(routing))('%s', (_, serve) => {
  it.each(names.map((which) => [mountings[which].name, which] as const))('%s', async (_, which) => {
    await expectTable(await clientOf(serve, which), which)
  })
})

describe.each(Object.entries(plain))('%s', (_, serve) => {
  it('answers at every path that its caller gives it, whatever the mounting', async () => {
    const call = await clientOf(serve, receiverOf('bare'))
    for (const target of names.flatMap((which) => mountings[which].answered))
      expect(await call(target), `POST ${target}`).toBe(200)
    expect(await call(path, 'GET')).toBe(405)
  })
})

describe.each(Object.entries(callerRouted))('%s, routed by its caller with receiver.answers', (_, serve) => {
  it.each(['bare', 'option'] as const)('mounted %s, answers its path, and nothing else', async (which) => {
    await expectTable(await clientOf(serve, receiverOf(which)), which)
  })
})
