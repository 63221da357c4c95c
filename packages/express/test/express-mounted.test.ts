import { memoryInbox } from '@acuse/core'
import express, { type RequestHandler, Router } from 'express'
import { describe, expect, it } from 'vitest'
import { redcumbreWebhooks } from '../src/index.ts'
import { bench, listen, path, secret } from './support/app.ts'

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
