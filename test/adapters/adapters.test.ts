import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Host, hostNames, path, routingHosts, startHost } from './hosts.ts'
import { exchange, freshBody, headOf, type RawRequest, send, sign } from './raw-client.ts'

// One suite, every adapter, over real sockets and a client that is not polite. What differs, and why:
// - toNodeHandler and toFetchHandler answer on every path: routing is their caller's (`routingHosts`).
// - A fetch handler sees repeated headers joined by a comma: `header-malformed` instead of `header-repeated`,
//   and the same 401.
// - Fastify's JSON parser cannot come before the webhooks, which answer in onRequest; a hook can, and is tested.

const json = { 'content-type': 'application/json', connection: 'keep-alive' }
const unauthorized = {
  status: 401,
  headers: { ...json, 'content-length': '24', connection: 'close' },
  body: '{"error":"unauthorized"}',
  closed: true,
}
const notFound = 404

const uncaught: unknown[] = []
const onUncaught = (error: unknown): void => {
  uncaught.push(error)
}

beforeAll(() => {
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught)
})

afterAll(() => {
  process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught)
  expect(uncaught).toEqual([])
})

describe.each(hostNames)('%s', (name) => {
  let host: Host

  beforeAll(async () => {
    host = await startHost(name, { maxBodyBytes: 100_000, bodyTimeoutMs: 400 })
  })

  afterAll(() => host.stop())

  const post = (request: RawRequest) => send(host.port, request)

  it('answers 200 to a delivery, and to its duplicate', async () => {
    const body = freshBody()
    const first = await post({ body })
    expect(first).toEqual({
      status: 200,
      headers: { ...json, 'content-length': '56' },
      body: expect.stringMatching(/^{"success":true,"receivedAt":"[\dT:.-]+Z"}$/),
      closed: false,
    })
    expect((await post({ body })).body).toMatch(/"duplicate":true}$/)
  })

  it('answers one constant 401 to every kind of bad proof', async () => {
    const body = freshBody()
    const good = sign(body)
    const bad = '0'.repeat(64)
    const requests: RawRequest[] = [
      { signature: null },
      { signature: '' },
      { signature: bad },
      { signature: good.toUpperCase() },
      { signature: `${good} x` },
      { signature: good, headers: [`X-Webhook-Signature: ${bad}`] },
      { signature: bad, headers: [`X-Webhook-Signature: ${good}`] },
      { signature: good, headers: [`x-webhook-signature: ${good}`] },
      { signature: 'é'.repeat(32) },
      { signature: null, headers: [`__proto__: ${good}`, `constructor: ${good}`] },
      { body: Buffer.from(body.toString().replace('194062', '994062')), signature: good },
    ]
    for (const request of requests)
      expect(await post({ body, ...request }), JSON.stringify(request)).toEqual(unauthorized)
  })

  it('answers 200 with headers named like the prototype, and pollutes nothing', async () => {
    const headers = ['__proto__: x', 'constructor: x', 'toString: x', 'hasOwnProperty: x']
    expect((await post({ body: freshBody(), headers })).status).toBe(200)
    expect({}).not.toHaveProperty('x')
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'answers 405 to %s, and names what is allowed',
    async (method) => {
      const answer = await post({ method, body: Buffer.alloc(0) })
      expect(answer).toMatchObject({
        status: 405,
        headers: { allow: 'POST', 'content-type': 'application/json' },
      })
      expect(answer.body).toBe(method === 'HEAD' ? '' : '{"error":"method_not_allowed"}')
    },
  )

  it.each(['gzip', 'deflate', 'br', 'gzip, br', 'identity, gzip', 'GZIP', 'x'])(
    'answers 415 to Content-Encoding: %s',
    async (coding) => {
      const body = gzipSync(freshBody())
      const answer = await post({ body, headers: [`Content-Encoding: ${coding}`] })
      expect(answer).toMatchObject({ status: 415, body: '{"error":"unsupported_media_type"}' })
    },
  )

  it('gives 30 spellings of the media type one verdict', async () => {
    const types = [
      '',
      ' ',
      ';',
      ';;;',
      '/',
      '*/*',
      'json',
      'JSON',
      'application/json',
      'APPLICATION/JSON',
      'application/json;',
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'application/json; charset="utf-8"',
      'application/json; charset=latin1',
      'application/json, text/plain',
      'application/cloudevents+json',
      'text/plain',
      'text/html',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/json\t',
      'a/b',
      'a/b/c',
      '""',
      'application/json; a=1; b=2',
      `application/${'x'.repeat(500)}`,
    ]
    expect(types).toHaveLength(30)
    for (const type of types) {
      const body = freshBody()
      const head = headOf({ body })
        .toString('latin1')
        .replace('Content-Type: application/json\r\n', `Content-Type: ${type}\r\n`)
      expect((await exchange(host.port, [Buffer.from(head, 'latin1'), body])).status, type).toBe(200)
    }
    const none = headOf({ body: freshBody() })
      .toString('latin1')
      .replace(/Content-Type: .*\r\n/, '')
    expect((await exchange(host.port, [Buffer.from(none, 'latin1')], { timeoutMs: 1_000 })).status).toBe(408)
  })

  it('answers 413 unread to a body that declares itself too large, and closes', async () => {
    const answer = await exchange(host.port, [headOf({ signature: '0'.repeat(64), length: 100_001 })])
    expect(answer).toMatchObject({
      status: 413,
      body: '{"error":"content_too_large"}',
      headers: { connection: 'close' },
    })
    expect(answer.closed).toBe(true)
  })

  it.each<[string, number, RawRequest]>([
    ['without a signature', 401, { signature: null }],
    ['with a signature that is none', 401, { signature: 'zz' }],
    ['with two signatures', 401, { signature: 'zz', headers: ['X-Webhook-Signature: zz'] }],
    ['that is compressed', 415, { headers: ['Content-Encoding: gzip'] }],
    ['of another method', 405, { method: 'PUT' }],
  ])('answers at once to a request %s whose body never comes, and closes', async (_, status, request) => {
    const socket = connect(host.port, '127.0.0.1')
    // Resolves when the server has closed: until then the client sends on.
    const closed = once(socket, 'close')
    const chunks: Buffer[] = []
    socket.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.write(headOf({ ...request, length: 90_000 }))
    const drip = setInterval(() => socket.write(' '), 20)
    await closed
    clearInterval(drip)
    expect(Buffer.concat(chunks).toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  it('answers 413 to a body that is too large and does not say so, after at most 64 KB more', async () => {
    const read = new Promise<number>((resolve) => {
      host.server.once('connection', (socket) => socket.once('close', () => resolve(socket.bytesRead)))
    })
    const chunk = Buffer.concat([Buffer.from('1000\r\n'), Buffer.alloc(0x1000, ' '), Buffer.from('\r\n')])
    const head = headOf({ signature: '0'.repeat(64), length: null, headers: ['Transfer-Encoding: chunked'] })
    const answer = await exchange(host.port, [head, ...Array(500).fill(chunk)], { pauseMs: 1 })
    expect(answer.status).toBe(413)
    expect(answer.closed).toBe(true)
    expect(await read).toBeGreaterThan(100_000)
    expect(await read).toBeLessThanOrEqual(100_000 + 65_536 + head.length)
  })

  it('reads no more than was declared: what follows is another request', async () => {
    const [body, next] = [freshBody(), freshBody()]
    const before = host.signals.length
    const socket = connect(host.port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.write(Buffer.concat([headOf({ body }), body, headOf({ body: next }), next]))
    const accepted = () => host.signals.slice(before).filter(({ type }) => type === 'accepted').length
    while (accepted() < 2) await sleep(5)
    socket.destroy()
    const lying = await exchange(host.port, [headOf({ body, length: body.length - 1 }), body])
    expect(lying.status).toBeGreaterThanOrEqual(400)
    expect(lying.status).toBeLessThan(500)
  })

  it('answers 408 to a body that trickles, at its deadline, and closes', async () => {
    const body = freshBody()
    const answer = await exchange(
      host.port,
      [headOf({ body }), ...body.subarray(0, 100)].map((part) =>
        typeof part === 'number' ? Buffer.from([part]) : part,
      ),
      { pauseMs: 20 },
    )
    expect(answer).toMatchObject({
      status: 408,
      body: '{"error":"request_timeout"}',
      headers: { connection: 'close' },
      closed: true,
    })
  })

  it('stores nothing and says nothing when the client aborts, at 20 offsets of its request', async () => {
    const body = freshBody()
    const whole = Buffer.concat([headOf({ body }), body])
    const before = host.signals.length
    for (let n = 0; n < 20; n++) {
      const offset = Math.floor((whole.length * n) / 20)
      await exchange(host.port, [whole.subarray(0, offset)], { timeoutMs: 15 })
    }
    await sleep(50)
    const signals = host.signals.slice(before)
    expect(signals.filter(({ type }) => type !== 'rejected')).toEqual([])
    expect(signals.every((signal) => signal.type === 'rejected' && signal.code === 'body-aborted')).toBe(true)
    expect(host.errors).toEqual([])
  })

  it.each([
    ['two lengths', (head: string) => head.replace(/(Content-Length: \d+)/, '$1\r\nContent-Length: 1')],
    [
      'length and chunked',
      (head: string) => head.replace(/(Content-Length)/, 'Transfer-Encoding: chunked\r\n$1'),
    ],
    [
      'a bare line feed in a header',
      (head: string) => head.replace('Host: 127.0.0.1', 'Host: 127.0.0.1\nX-Webhook-Signature: x'),
    ],
    ['a bare carriage return', (head: string) => head.replace('Host: 127.0.0.1', 'Host: a\rb')],
    ['a NUL in a header', (head: string) => head.replace('Host: 127.0.0.1', 'Host: a\0b')],
    [
      'a blank before the colon',
      (head: string) => head.replace('X-Webhook-Signature:', 'X-Webhook-Signature :'),
    ],
    ['a folded header', (head: string) => head.replace('X-Webhook-Signature: ', 'X-Webhook-Signature:\r\n ')],
    ['a version of the future', (head: string) => head.replace(' HTTP/1.1', ' HTTP/9.9')],
  ])('accepts nothing when the head plays with lines: %s', async (_, play) => {
    const body = freshBody()
    const before = host.signals.length
    const answer = await exchange(
      host.port,
      [Buffer.from(play(headOf({ body }).toString('latin1')), 'latin1'), body],
      { timeoutMs: 800 },
    )
    expect(answer.status === 0 || (answer.status >= 400 && answer.status < 500)).toBe(true)
    expect(host.signals.slice(before).filter(({ type }) => type === 'accepted')).toEqual([])
  })

  it('never answers 5xx to any of this, and still takes an honest delivery', async () => {
    const statuses = host.signals.flatMap((signal) => (signal.type === 'rejected' ? [signal.status] : []))
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect((await post({ body: freshBody() })).status).toBe(200)
  })
})

describe.each(hostNames)('%s, set up', (name) => {
  it('behind something that read the body: 500, and the log says what to do', async () => {
    const host = await startHost(name, {}, { consumed: true })
    await send(host.port, { body: freshBody(), signature: 'warms up' })
    const answer = await send(host.port, { body: freshBody() })
    expect(answer).toMatchObject({ status: 500, body: '{"error":"misconfigured"}' })
    expect(host.errors.join()).toMatch(/body was read before .*(?:[Mm]ount|Hand|register)/)
    await host.stop()
  })

  it('closed: 503 with Retry-After', async () => {
    const host = await startHost(name)
    await host.receiver.close()
    const answer = await send(host.port, { body: freshBody() })
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: '{"error":"unavailable"}',
    })
    await host.stop()
  })

  it('with little room for bodies in flight: 503 to what does not fit, 200 to what does', async () => {
    const host = await startHost(name, { maxBytesInFlight: 5_000, maxBodyBytes: 5_000, bodyTimeoutMs: 2_000 })
    const first = exchange(host.port, [
      headOf({ length: 4_900, signature: '0'.repeat(64) }),
      Buffer.alloc(4_800),
    ])
    let second = await send(host.port, { body: freshBody() })
    // The first one may not have arrived.
    while (second.status === 200) second = await send(host.port, { body: freshBody() })
    expect(second).toMatchObject({ status: 503, headers: { connection: 'close', 'retry-after': '1' } })
    expect((await first).status).toBe(408)
    expect((await send(host.port, { body: freshBody() })).status).toBe(200)
    await host.stop()
  })

  it('with an allow-list: by the address of the connection, whatever X-Forwarded-For says', async () => {
    const spoofed = ['X-Forwarded-For: 203.0.113.7', 'X-Real-IP: 203.0.113.7', 'Forwarded: for=203.0.113.7']
    const elsewhere = await startHost(name, { allowFrom: ['203.0.113.0/24', '2001:db8::/32'] })
    expect(await send(elsewhere.port, { body: freshBody(), headers: spoofed })).toEqual(unauthorized)
    expect(elsewhere.signals).toMatchObject([{ type: 'rejected', code: 'address-refused' }])
    await elsewhere.stop()
    const here = await startHost(name, { allowFrom: ['127.0.0.0/8'] })
    expect((await send(here.port, { body: freshBody(), headers: spoofed })).status).toBe(200)
    await here.stop()
  })
})

describe.each(routingHosts)('%s, routed', (name) => {
  it('answers its path with and without a slash, and in its case; everything else is not its', async () => {
    const host = await startHost(name)
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    for (const target of [path, `${path}/`, `${path}?a=1`]) expect(await status(target), target).toBe(200)
    const others = [
      '/',
      '/webhooks',
      '/Webhooks/Redcumbre',
      path.toUpperCase(),
      `${path}x`,
      `${path}/x`,
      `/x${path}`,
    ]
    for (const target of others) expect(await status(target), target).toBe(notFound)
    await host.stop()
  })

  it('takes the option path as it is written, with a colon in it', async () => {
    const host = await startHost(name, { path: '/v1/avisos:recibir' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/v1/avisos:recibir')).toBe(200)
    expect(await status('/v1/avisosx')).toBe(notFound)
    await host.stop()
  })

  it('takes an escaped letter for the letter, and no other spelling of its path for its path', async () => {
    const host = await startHost(name)
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    for (const target of ['/webhooks/%72edcumbre', '/%77ebhooks/redcumbr%65/?a=%72'])
      expect(await status(target), target).toBe(200)
    const others = [
      '/webhooks/./redcumbre',
      '/x/../webhooks/redcumbre',
      '/x/%2e%2E/webhooks/redcumbre',
      '/webhooks%2fredcumbre',
      '/webhooks/%2572edcumbre',
      '/webhooks/redcumbre%20',
      '/webhooks//redcumbre',
      '/webhooks/redcumbre;v=1',
      '/webhooks/REDCUMBRE',
    ]
    for (const target of others) expect(await status(target), target).toBe(notFound)
    await host.stop()
  })

  it('answers at the prefix that it is mounted on', async () => {
    const host = await startHost(name, {}, { prefix: '/hooks' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/hooks')).toBe(200)
    expect(await status('/other')).toBe(notFound)
    expect(await status(path)).toBe(notFound)
    await host.stop()
  })

  it('answers on the path that the option names', async () => {
    const host = await startHost(name, { path: '/avisos/sii/' })
    const status = async (target: string) => (await send(host.port, { body: freshBody(), target })).status
    expect(await status('/avisos/sii')).toBe(200)
    expect(await status('/avisos/sii/')).toBe(200)
    expect(await status(path)).toBe(notFound)
    await host.stop()
  })
})
