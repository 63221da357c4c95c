import type { AddressInfo, Server } from 'node:net'
import { Readable } from 'node:stream'
import { memoryInbox } from '@acuse/core'
import { redcumbreWebhooks } from '@acuse/hono'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { path, secret } from './hosts.ts'
import { freshBody, sign } from './raw-client.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server whose middleware comes before the webhooks; posts one delivery to it. */
async function postThrough(middleware: MiddlewareHandler): Promise<{ status: number; payload: unknown }> {
  const silent = (): void => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const webhooks = redcumbreWebhooks(secret, { inbox: memoryInbox({ maxIdempotencyKeys: 10 }), logger })
  const payloads: unknown[] = []
  webhooks.on('bhe.emitida', ({ payload }) => payloads.push(payload))
  const server = createAdaptorServer({ fetch: new Hono().use(middleware, webhooks).fetch }) as Server
  ends.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const body = freshBody()
  const headers = { 'x-webhook-signature': sign(body), connection: 'close' }
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers })
  await webhooks.receiver.onIdle()
  return { status, payload: payloads[0] }
}

describe('Hono on Node', () => {
  it("has Node's own request read: no web stream is made of it", async () => {
    const toWeb = vi.spyOn(Readable, 'toWeb')
    const { status, payload } = await postThrough((_, next) => next())
    expect(status).toBe(200)
    expect(payload).toBeDefined()
    expect(toWeb).not.toHaveBeenCalled()
  })

  it.each<[string, (context: Context) => unknown]>([
    ['looked at the headers and the address', ({ req }) => [req.raw.headers.get('host'), req.url]],
    ['asked for the signal', ({ req }) => req.raw.signal.aborted],
    ['asked whether there is a body', ({ req }) => req.raw.body === null],
    ['kept the bytes', ({ req }) => req.arrayBuffer()],
  ])('receives what middleware has %s', async (_, look) => {
    const answer = await postThrough(async (context, next) => {
      await look(context)
      await next()
    })
    expect(answer).toMatchObject({ status: 200, payload: expect.anything() })
  })

  it('leaves a clone that middleware made whole, read before or after', async () => {
    const texts: string[] = []
    const { status } = await postThrough(async ({ req }, next) => {
      const [before, after] = [req.raw.clone(), req.raw.clone()]
      const reading = before.text()
      await next()
      texts.push(await reading, await after.text())
    })
    expect(status).toBe(200)
    expect(JSON.parse(texts[0] ?? '')).toHaveProperty('bheId')
    expect(texts[1]).toBe(texts[0])
  })
})
