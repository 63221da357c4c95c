import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshBody, send, sign } from '../adapters/raw-client.ts'
import { cases, type Deliver, type Handlers, importRecipe, watch } from './recipe.ts'

// The default log: what is refused here is meant.
beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => {}))

interface Program {
  readonly webhooks: Handlers
  readonly server: Server
}

/** As the page has it, and what else it takes to run it. */
const programs: Readonly<Record<string, () => Promise<Program>>> = {
  'Express 5': () => importRecipe<Program>('express', 'server', { folder: 'express-5' }),
  'Express 4': () =>
    importRecipe<Program>('express', 'server', {
      folder: 'express-4',
      mend: (code) => code.replaceAll("from 'express'", "from 'express4'"),
    }),
  'Express, behind its parser': async () =>
    listening(
      await importRecipe<{ webhooks: Handlers; app: object }>('express', 'parsed', { folder: 'parsed' }),
    ),
  async Fastify() {
    const { webhooks, app } = await importRecipe<{ webhooks: Handlers; app: FastifyInstance }>(
      'fastify',
      'server',
    )
    return { webhooks, server: app.server }
  },
  async 'Fastify, with its log'() {
    const { webhooks, app } = await importRecipe<{ webhooks: Handlers; app: FastifyInstance }>(
      'fastify',
      'logged',
      {
        folder: 'logged',
        mend: (code) => code.replace("level: 'warn'", "level: 'silent'"),
      },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { webhooks, server: app.server }
  },
  Koa: () => importRecipe<Program>('koa', 'server'),
}

async function listening({ webhooks, app }: { webhooks: Handlers; app: object }): Promise<Program> {
  const server = createServer(app as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { webhooks, server }
}

function toDeliver(server: Server): Deliver {
  return async ({ body, signature, path }) => {
    const { port } = server.address() as AddressInfo
    return (await send(port, { body, signature, target: path })).status
  }
}

describe.each(Object.entries(programs))('the recipe of %s', (name, start) => {
  let program: Program
  let seen: string[]

  beforeAll(async () => {
    program = await start()
    if (!program.server.listening) await new Promise((resolve) => program.server.once('listening', resolve))
    seen = watch(program.webhooks)
  })

  afterAll(async () => {
    program.server.closeAllConnections()
    program.server.close()
    await program.webhooks.close()
  })

  // The parser refuses by itself what is no JSON, as the page says.
  const own = Object.entries(cases).filter(([what]) => !(name.includes('parser') && what.includes('no text')))

  it.each(own)('%s', (_, run) => run(toDeliver(program.server), seen))

  it('passes on what is not its own, or answers 404', async () => {
    const { port } = program.server.address() as AddressInfo
    const { status } = await send(port, { method: 'GET', target: '/', length: null, signature: null })
    expect(status).toBe(/parser|log/.test(name) ? 404 : 200)
  })
})

interface Several {
  readonly documents: Handlers
  readonly payments: { close(): Promise<void> }
}

describe.each<[string, string, (module: never) => Promise<Server>]>([
  ['express', '/hooks/stripe', async ({ app }: { app: object }) => createServer(app as never)],
  [
    'fastify',
    '/api/webhooks/stripe',
    async ({ app }: { app: FastifyInstance }) => {
      await app.ready()
      return app.server
    },
  ],
  [
    'koa',
    '/webhooks/stripe',
    async ({ app }: { app: { callback(): never } }) => createServer(app.callback()),
  ],
])('the recipe of several senders in %s', (page, ofStripe, serverOf) => {
  it('gives each its own path', async () => {
    const module = await importRecipe<Several>(page, 'several', { folder: `${page}-several` })
    const server = await serverOf(module as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const body = freshBody()
    const seen = watch(module.documents)
    expect((await send(port, { body, signature: sign(body) })).status).toBe(200)
    await expect.poll(() => seen).toHaveLength(1)
    expect((await send(port, { body, target: ofStripe })).status).toBe(401)
    expect((await send(port, { body, target: '/elsewhere' })).status).toBe(404)
    server.closeAllConnections()
    server.close()
    await Promise.all([module.documents.close(), module.payments.close()])
  })
})
