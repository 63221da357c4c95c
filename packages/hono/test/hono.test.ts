import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AckOnAcceptedOptions, memoryInbox } from '@acuse/core'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { type ExecutionContext, Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { type ClientAddressOption, redcumbreWebhooks, webhooks, zenpliCallbacks } from '../src/index.ts'

// Only Hono's own behaviour is tested here; test/adapters has that of every adapter.
const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const fixture = new URL('../../../test/fixtures/redcumbre/bhe.emitida.json', import.meta.url)
const sample = JSON.parse(readFileSync(fixture, 'utf8')) as object
const path = '/webhooks/redcumbre'
let serial = 0

function middleware(options: AckOnAcceptedOptions<RedcumbreEvents> & ClientAddressOption = {}) {
  const silent = (): void => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  return redcumbreWebhooks(secret, { inbox: memoryInbox({ maxIdempotencyKeys: 100 }), logger, ...options })
}

async function post(
  app: Hono,
  target = path,
  headers: Record<string, string> = {},
  execution?: ExecutionContext,
  bindings: object = {},
): Promise<number> {
  const body = JSON.stringify({ ...sample, bheId: `b${++serial}`, timestamp: new Date().toISOString() })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const request = { method: 'POST', body, headers: { 'x-webhook-signature': signature, ...headers } }
  const response = await app.request(target, request, bindings, execution)
  return response.status
}

describe('redcumbreWebhooks', () => {
  it('works with app.request, runs the typed handler, and bears its name', async () => {
    const webhooks = middleware()
    const netAmounts: number[] = []
    webhooks.on('bhe.emitida', ({ payload }) => netAmounts.push(payload.montos.liquido))
    expect(await post(new Hono().use(webhooks))).toBe(200)
    await webhooks.close()
    expect(netAmounts).toEqual([194_062])
    expect(webhooks.name).toBe('redcumbreWebhooks')
  })

  it('asks no inbox for rest where the runtime needs no telling, and once a delivery where it does', async () => {
    const inbox = memoryInbox({ maxIdempotencyKeys: 100 })
    const consume = inbox.consume.bind(inbox)
    let asked = 0
    inbox.consume = (...given) => {
      const consumer = consume(...given)
      const onIdle = (): Promise<void> => {
        asked++
        return consumer.onIdle()
      }
      return { ...consumer, onIdle }
    }
    const app = new Hono().use(middleware({ inbox }))
    expect(await post(app)).toBe(200)
    expect(asked).toBe(0)
    const told: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>): void => void told.push(work)
    expect(await post(app, path, {}, { waitUntil, passThroughOnException() {}, props: {} })).toBe(200)
    expect(asked).toBe(1)
    expect(told).toHaveLength(1)
    await Promise.all(told)
  })

  it.each([
    ['a name of a store', { incoming: { get: () => null } }],
    [
      'a service, all of whose members are functions',
      { incoming: new Proxy({}, { get: () => () => undefined }) },
    ],
    ['a text', { incoming: 'https://example.com' }],
    ['nothing', { incoming: null }],
  ])('has a Worker wait for handlers where its binding `incoming` is %s', async (_, bindings) => {
    const told: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>): void => void told.push(work)
    const app = new Hono().use(middleware())
    const execution = { waitUntil, passThroughOnException() {}, props: {} }
    expect(await post(app, path, {}, execution, bindings)).toBe(200)
    expect(told).toHaveLength(1)
    await Promise.all(told)
  })

  it('passes everything else on, to the routes of the app', async () => {
    const app = new Hono().use(middleware())
    app.post('/users', async (context) => context.json(await context.req.json()))
    const response = await app.request('/users', { method: 'POST', body: '{"a":1}' })
    expect(await response.json()).toEqual({ a: 1 })
  })

  it.each<[string, (app: Hono) => unknown, string[], string[]]>([
    ["app.use('*')", (app) => app.use('*', middleware()), [path, `${path}/`], ['/']],
    ["app.use('/hooks')", (app) => app.use('/hooks', middleware()), ['/hooks'], [path, '/hooks/x']],
    [
      "app.use('/hooks/*')",
      (app) => app.use('/hooks/*', middleware()),
      [`/hooks${path}`],
      ['/hooks/x', path],
    ],
    ["app.post('/hooks')", (app) => app.post('/hooks', middleware()), ['/hooks'], [path]],
    ["app.all('/tenants/:id')", (app) => app.all('/tenants/:id', middleware()), ['/tenants/8'], ['/tenants']],
    [
      "app.route('/api')",
      (app) => app.route('/api', new Hono().use(middleware())),
      [`/api${path}`],
      ['/api', path],
    ],
    [
      "app.use('/t/:tenant/*')",
      (app) => app.use('/t/:tenant/*', middleware()),
      [`/t/8${path}`, `/t/b%C3%A4r${path}/`],
      ['/t/8', `/t${path}`, `/t/8/x${path}`, path],
    ],
    [
      "app.use('/v/:version{v\\\\d}/*')",
      (app) => app.use('/v/:version{v\\d}/*', middleware()),
      [`/v/v2${path}`],
      [`/v/x${path}`, path],
    ],
    ["app.use('/:rest{.+}')", (app) => app.use('/:rest{.+}', middleware()), [path], ['/x', `/x${path}`]],
    [
      "app.route('/t/:tenant')",
      (app) => app.route('/t/:tenant', new Hono().use(middleware())),
      [`/t/8${path}`],
      ['/t/8', path],
    ],
    ['app.basePath', (app) => app.basePath('/v1').use(middleware()), [`/v1${path}`], [path]],
  ])('mounted with %s answers there, and nowhere else', async (_, mount, answered, passed) => {
    const app = new Hono()
    mount(app)
    for (const target of answered) expect(await post(app, target), target).toBe(200)
    for (const target of passed) expect(await post(app, target), target).toBe(404)
  })

  it('takes the bytes that c.req.arrayBuffer() kept, within the limit; text and JSON are not what was signed', async () => {
    const after = (read: 'arrayBuffer' | 'json' | 'text' | 'blob', options = {}) =>
      new Hono()
        .use(async (context, next) => {
          await context.req[read]()
          await next()
        })
        .use(middleware(options))
    expect(await post(after('arrayBuffer'))).toBe(200)
    expect(await post(after('arrayBuffer', { maxBodyBytes: 100 }))).toBe(413)
    for (const read of ['json', 'text', 'blob'] as const) expect(await post(after(read)), read).toBe(500)
  })

  it('asks clientAddress for the address of a client, refuses one that nobody knows, and answers 500 where that fails', async () => {
    const ipAllowlist = ['203.0.113.0/24']
    const proxied = middleware({
      ipAllowlist,
      clientAddress: (context) => context.req.header('cf-connecting-ip'),
    })
    expect(await post(new Hono().use(proxied), path, { 'cf-connecting-ip': '203.0.113.7' })).toBe(200)
    expect(await post(new Hono().use(proxied), path, { 'cf-connecting-ip': '198.51.100.7' })).toBe(401)
    expect(await post(new Hono().use(middleware({ ipAllowlist })))).toBe(401)
    const failing = middleware({ ipAllowlist, clientAddress: () => expect.unreachable() })
    expect(await post(new Hono().use(failing))).toBe(500)
  })
})

describe('webhooks and zenpliCallbacks', () => {
  it('bear their names, and answer', async () => {
    expect(webhooks(redcumbre(secret), { inbox: memoryInbox() }).name).toBe('webhooks')
    const callbacks = zenpliCallbacks({ apiKey: secret, inbox: memoryInbox({ maxIdempotencyKeys: 10 }) })
    const app = new Hono().use(callbacks)
    const headers = { authorization: secret, 'x-session-id': '789xyz' }
    const body = JSON.stringify({ status: 'completed', session_id: '789xyz', result: {} })
    expect((await app.request('/webhooks/zenpli', { method: 'POST', headers, body })).status).toBe(200)
  })
})
