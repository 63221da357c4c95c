import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { memoryInbox, type Signal } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import express, { type Express, type RequestHandler, Router } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keepRawBody, redcumbreWebhooks, webhooks, zenpliCallbacks } from '../src/index.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const fixture = new URL('../../../test/fixtures/redcumbre/bhe.emitida.json', import.meta.url)
const sample = JSON.parse(readFileSync(fixture, 'utf8')) as object
const path = '/webhooks/redcumbre'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let serial = 0

/** A body that no test has sent before. */
function freshBody(): Buffer {
  return Buffer.from(
    JSON.stringify({ ...sample, bheId: `bhe-${++serial}`, timestamp: new Date().toISOString() }),
  )
}

const signatureOf = (body: Buffer): string => createHmac('sha256', secret).update(body).digest('hex')

interface Call {
  readonly method?: string
  readonly body?: Buffer
  readonly headers?: Record<string, string | string[]>
}

async function listen(app: Express): Promise<(target: string, call?: Call) => Promise<Answer>> {
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return (target, { method = 'POST', body = freshBody(), headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const base = { 'content-type': 'application/json', 'x-webhook-signature': signatureOf(body) }
      const request = httpRequest(
        { port, host: '127.0.0.1', path: target, method, headers: { ...base, ...headers }, agent: false },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          )
        },
      )
      request.on('error', reject)
      request.end(method === 'POST' || method === 'PUT' ? body : undefined)
    })
}

/** The port of the server that was started last. */
function lastPort(): number {
  const server = servers.at(-1) as Server
  return (server.address() as AddressInfo).port
}

function bench(options: Parameters<typeof redcumbreWebhooks>[1] = {}) {
  const signals: Signal[] = []
  const errors: string[] = []
  const silent = (): void => {}
  const middleware = redcumbreWebhooks(secret, {
    inbox: memoryInbox({ maxIdentities: 1_000 }),
    observer: (signal) => signals.push(signal),
    logger: {
      debug: silent,
      info: silent,
      warn: silent,
      error: (_, message) => errors.push(message),
    },
    ...options,
  })
  return { middleware, signals, errors }
}

const handled = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('redcumbreWebhooks', () => {
  it('is a function that bears its name, and so is webhooks', () => {
    expect(bench().middleware.name).toBe('redcumbreWebhooks')
    expect(webhooks(redcumbre(secret), { inbox: memoryInbox() }).name).toBe('webhooks')
  })

  it('does not construct without a secret', () => {
    expect(() => redcumbreWebhooks(undefined)).toThrow('The secret must be text or bytes, not undefined')
    expect(() => redcumbreWebhooks(secret, { secret } as never)).toThrow("no option 'secret'")
  })

  it('answers 200 and runs the handler, once for two copies', async () => {
    const { middleware } = bench()
    const netAmounts: number[] = []
    middleware.on('bhe.emitida', ({ payload }) => netAmounts.push(payload.montos.liquido))
    const send = await listen(express().use(middleware))
    const body = freshBody()
    const first = await send(path, { body })
    expect(first).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(first.body)).toEqual({ success: true, receivedAt: expect.any(String) })
    expect(JSON.parse((await send(path, { body })).body)).toMatchObject({ duplicate: true })
    await handled()
    expect(netAmounts).toEqual([194_062])
  })

  it('delivers unknown events to onUnknown', async () => {
    const { middleware } = bench()
    const types: string[] = []
    middleware.onUnknown(({ type }) => types.push(type))
    const send = await listen(express().use(middleware))
    const body = Buffer.from(JSON.stringify({ event: 'bhe.anulada', timestamp: new Date().toISOString() }))
    expect((await send(path, { body })).status).toBe(200)
    await handled()
    expect(types).toEqual(['bhe.anulada'])
  })

  it('refuses one changed byte, a wrong secret, and two signatures, all with the same 401', async () => {
    const send = await listen(express().use(bench().middleware))
    const body = freshBody()
    const good = signatureOf(body)
    const bad = '0'.repeat(64)
    const answers = [
      await send(path, {
        body: Buffer.from(body.toString().replace('194062', '994062')),
        headers: { 'x-webhook-signature': good },
      }),
      await send(path, { body, headers: { 'x-webhook-signature': bad } }),
      await send(path, { body, headers: { 'x-webhook-signature': '' } }),
      ...(await Promise.all(
        [
          [good, bad],
          [bad, good],
          [good, good],
        ].map((pair) => send(path, { body, headers: { 'x-webhook-signature': pair } })),
      )),
    ]
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(401))
    expect(new Set(answers.map((answer) => answer.body))).toEqual(new Set(['{"error":"unauthorized"}']))
    const named = answers.map(({ headers: { date: _, ...rest } }) => JSON.stringify(rest))
    expect(new Set(named).size).toBe(1)
  })

  it('answers 405 to other methods on its path, and names what is allowed', async () => {
    const send = await listen(express().use(bench().middleware))
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await send(path, { method }), method).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    }
  })

  it('answers 413 to a body over the limit, declared or not, and closes the connection', async () => {
    const send = await listen(express().use(bench({ maxBodyBytes: 1_000 }).middleware))
    const body = Buffer.alloc(2_000, ' ')
    const answer = await send(path, { body })
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close'])
    expect((await send(path, { body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
  })

  it('answers 408 to a body that does not come, and closes the connection', async () => {
    await listen(express().use(bench({ bodyTimeoutMs: 30 }).middleware))
    const socket = connect(lastPort(), '127.0.0.1')
    const signature = '0'.repeat(64)
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Webhook-Signature: ${signature}\r\nContent-Length: 10\r\n\r\nabc`,
    )
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 408 .*"error":"request_timeout"}$/s)
  })

  it('makes no noise when the client goes away in the middle of its body', async () => {
    const { middleware, signals } = bench()
    await listen(express().use(middleware))
    const socket = connect(lastPort(), '127.0.0.1')
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Webhook-Signature: ${'0'.repeat(64)}\r\nContent-Length: 10\r\n\r\nabc`,
    )
    await handled()
    socket.destroy()
    await handled()
    expect(signals).toMatchObject([{ type: 'rejected', code: 'body-aborted' }])
  })

  it('answers 503 once it is closed', async () => {
    const { middleware } = bench()
    const send = await listen(express().use(middleware))
    expect((await send(path)).status).toBe(200)
    await middleware.close()
    expect(await send(path)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  })
})

describe('zenpliCallbacks', () => {
  const payload = { status: 'completed', session_id: '789xyz', result: { score: 1 } }
  const body = Buffer.from(JSON.stringify(payload))
  const headers = { 'x-zenpli-hmac-signature': signatureOf(body), 'x-session-id': '789xyz' }
  const quiet = { inbox: memoryInbox({ maxIdentities: 10 }) }

  it('answers POST /webhooks/zenpli with exactly 200, and hands over a typed result', async () => {
    const scores: number[] = []
    const result = z.object({ score: z.number() })
    const middleware = zenpliCallbacks({
      hmac: secret,
      result,
      ...quiet,
      on: { callback: ({ payload }) => scores.push(payload.result.score) },
    })
    expect(middleware.name).toBe('zenpliCallbacks')
    const send = await listen(express().use(middleware))
    expect(await send('/webhooks/zenpli', { body, headers })).toMatchObject({ status: 200 })
    expect(
      (await send('/webhooks/zenpli', { body, headers: { ...headers, 'x-session-id': 'fresh' } })).status,
    ).toBe(401)
    await handled()
    expect(scores).toEqual([1])
  })

  it('takes options of both, and refuses those of neither', () => {
    expect(zenpliCallbacks({ hmac: secret, product: 'kyb', concurrency: 2, ...quiet }).receiver.path).toBe(
      '/webhooks/zenpli/kyb',
    )
    expect(() => zenpliCallbacks({ hmac: secret, concurency: 2 } as never)).toThrow("no option 'concurency'")
    expect(() => zenpliCallbacks({ concurrency: 2 } as never)).toThrow('exactly one of rsa')
  })
})

describe('mounted', () => {
  it('with a bare app.use, it answers its path with and without a slash, and passes everything else on', async () => {
    const app = express().use(bench().middleware)
    app.use((request, response) => {
      response.status(299).send(request.url)
    })
    const send = await listen(app)
    for (const target of [path, `${path}/`, `${path}?x=1`])
      expect((await send(target)).status, target).toBe(200)
    for (const target of ['/', '/webhooks', `${path}x`, `${path}/x`, '/Webhooks/Redcumbre', `/x${path}`]) {
      expect((await send(target)).status, target).toBe(299)
    }
  })

  it('with the option path, it answers there', async () => {
    const send = await listen(express().use(bench({ path: '/sii/avisos' }).middleware))
    expect((await send('/sii/avisos')).status).toBe(200)
    expect((await send('/sii/avisos/')).status).toBe(200)
    expect((await send(path)).status).toBe(404)
  })

  it("with app.use('/hooks'), it answers there, and on its own path below", async () => {
    const send = await listen(express().use('/hooks', bench().middleware))
    expect((await send('/hooks')).status).toBe(200)
    expect((await send('/hooks/')).status).toBe(200)
    expect((await send(`/hooks${path}`)).status).toBe(200)
    expect((await send('/hooks/other')).status).toBe(404)
    expect((await send(path)).status).toBe(404)
  })

  it("with app.post('/hooks') or app.all, it answers there", async () => {
    const app = express()
    app.post('/hooks', bench().middleware)
    app.all('/every/:tenant', bench().middleware)
    const send = await listen(app)
    expect((await send('/hooks')).status).toBe(200)
    expect((await send('/hooks', { method: 'GET' })).status).toBe(404)
    expect((await send('/every/8')).status).toBe(200)
    expect((await send('/every/8', { method: 'GET' })).status).toBe(405)
  })

  it('in a router below a prefix, it answers the prefix and its path', async () => {
    const app = express()
    app.use('/api', Router().use(bench().middleware))
    const send = await listen(app)
    expect((await send(`/api${path}`)).status).toBe(200)
    expect((await send('/api/users')).status).toBe(404)
  })

  it("inside a function of the app's own, such as Nest's, it answers its path, wherever that function is mounted", async () => {
    const { middleware } = bench()
    const wrapper: RequestHandler = (request, response, next) => middleware(request, response, next)
    const app = express()
      .use('/*path', wrapper)
      .use('/hooks', wrapper)
      .use('/webhooks', Router().use(wrapper))
    app.use((_request, response) => void response.status(299).end())
    const send = await listen(app)
    expect((await send(path)).status).toBe(200)
    for (const target of ['/', '/hooks', '/webhooks', '/users']) expect((await send(target)).status).toBe(299)
  })

  it.each<[string, (layer: { handle: RequestHandler }, handle: RequestHandler) => void]>([
    ['leaves the original', (layer, handle) => Object.assign(layer.handle, { __original: handle })],
    ['copies properties', (layer, handle) => Object.assign(layer.handle, { ...handle })],
    ['leaves the name of the layer only', () => {}],
  ])(
    'wrapped by a tracing tool that %s, it answers where it is mounted, and nowhere else',
    async (_, mark) => {
      const app = express()
      const api = Router()
      const traced = (stack: { handle: RequestHandler }[]): void => {
        const layer = stack.at(-1) as { handle: RequestHandler }
        const original = layer.handle
        layer.handle = (request, response, next) => original(request, response, (error) => next(error))
        mark(layer, original)
      }
      traced(app.post('/routed', bench().middleware).router.stack.at(-1)?.route?.stack as never)
      traced(app.use('/hooks', bench().middleware).router.stack as never)
      traced(api.use(bench().middleware).stack as never)
      const send = await listen(app.use('/api', api))
      for (const target of ['/routed', '/hooks', `/api${path}`]) expect((await send(target)).status).toBe(200)
      for (const target of ['/api', '/api/']) expect((await send(target)).status, target).toBe(404)
    },
  )

  it('does not answer at a route whose guard passed on to the next route', async () => {
    const { middleware } = bench()
    const app = express()
    app.post('/hooks', (_request, _response, next) => next('route'), middleware)
    const send = await listen(app.use(middleware))
    expect((await send('/hooks')).status).toBe(404)
    expect((await send(path)).status).toBe(200)
  })

  it("does not answer for a function of the app's own that bears its name", async () => {
    const app = express()
    app.all('/api/:any', function redcumbreWebhooks(_request, _response, next) {
      next()
    })
    const send = await listen(app.use(bench().middleware))
    expect((await send('/api/users')).status).toBe(404)
  })

  it('does not answer for everybody after a route that passes on', async () => {
    const app = express()
    app.all('/*any', (_request, _response, next) => next())
    app.use(bench().middleware)
    const send = await listen(app)
    expect((await send('/users')).status).toBe(404)
    expect((await send(path)).status).toBe(200)
  })

  it('twice, for two tenants, each verifies with its own secret', async () => {
    const other = redcumbreWebhooks(`${secret}-2`, { inbox: memoryInbox(), path: '/b' })
    const send = await listen(
      express()
        .use(bench({ path: '/a' }).middleware)
        .use(other),
    )
    expect((await send('/a')).status).toBe(200)
    expect((await send('/b')).status).toBe(401)
  })
})

describe('work()', () => {
  it('hands out what waits, before any request', async () => {
    const inbox = memoryInbox()
    const started: string[] = []
    const consume = inbox.consume.bind(inbox)
    const watched = Object.assign(inbox, {
      consume: (...words: Parameters<typeof consume>) =>
        Object.assign(consume(...words), { start: () => void started.push('start') }),
    })
    const webhooks = redcumbreWebhooks(secret, { inbox: watched })
    expect(started).toEqual([])
    webhooks.work()
    expect(started).toEqual(['start'])
    await webhooks.close()
  })
})

describe('behind a body parser', () => {
  it('express.json() that came first: 500 at once, and the log says how to fix it', async () => {
    const { middleware, errors } = bench()
    const send = await listen(express().use(express.json()).use(middleware))
    const startedAt = performance.now()
    expect(await send(path)).toMatchObject({ status: 500, body: '{"error":"misconfigured"}' })
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect(errors.join()).toContain('Mount the webhooks before express.json()')
    expect(errors.join()).toContain('keepRawBody')
  })

  it('express.text() that came first is told the same: text is not what was signed', async () => {
    const send = await listen(
      express()
        .use(express.text({ type: '*/*' }))
        .use(bench().middleware),
    )
    expect((await send(path)).status).toBe(500)
  })

  it('express.json({ verify: keepRawBody }) works, byte for byte', async () => {
    const app = express().use(express.json({ verify: keepRawBody }))
    const send = await listen(app.use(bench({ maxBodyBytes: 1_000 }).middleware))
    const spaced = Buffer.from(`  ${freshBody().toString().replaceAll('":', '" :\t')}\n`)
    expect((await send(path, { body: spaced })).status).toBe(200)
    expect((await send(path, { headers: { 'x-webhook-signature': '0'.repeat(64) } })).status).toBe(401)
    const long = Buffer.from(JSON.stringify({ a: 'x'.repeat(2_000) }))
    expect((await send(path, { body: long, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
  })

  it("express.json({ limit: '1mb', verify: keepRawBody }) takes a body of the documented 1 MiB", async () => {
    const app = express().use(express.json({ limit: '1mb', verify: keepRawBody }))
    const send = await listen(app.use(bench().middleware))
    const base = freshBody()
    const filler = 'x'.repeat(2 ** 20 - base.byteLength - ',"filler":""'.length)
    const body = Buffer.from(base.toString().replace(/}$/, `,"filler":"${filler}"}`))
    expect(body).toHaveLength(2 ** 20)
    expect((await send(path, { body })).status).toBe(200)
  })

  it('express.raw() works', async () => {
    const send = await listen(
      express()
        .use(express.raw({ type: '*/*' }))
        .use(bench().middleware),
    )
    expect((await send(path)).status).toBe(200)
  })

  it('express.json() that did not touch the body, for its type, does no harm', async () => {
    const send = await listen(express().use(express.json()).use(bench().middleware))
    expect((await send(path, { headers: { 'content-type': 'text/plain' } })).status).toBe(200)
  })

  it('a parser after it works for other routes', async () => {
    const app = express().use(bench().middleware).use(express.json())
    app.post('/users', (request, response) => {
      response.json(request.body)
    })
    const send = await listen(app)
    expect((await send('/users', { body: Buffer.from('{"a":1}') })).body).toBe('{"a":1}')
  })

  it('refuses an inflated body before it looks at what was kept', async () => {
    const app = express()
      .use(express.raw({ type: '*/*' }))
      .use(bench().middleware)
    const send = await listen(app)
    const { gzipSync } = await import('node:zlib')
    const body = freshBody()
    const headers = { 'content-encoding': 'gzip', 'x-webhook-signature': signatureOf(body) }
    expect((await send(path, { body: gzipSync(body), headers })).status).toBe(415)
  })
})

describe('an answer that is already written', () => {
  it('is left alone', async () => {
    const app = express()
    app.use((_request, response, next) => {
      response.send('first')
      next()
    })
    const send = await listen(app.use(bench().middleware))
    expect(await send(path)).toMatchObject({ status: 200, body: 'first' })
  })
})
