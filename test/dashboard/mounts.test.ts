import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type DashboardOptions,
  dashboard,
  toFastifyPlugin,
  toHonoMiddleware,
  toNodeListener,
} from '@acuse/dashboard'
import { serve as serveHono } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { express4 } from '../support/express4.ts'
import { deliveryOf, keepDead } from './deliveries.ts'
import { type OwnInbox, openSqlite } from './stores.ts'

type Board = ReturnType<typeof dashboard>

/** Mounts a dashboard beside a page of the app's own at `/own`; answers its origin. */
type Mount = (board: Board) => Promise<{ readonly origin: string; stop(): Promise<unknown> }>

async function listening(server: Server): Promise<{ readonly origin: string; stop(): Promise<unknown> }> {
  if (!server.listening) await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const onExpress =
  (framework: typeof express, place: 'bare' | 'at its path' | 'behind a parser'): Mount =>
  (board) => {
    const app = framework()
    if (place === 'behind a parser') app.use(framework.urlencoded({ extended: false }))
    if (place === 'at its path') app.use(board.basePath, toNodeListener(board))
    else app.use(toNodeListener(board))
    app.get('/own', (_request, response) => {
      response.send('own')
    })
    return listening(app.listen(0, '127.0.0.1'))
  }

const onFastify =
  (prefix: string | undefined): Mount =>
  async (board) => {
    const app = fastify()
    await app.register(toFastifyPlugin(board), prefix === undefined ? {} : { prefix })
    app.get('/own', async () => 'own')
    await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
      stop: () => app.close(),
    }
  }

const mounts: readonly (readonly [name: string, mount: Mount, basePath: string])[] = [
  ['Express 5', onExpress(express, 'bare'), '/acuse'],
  ['Express 5, at its path', onExpress(express, 'at its path'), '/admin/webhooks'],
  ['Express 5, behind a parser of forms', onExpress(express, 'behind a parser'), '/acuse'],
  ['Express 4', onExpress(express4, 'bare'), '/acuse'],
  ['Fastify 5', onFastify(undefined), '/acuse'],
  ['Fastify 5, under a prefix', onFastify('/admin'), '/admin/webhooks'],
  [
    'Hono 4',
    (board) => {
      const app = new Hono().use(toHonoMiddleware(board)).get('/own', (context) => context.text('own'))
      return listening(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
    },
    '/acuse',
  ],
  [
    'node:http',
    (board) => {
      const listener = toNodeListener(board)
      const server = createServer((request, response) =>
        request.url === '/own' ? response.end('own') : void listener(request, response),
      )
      return listening(server.listen(0, '127.0.0.1'))
    },
    '/acuse',
  ],
]

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

describe.each(mounts)('on %s', (_name, mount, basePath) => {
  async function start(
    options: Partial<DashboardOptions> = {},
  ): Promise<{ readonly own: OwnInbox; readonly origin: string }> {
    const own = openSqlite()
    ends.push(own.stop)
    const board = dashboard({ authorize: () => true, inboxes: { main: own.inbox }, basePath, ...options })
    const { origin, stop } = await mount(board)
    ends.push(stop)
    return { own, origin }
  }

  it('pages, files and forms work below its path, and the rest is the app’s', async () => {
    const { own, origin } = await start()
    await keepDead(own.inbox, [deliveryOf(1), deliveryOf(2)])
    for (const path of ['', '/', '/dead', '/dead?type=x']) {
      const page = await fetch(origin + basePath + path)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    }
    const page = await fetch(`${origin}${basePath}/change?what=discard&inbox=main`)
    const html = await page.text()
    const style = /href="([^"]+\.css)"/.exec(html)?.[1] ?? ''
    expect((await fetch(origin + style)).headers.get('content-type')).toBe('text/css; charset=utf-8')
    const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const fields = [...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)]
    const body = new URLSearchParams(
      Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
    )
    const posted = await fetch(`${origin}${basePath}/change`, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { origin, cookie },
    })
    expect(posted.status).toBe(303)
    expect(await (await fetch(origin + posted.headers.get('location'))).text()).toContain('2 discarded')
    expect(await own.inbox.stats()).toMatchObject({ dead: 0 })
    expect(await (await fetch(`${origin}/own`)).text()).toBe('own')
    expect((await fetch(`${origin}${basePath}er`)).status).toBe(404)
    expect((await fetch(`${origin}${basePath}/dead`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${origin}${basePath}/dead`, { method: 'DELETE' })).status).toBe(405)
  })

  it('authorize is handed what the framework has, and may answer in its stead', async () => {
    const seen: unknown[] = []
    const { origin } = await start({
      authorize(request, native) {
        seen.push(new URL(request.url).pathname, typeof native)
        return new Response(null, { status: 302, headers: { location: '/login', 'set-cookie': 'a=1' } })
      },
    })
    const answer = await fetch(`${origin}${basePath}/dead`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/login'])
    expect(answer.headers.getSetCookie()).toEqual(['a=1'])
    expect(seen).toEqual([`${basePath}/dead`, 'object'])
  })
})
