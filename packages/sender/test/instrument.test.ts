import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, createReceiver, memoryInbox, systemClock, toFetchHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { slack } from '@acuse/providers/slack'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import {
  createSender,
  duplicate,
  type Fetch,
  formatReport,
  slowBody,
  tamperedBody,
  truncatedBody,
  wrongSecret,
} from '../src/index.ts'
import { toOtherSecret } from '../src/other-secret.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

/** An app without a socket: a fetch handler of a receiver. */
function app() {
  const receiver = createReceiver(redcumbre(secret), { inbox: memoryInbox(), on: { '*': () => {} } })
  closing.push(() => receiver.close())
  const handler = toFetchHandler(receiver)
  const fetch: Fetch = (url, init) => handler(new Request(url, init as RequestInit))
  return { fetch, receiver }
}

/** Answers as it is told, and keeps what it was asked. */
function answering(...answers: (Response | Error)[]) {
  const asked: { readonly url: string; readonly headers: Record<string, string> }[] = []
  const fetch: Fetch = async (url, { headers }) => {
    asked.push({ url, headers })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return (answer as Response).clone()
  }
  return { fetch, asked }
}

function sleeping() {
  const slept: number[] = []
  return { slept, sleep: async (ms: number) => void slept.push(ms) }
}

describe('without a socket', () => {
  it('a request goes to a function of an app, and needs no address', async () => {
    const { fetch } = app()
    const sender = createSender({ provider: redcumbre, secret, fetch })
    const report = await sender.send('bhe.emitida', { montos: { liquido: 1 } })
    expect(report).toMatchObject({ delivered: true, status: 200, faults: [], others: [] })
    expect(report.request.url).toBe('http://localhost/webhooks/redcumbre')
    const duplicates = await sender.with(duplicate(3)).send('bhe.emitida')
    expect(duplicates.others.map(({ attempts }) => JSON.parse(attempts[0]?.answer ?? ''))).toMatchObject([
      { duplicate: true },
      { duplicate: true },
    ])
  })

  it('a slow body arrives in its pieces', async () => {
    const { fetch } = app()
    const { sleep, slept } = sleeping()
    const sender = createSender({ provider: redcumbre, secret, fetch, sleep })
    expect(await sender.with(slowBody).send('bhe.emitida')).toMatchObject({ delivered: true })
    expect(slept).toEqual(Array.from({ length: 9 }, () => 1_000))
  })

  it('a signed request is one that fetch, and whatever takes a method, headers and a body, sends as it is', async () => {
    const { receiver } = app()
    const sender = createSender({ provider: redcumbre, secret, fetch })
    const signed = await sender.sign('bhe.emitida', { folioSii: '1' }, { headers: { 'X-Trace': 'a' } })
    expect(signed).toMatchObject({ method: 'POST', headers: { 'x-trace': 'a' } })
    expect(Buffer.isBuffer(signed.body)).toBe(true)
    expect(JSON.parse(signed.body.toString())).toMatchObject({ event: 'bhe.emitida', folioSii: '1' })
    const answer = await toFetchHandler(receiver)(new Request(signed.url, signed))
    expect(answer.status).toBe(200)
    const forged = await sender.with(tamperedBody).sign('bhe.emitida')
    expect((await toFetchHandler(receiver)(new Request(forged.url, forged))).status).toBe(401)
    await expect(sender.with(duplicate()).sign('bhe.emitida')).rejects.toThrow('duplicate(2) is no matter of')
    await expect(sender.with(slowBody).sign('bhe.emitida')).rejects.toThrow('slowBody is no matter of')
  })

  it('has events of the provider, and none that it does not document', async () => {
    const sender = createSender({ provider: redcumbre, secret, fetch })
    expect(await sender.events()).toHaveLength(12)
    // @ts-expect-error: there is no such event
    await expect(sender.send('bhe.emitido')).rejects.toThrow("Did you mean 'bhe.emitida'?")
    // @ts-expect-error: a field of another type
    expectTypeOf(sender.send('bhe.emitida', { montos: { liquido: '1' } })).toBeObject()
  })
})

describe('the schedule', () => {
  it('is the one that is given, and no second of it takes a second', async () => {
    const { fetch, asked } = answering(new Response('', { status: 500 }))
    const { sleep, slept } = sleeping()
    const sender = createSender({ provider: redcumbre, secret, fetch, sleep, attemptDelaysMs: [0, 5, 7_000] })
    expect(await sender.send('bhe.emitida')).toMatchObject({ delivered: false, status: 500 })
    expect([asked.length, slept]).toEqual([3, [5, 7_000]])
  })

  it('waits for as long as Retry-After says where it respects that, and no shorter than it is', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString()
    const late = (value: string) => new Response('', { status: 429, headers: { 'retry-after': value } })
    const sent = async (respectsRetryAfter: boolean): Promise<readonly number[]> => {
      const { fetch } = answering(late('20'), late('1'), late(at), late('soon'), new Response())
      const { sleep, slept } = sleeping()
      await createSender({ provider: redcumbre, secret, fetch, sleep, respectsRetryAfter }).send(
        'bhe.emitida',
      )
      return slept
    }
    expect(await sent(true)).toEqual([20_000, 2_000, expect.closeTo(90_000, -4), 8_000])
    expect(await sent(false)).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('is not followed by somebody whose request is forged, unless that is asked for', async () => {
    const { fetch, asked } = answering(new Response('', { status: 401 }))
    const { sleep } = sleeping()
    const forging = createSender({ provider: redcumbre, secret, fetch, sleep }).with(tamperedBody)
    await forging.send('bhe.emitida')
    expect(asked).toHaveLength(1)
    await forging.send('bhe.emitida', {}, { attempts: 6 })
    expect(asked).toHaveLength(7)
  })
})

describe('a function of the caller that answers for a receiver', () => {
  const sent = (fetch: unknown, options: object = {}) =>
    createSender({
      provider: redcumbre,
      secret,
      fetch: fetch as Fetch,
      attemptDelaysMs: [0],
      ...options,
    }).send('bhe.emitida')

  it('is waited for as long as its provider waits, though it heeds no signal', async () => {
    const report = await sent(() => new Promise(() => {}), { timeoutMs: 20 })
    expect(report).toMatchObject({ delivered: false, attempts: [{ failure: 'timeout' }] })
    const body = { status: 200, headers: new Headers(), text: () => new Promise(() => {}) }
    expect(await sent(() => body, { timeoutMs: 20 })).toMatchObject({ attempts: [{ failure: 'timeout' }] })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a status that is no number', { status: '200', headers: new Headers(), text: async () => '' }],
    ['no status', { headers: new Headers(), text: async () => '' }],
    ['no whole status', { status: 200.5, headers: new Headers(), text: async () => '' }],
    ['headers that are none', { status: 500, headers: 5, text: async () => '' }],
    ['a text that is none', { status: 200, headers: new Headers(), text: async () => 7 }],
  ])('delivers nothing where it answers %s', async (_, answer) => {
    const report = await sent(() => answer, { respectsRetryAfter: true })
    expect(report).toMatchObject({ delivered: false, status: undefined, attempts: [{ failure: 'network' }] })
  })
})

describe('headers of one’s own', () => {
  it('go with every request, and those of a call beside them', async () => {
    const { fetch, asked } = answering(new Response())
    const sender = createSender({
      provider: redcumbre,
      secret,
      fetch,
      headers: { Authorization: 'Bearer x' },
    })
    await sender.send('bhe.emitida', {}, { headers: { 'X-Tenant': '8' } })
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer x', 'x-tenant': '8' })
    expect(() => createSender({ provider: redcumbre, secret, fetch, headers: { a: 1 } as never })).toThrow(
      "headers['a'] must be text",
    )
  })
})

describe('the sandbox', () => {
  const body = async (sandbox: boolean | string, event: 'bhe.emitida' | 'tokenizacion.completada') => {
    const signed = await createSender({ provider: redcumbre, secret, fetch, sandbox }).sign(event)
    return JSON.parse(signed.body.toString())
  }

  it('sends for the test accounts of Redcumbre what it documents', async () => {
    expect(await body(true, 'bhe.emitida')).toMatchObject({
      sandbox: true,
      emisor: { rut: '78012039-8', razonSocial: 'FIRERAISE SPA' },
    })
    const { lookupData, rut } = await body('77425402-1', 'tokenizacion.completada')
    expect([rut, lookupData.direcciones.length]).toEqual(['77425402-1', 2])
    expect(await body('99999999-9', 'bhe.emitida')).toMatchObject({ event: 'bhe.emision_fallida' })
    expect(await body(false, 'bhe.emitida')).toMatchObject({ sandbox: false, event: 'bhe.emitida' })
  })

  it('is one that the provider documents, or the sender is not made', () => {
    expect(() => createSender({ provider: redcumbre, secret, fetch, sandbox: '1-9' })).toThrow(
      'sandbox must be true, or a test account that redcumbre documents: 78012039-8, 77425402-1, 99999999-9',
    )
    expect(() => createSender({ provider: slack, secret, fetch, sandbox: true })).toThrow(
      'slack documents no sandbox',
    )
  })
})

describe('many', () => {
  it('are different deliveries, so many at once, and come to figures', async () => {
    const { fetch, receiver } = app()
    const sender = createSender({ provider: redcumbre, secret, fetch })
    const report = await sender.sendMany('bhe.emitida', 50, {
      concurrency: 8,
      overrides: (number) => ({ folioSii: String(number) }),
    })
    await receiver.onIdle()
    expect(report).toMatchObject({ sent: 50, delivered: 50, statuses: { 200: 50 }, failures: [] })
    expect(report.latencyMs.p50).toBeLessThanOrEqual(report.latencyMs.max)
  })

  it('keep to a rate, and show the first that failed', async () => {
    const { fetch } = answering(new Error('refused'))
    const now = { ms: 0 }
    const clock: Clock = { ...systemClock, monotonic: () => now.ms }
    const { slept } = sleeping()
    const sleep = async (ms: number) => {
      slept.push(ms)
      now.ms += ms
    }
    const sender = createSender({ provider: redcumbre, secret, fetch, clock, sleep, attemptDelaysMs: [0] })
    const report = await sender.sendMany('bhe.emitida', 12, { concurrency: 1, perSecond: 10 })
    expect(slept).toEqual(Array.from({ length: 11 }, () => 100))
    expect(report).toMatchObject({ delivered: 0, statuses: { none: 12 }, durationMs: 1_100 })
    expect(report.failures).toHaveLength(10)
    await expect(sender.sendMany('bhe.emitida', 1, { perSecond: 0 })).rejects.toThrow('above 0')
    await expect(sender.sendMany('bhe.emitida', 0)).rejects.toThrow('count must be a whole number from 1')
  })
})

describe('a report', () => {
  it('prints as a table, in which an answer stays in its row and nothing secret stands', async () => {
    const { fetch } = answering(new Response('no\n\u001b[31mred', { status: 503 }), new Response('ok'))
    const { sleep } = sleeping()
    const sender = createSender({ provider: redcumbre, secret, fetch, sleep, clock: still() })
    expect(formatReport(await sender.send('bhe.emitida'))).toBe(
      [
        'event        attempt  after ms  took ms  status  answer',
        'bhe.emitida  1        0         0        503     no [31mred',
        'bhe.emitida  2        1000      0        200     ok',
      ].join('\n'),
    )
    expect(formatReport(await sender.with(tamperedBody).send('bhe.emitida'))).toContain('tamperedBody')
    expect(formatReport(await sender.sendMany('bhe.emitida', 2))).toMatch(/^sent +2$/m)
    const asSlack = createSender({ provider: slack, secret, fetch, url: 'http://localhost/' })
    expect(formatReport(await asSlack.handshake())).toMatch(/slack +POST +200 +\S/)
  })
})

describe('a body that is cut short', () => {
  it('is answered where the receiver answers, and is a network failure where it does not', async () => {
    const server = createServer((request, response) => {
      request.on('error', () => {})
      response.writeHead(408, { 'x-a': 'b' }).end('late')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const report = await createSender({ provider: redcumbre, secret, url })
      .with(truncatedBody)
      .send('bhe.emitida')
    expect(report).toMatchObject({ status: 408, attempts: [{ answer: 'late' }] })
    const nobody = createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:1/' })
    expect(await nobody.with(truncatedBody).send('bhe.emitida')).toMatchObject({
      attempts: [{ failure: 'network' }],
    })
  })
})

describe('another secret', () => {
  it('is of the same kind and length, and another one', () => {
    for (const text of [
      secret,
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'user:opensesame!',
      'zzzzzzzzzzzzzzzz',
    ]) {
      const other = toOtherSecret(text)
      expect(other).not.toBe(text)
      expect(other).toHaveLength(text.length)
    }
    expect(toOtherSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toMatch(/^whsec_MfKQ9r8GKYqrTw/)
    expect(toOtherSecret([secret])).toEqual([toOtherSecret(secret)])
    expect(toOtherSecret({ hmac: secret, most: 3 })).toEqual({ hmac: toOtherSecret(secret), most: 3 })
    expect(toOtherSecret(Buffer.alloc(32))).toHaveLength(32)
    expect(() => toOtherSecret(undefined)).toThrow('wrongSecret needs a secret')
  })

  it('is another key of the same type', () => {
    const pairs = [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
      generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    ]
    for (const { privateKey } of pairs) {
      expect(toOtherSecret(privateKey)).toMatchObject({ asymmetricKeyType: privateKey.asymmetricKeyType })
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      expect(toOtherSecret(pem)).toMatch(/^-----BEGIN PRIVATE KEY-----/)
      expect(toOtherSecret(pem)).not.toBe(pem)
    }
    const { privateKey } = generateKeyPairSync('x25519')
    expect(() => toOtherSecret(privateKey)).toThrow('cannot make another key of the type x25519')
    expect(createSender({ provider: redcumbre, secret, fetch }).with(wrongSecret)).toBeDefined()
  })
})

/** A clock that stands still. */
function still(): Clock {
  return { ...systemClock, monotonic: () => 0 }
}
