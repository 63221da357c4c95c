import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AckOnAcceptedOptions, memoryInbox } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { redcumbreWebhooks, webhooks, zenpliCallbacks } from '../src/index.ts'

// Only Fastify's own behaviour is tested here; test/adapters has that of every adapter.
const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const fixture = new URL('../../../test/fixtures/redcumbre/bhe.emitida.json', import.meta.url)
const sample = JSON.parse(readFileSync(fixture, 'utf8')) as object
const url = '/webhooks/redcumbre'
let serial = 0

function plugin(options: AckOnAcceptedOptions<RedcumbreEvents> = {}) {
  return redcumbreWebhooks(secret, { inbox: memoryInbox({ maxIdempotencyKeys: 100 }), ...options })
}

function signed(headers: Record<string, string> = {}) {
  const payload = JSON.stringify({ ...sample, bheId: `b${++serial}`, timestamp: new Date().toISOString() })
  const signature = createHmac('sha256', secret).update(payload).digest('hex')
  return {
    payload,
    headers: { 'content-type': 'application/json', 'x-webhook-signature': signature, ...headers },
  }
}

const inject = (app: FastifyInstance, target = url) =>
  app.inject({ method: 'POST', url: target, ...signed() })

describe('redcumbreWebhooks', () => {
  it('works with app.inject, and runs the typed handler', async () => {
    const webhooks = plugin()
    const netAmounts: number[] = []
    webhooks.on('bhe.emitida', ({ payload }) => netAmounts.push(payload.montos.liquido))
    const app = fastify()
    await app.register(webhooks)
    const answer = await inject(app)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json'])
    await app.close()
    expect(netAmounts).toEqual([194_062])
  })

  it('hands out what an earlier process left behind as soon as the server listens, unless it only accepts', async () => {
    for (const work of [true, false]) {
      const inbox = memoryInbox()
      const earlier = fastify()
      const accepting = plugin({ inbox, work: false })
      await earlier.register(accepting)
      expect((await inject(earlier)).statusCode).toBe(200)
      const handled: string[] = []
      const later = plugin({ inbox, work, on: { 'bhe.emitida': ({ id }) => handled.push(id) } })
      const app = fastify()
      await app.register(later)
      await app.ready()
      await new Promise((resolve) => setImmediate(resolve))
      expect(handled).toEqual([])
      await app.listen({ host: '127.0.0.1', port: 0 })
      await later.receiver.onIdle()
      expect(handled).toHaveLength(work ? 1 : 0)
      await app.close()
    }
  })

  it('waits for handlers at app.close() as long as closeTimeoutMs says', async () => {
    let aborted: AbortSignal | undefined
    const webhooks = plugin({ closeTimeoutMs: 0 })
    const begun = new Promise<void>((resolve) => {
      webhooks.on('bhe.emitida', (_, { signal }) => {
        aborted = signal
        resolve()
        return new Promise(() => {})
      })
    })
    const app = fastify()
    await app.register(webhooks)
    await inject(app)
    await begun
    await app.close()
    expect(aborted?.aborted).toBe(true)
    for (const closeTimeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => plugin({ closeTimeoutMs })).toThrow('closeTimeoutMs must be a whole number')
  })

  it('leaves the JSON parsing of the app alone, and its content type parsers', async () => {
    const app = fastify()
    app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) =>
      done(null, String(body).split(',')),
    )
    await app.register(plugin())
    app.post('/users', async ({ body }) => ({ body }))
    const json = await app.inject({ method: 'POST', url: '/users', payload: { a: 1 } })
    expect(json.json()).toEqual({ body: { a: 1 } })
    const csv = await app.inject({
      method: 'POST',
      url: '/users',
      payload: 'a,b',
      headers: { 'content-type': 'text/csv' },
    })
    expect(csv.json()).toEqual({ body: ['a', 'b'] })
    const xml = await app.inject({
      method: 'POST',
      url: '/users',
      payload: '<a/>',
      headers: { 'content-type': 'text/xml' },
    })
    expect(xml.statusCode).toBe(415)
    expect((await inject(app)).statusCode).toBe(200)
    await app.close()
  })

  it('drains on the close of the app', async () => {
    const webhooks = plugin()
    let finished = false
    webhooks.on('bhe.emitida', async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      finished = true
    })
    const app = fastify()
    await app.register(webhooks)
    await inject(app)
    await app.close()
    expect(finished).toBe(true)
    expect(() => webhooks.receiver.inbox?.accept({} as never, { minRetentionMs: 1 })).toThrow('closed')
  })

  it('lives in a scope of its own, bears its name, and can be registered for two tenants', async () => {
    const app = fastify()
    const [a, b] = [plugin({ path: '/a' }), plugin({ path: '/b' })]
    expect(a.name).toBe('redcumbreWebhooks')
    expect(webhooks(redcumbre(secret), { inbox: memoryInbox() }).name).toBe('webhooks')
    await app.register(a)
    await app.register(b)
    for (const target of ['/a', '/a/', '/b', '/b/'])
      expect((await inject(app, target)).statusCode, target).toBe(200)
    await app.close()
  })

  it('answers at a prefix, on its path below, and below a scope that has one', async () => {
    const app = fastify()
    await app.register(plugin(), { prefix: '/hooks' })
    await app.register(
      (scope, _options, done) => {
        scope.register(plugin())
        done()
      },
      { prefix: '/api' },
    )
    for (const target of ['/hooks', '/hooks/', `/hooks${url}`, `/api${url}`]) {
      expect((await inject(app, target)).statusCode, target).toBe(200)
    }
    expect((await inject(app, '/api')).statusCode).toBe(404)
    await app.close()
  })

  it.each([{ ignoreTrailingSlash: true }, { ignoreDuplicateSlashes: true }, { caseSensitive: false }])(
    'registers with the router options %j',
    async (routerOptions) => {
      const app = fastify({ routerOptions })
      await app.register(plugin())
      expect((await inject(app, `${url}/`)).statusCode).toBe(200)
      await app.close()
    },
  )

  it('takes the address that trustProxy has, for its allow-list', async () => {
    const app = fastify({ trustProxy: '127.0.0.1' })
    await app.register(plugin({ ipAllowlist: ['203.0.113.0/24', '2001:db8::/32'] }))
    const from = async (forwarded: string) =>
      (
        await app.inject({
          method: 'POST',
          url,
          remoteAddress: '127.0.0.1',
          ...signed({ 'x-forwarded-for': forwarded }),
        })
      ).statusCode
    expect(await from('203.0.113.7')).toBe(200)
    // As Azure's proxies write it.
    expect(await from('203.0.113.7:4711')).toBe(200)
    expect(await from('[2001:db8::1]:443')).toBe(200)
    expect(await from('203.0.113.7, 198.51.100.1')).toBe(401)
    await app.close()
  })

  it('answers the constant 500 where a trustProxy of the app fails', async () => {
    const app = fastify({ trustProxy: () => expect.unreachable() })
    await app.register(plugin({ ipAllowlist: ['203.0.113.0/24'] }))
    const answer = await app.inject({ method: 'POST', url, ...signed({ 'x-forwarded-for': '203.0.113.7' }) })
    expect([answer.statusCode, answer.body]).toEqual([500, '{"error":"misconfigured"}'])
    await app.close()
  })

  it('writes nothing where a hook of the app answered already', async () => {
    const app = fastify()
    app.addHook('onRequest', async (_request, reply) => reply.code(429).send('slow down'))
    await app.register(plugin())
    expect((await inject(app)).statusCode).toBe(429)
    await app.close()
  })
})

describe('zenpliCallbacks', () => {
  it('answers POST /webhooks/zenpli', async () => {
    const app = fastify()
    await app.register(zenpliCallbacks({ apiKey: secret, inbox: memoryInbox({ maxIdempotencyKeys: 10 }) }))
    const headers = { authorization: secret, 'x-session-id': '789xyz' }
    const payload = JSON.stringify({ status: 'completed', session_id: '789xyz', result: {} })
    expect((await app.inject({ method: 'POST', url: '/webhooks/zenpli', headers, payload })).statusCode).toBe(
      200,
    )
    await app.close()
  })
})
