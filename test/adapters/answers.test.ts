import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { describeHosts, json, unauthorized } from './every-host.ts'
import { exchange, freshBody, headOf, type RawRequest, sign } from './raw-client.ts'

describeHosts((host, post) => {
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

  it.each(['', 'identity', 'utf-8', 'UTF-8'])(
    'answers 200 to Content-Encoding: %o, which changes no byte',
    async (coding) => {
      expect((await post({ body: freshBody(), headers: [`Content-Encoding: ${coding}`] })).status).toBe(200)
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
      expect((await exchange(host().port, [Buffer.from(head, 'latin1'), body])).status, type).toBe(200)
    }
    const none = headOf({ body: freshBody() })
      .toString('latin1')
      .replace(/Content-Type: .*\r\n/, '')
    expect((await exchange(host().port, [Buffer.from(none, 'latin1')], { timeoutMs: 1_000 })).status).toBe(
      408,
    )
  })
})
