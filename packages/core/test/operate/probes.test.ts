import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type HealthOptions, health } from '../../src/operate.ts'
import { bench } from '../support/acme.ts'

const servers: ReturnType<typeof createServer>[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function closing(options: HealthOptions = {}) {
  const { receiver } = bench()
  void receiver.close()
  return health(receiver, options)
}

describe.each(['fetch', 'node'] as const)('the handler %s', (kind) => {
  /** Asks it as a client does. */
  async function ask(path: string, init: RequestInit = {}, options: HealthOptions = {}): Promise<Response> {
    const probes = closing(options)
    if (kind === 'fetch') return probes.fetch(new Request(`http://localhost${path}`, init))
    return fetch((await serve(probes.node)) + path, init)
  }

  it('answers 200 where it is live, 503 where it is not ready, with codes and nothing else', async () => {
    const live = await ask('/healthz')
    const ready = await ask('/readyz?verbose=1')
    expect([live.status, ready.status]).toEqual([200, 503])
    for (const { headers } of [live, ready]) {
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('cache-control')).toBe('no-store')
    }
    expect(await ready.json()).toEqual({ live: true, ready: false, codes: ['closing'] })
    expect(await live.json()).toEqual({ live: true, ready: false, codes: ['closing'] })
  })

  it('tells the reasons in full with details: true', async () => {
    const answer = await ask('/readyz', {}, { details: true })
    expect(await answer.json()).toMatchObject({ reasons: [{ code: 'closing', endpoint: 'acme' }] })
  })

  it('answers at other paths, where they are set, with and without a slash', async () => {
    const paths = { livePath: '/status/live', readyPath: '/status/ready' }
    const found = ['/status/live', '/status/live/', '/status/ready', '/healthz', '/readyz']
    const answers = await Promise.all(found.map((path) => ask(path, {}, paths)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503, 404, 404])
  })

  it('answers HEAD without a body, and other methods with 405', async () => {
    const head = await ask('/readyz', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([503, ''])
    const post = await ask('/healthz', { method: 'POST' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('the node handler', () => {
  it('passes on what is no probe where there is a next, and goes by the path that the client sent', async () => {
    const probes = closing()
    const url = await serve((request, response) => {
      const mounted = Object.assign(request, { originalUrl: request.url, url: '/' })
      void probes.node(mounted, response, () => response.writeHead(204).end())
    })
    const answers = await Promise.all(['/', '/other', '/healthz'].map((path) => fetch(url + path)))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 200])
  })

  it('leaves an answer alone that somebody else began', async () => {
    const probes = closing()
    const url = await serve(async (request, response) => {
      response.writeHead(202).flushHeaders()
      await probes.node(request, response)
      response.end('theirs')
    })
    const answer = await fetch(`${url}/healthz`)
    expect([answer.status, await answer.text()]).toEqual([202, 'theirs'])
  })
})
