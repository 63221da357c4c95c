import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { memoryInbox } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import express from 'express'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { redcumbreWebhooks, webhooks, zenpliCallbacks } from '../src/index.ts'
import { bench, freshBody, listen, path, secret, servers, signatureOf } from './support/app.ts'

/** The port of the server that was started last. */
function lastPort(): number {
  const server = servers.at(-1) as Server
  return (server.address() as AddressInfo).port
}

const eventually = (look: () => void) => vi.waitFor(look, 30_000)

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
    await eventually(() => expect(netAmounts).toEqual([194_062]))
  })

  it('delivers unknown events to onUnknown', async () => {
    const { middleware } = bench()
    const types: string[] = []
    middleware.onUnknown(({ type }) => types.push(type))
    const send = await listen(express().use(middleware))
    const body = Buffer.from(JSON.stringify({ event: 'bhe.anulada', timestamp: new Date().toISOString() }))
    expect((await send(path, { body })).status).toBe(200)
    await eventually(() => expect(types).toEqual(['bhe.anulada']))
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
    const { middleware, observations } = bench()
    await listen(express().use(middleware))
    const requested = once(servers.at(-1) as Server, 'request')
    const socket = connect(lastPort(), '127.0.0.1')
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Webhook-Signature: ${'0'.repeat(64)}\r\nContent-Length: 10\r\n\r\nabc`,
    )
    await requested
    socket.destroy()
    await eventually(() => expect(observations).toMatchObject([{ type: 'rejected', code: 'body-aborted' }]))
  })

  it('answers 503 once it is closed', async () => {
    const { middleware } = bench()
    const send = await listen(express().use(middleware))
    expect((await send(path)).status).toBe(200)
    await middleware.close()
    expect(await send(path)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  })
})

describe('an allow-list behind a proxy that the app trusts', () => {
  const from = async (forwarded: string, trust: unknown) => {
    const app = express().set('trust proxy', trust)
    app.use(bench({ ipAllowlist: ['203.0.113.0/24', '2001:db8::/32'] }).middleware)
    const { status, body } = await (await listen(app))(path, { headers: { 'x-forwarded-for': forwarded } })
    return status === 200 ? status : [status, body]
  }

  it('goes by the address that the proxy has, with a port or without, as Azure writes it', async () => {
    for (const forwarded of ['203.0.113.7', '203.0.113.7:4711', '[2001:db8::1]:443'])
      expect(await from(forwarded, 'loopback'), forwarded).toBe(200)
    for (const forwarded of ['198.51.100.7:4711', '203.0.113.7, 198.51.100.1', 'unknown'])
      expect(await from(forwarded, 'loopback'), forwarded).toEqual([401, '{"error":"unauthorized"}'])
  })

  it('answers the constant 500 where a function of the app that says whom to trust fails', async () => {
    expect(await from('203.0.113.7', () => expect.unreachable())).toEqual([500, '{"error":"misconfigured"}'])
  })
})

describe('zenpliCallbacks', () => {
  const payload = { status: 'completed', session_id: '789xyz', result: { score: 1 } }
  const body = Buffer.from(JSON.stringify(payload))
  const headers = { 'x-zenpli-hmac-signature': signatureOf(body), 'x-session-id': '789xyz' }
  const quiet = { inbox: memoryInbox({ maxIdempotencyKeys: 10 }) }

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
    await eventually(() => expect(scores).toEqual([1]))
  })

  it('takes options of both, and refuses those of neither', () => {
    expect(zenpliCallbacks({ hmac: secret, product: 'kyb', concurrency: 2, ...quiet }).receiver.path).toBe(
      '/webhooks/zenpli/kyb',
    )
    expect(() => zenpliCallbacks({ hmac: secret, concurency: 2 } as never)).toThrow("no option 'concurency'")
    expect(() => zenpliCallbacks({ concurrency: 2 } as never)).toThrow('exactly one of rsa')
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
