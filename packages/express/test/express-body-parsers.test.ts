import express from 'express'
import { describe, expect, it } from 'vitest'
import { keepRawBody } from '../src/index.ts'
import { bench, freshBody, listen, path, signatureOf } from './support/app.ts'

describe('behind a body parser', () => {
  it('express.json() that came first: 500, without a wait for its bytes, and the log says how to fix it', async () => {
    const { middleware, errors } = bench()
    const send = await listen(express().use(express.json()).use(middleware))
    // After the deadline of a body that never comes it would be 408.
    expect(await send(path)).toMatchObject({ status: 500, body: '{"error":"misconfigured"}' })
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
