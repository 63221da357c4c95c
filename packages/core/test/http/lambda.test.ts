import { describe, expect, it } from 'vitest'
import { createReceiver, type Observation, type Outcome } from '../../src/index.ts'
import { toLambdaHandler } from '../../src/lambda.ts'
import { rejected } from '../../src/model/outcome.ts'
import type { IncomingRequest } from '../../src/model/request.ts'
import { acme, bench, bytesOf, paid, signatureOf, startAt } from '../support/acme.ts'
import { manualClock } from '../support/clock.ts'
import { type MakeEvent, type Sent, sourceIp, sources } from './lambda-events.ts'

/** A receiver whose handlers are waited for, as Lambda needs it. */
function handled(changes: object = {}) {
  const payloads: unknown[] = []
  const observations: Observation[] = []
  const receiver = createReceiver(acme(), {
    ack: 'handled',
    clock: manualClock(Date.parse(startAt)),
    observer: (observation: Observation) => observations.push(observation),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...changes,
  })
  receiver.on('order.paid', ({ payload }) => void payloads.push(payload))
  return { receiver, payloads, observations }
}

/** Of a receiver that only looks. */
function seen(answer: Outcome = rejected('signature-mismatch')) {
  const requests: IncomingRequest[] = []
  const handle = async (request: IncomingRequest): Promise<Outcome> => {
    requests.push(request)
    return answer
  }
  return { requests, receiver: { handle } }
}

const notText = Buffer.concat([
  bytesOf('{"type":"order.paid","id":"'),
  Buffer.from([0xff, 0xfe, 0x00]),
  bytesOf('"}'),
])

describe.each(Object.entries(sources))(
  'toLambdaHandler, with an event of %s',
  (_, [make, target, seesTwice]) => {
    const call = async (
      sent: Sent = {},
      { isBase64Encoded = false, ...changes }: { isBase64Encoded?: boolean; [option: string]: unknown } = {},
    ) => {
      const made = handled(changes)
      return { ...made, result: await toLambdaHandler(made.receiver)(make(sent, isBase64Encoded)) }
    }

    it.each([false, true])(
      'hands what was sent to the handlers, and answers 200 (base64: %s)',
      async (isBase64Encoded) => {
        const body = bytesOf({ ...paid, note: '🧾 señal' })
        const { result, payloads } = await call({ body }, { isBase64Encoded })
        expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false })
        expect(JSON.parse(result.body)).toMatchObject({ success: true })
        expect(payloads).toEqual([JSON.parse(Buffer.from(body).toString())])
      },
    )

    it('answers a copy with 200, and runs nothing', async () => {
      const { receiver, payloads } = handled()
      const handler = toLambdaHandler(receiver)
      for (const isBase64Encoded of [false, true])
        expect((await handler(make({}, isBase64Encoded))).statusCode).toBe(200)
      expect(payloads).toHaveLength(1)
    })

    it('refuses a forged body, and one with another byte', async () => {
      const signatures = [signatureOf(bytesOf(paid))]
      for (const body of [bytesOf({ ...paid, amount: 13 }), Buffer.concat([bytesOf(paid), Buffer.from(' ')])])
        expect((await call({ body, signatures })).result.statusCode).toBe(401)
    })

    it('verifies a body that is no text over its bytes: authentic, and no text', async () => {
      const { result, observations } = await call({ body: notText }, { isBase64Encoded: true })
      expect(result.statusCode).toBe(400)
      expect(observations).toEqual([expect.objectContaining({ code: 'body-not-utf8', authentic: true })])
    })

    it('refuses a larger body, announced and not', async () => {
      const body = bytesOf({ ...paid, note: 'x'.repeat(100) })
      for (const isBase64Encoded of [false, true]) {
        expect((await call({ body }, { isBase64Encoded, maxBodyBytes: 99 })).result.statusCode).toBe(413)
        const { receiver } = handled({ maxBodyBytes: body.byteLength - 1 })
        const { headers, multiValueHeaders, ...event } = make({ body }, isBase64Encoded)
        const without = <Value>(all: Readonly<Record<string, Value>> = {}) =>
          Object.fromEntries(Object.entries(all).filter(([name]) => name.toLowerCase() !== 'content-length'))
        const told = headers ? { headers: without(headers) } : {}
        const listed = multiValueHeaders ? { multiValueHeaders: without(multiValueHeaders) } : {}
        expect((await toLambdaHandler(receiver)({ ...event, ...told, ...listed })).statusCode).toBe(413)
      }
      expect((await call({ body }, { maxBodyBytes: body.byteLength })).result.statusCode).toBe(200)
    })

    it.each([false, true])(
      'reads the bytes that were sent, within the budget (base64: %s)',
      async (isBase64Encoded) => {
        const body = isBase64Encoded ? notText : bytesOf({ ...paid, note: '🧾 señal' })
        const { requests, receiver } = seen()
        await toLambdaHandler(receiver)(make({ body }, isBase64Encoded))
        const taken: number[] = []
        const limits = { maxBytes: body.byteLength, timeoutMs: 1, clock: manualClock(0) }
        const take = (bytes: number) => taken.push(bytes) === 1
        const read = () => requests[0]?.read({ ...limits, take })
        expect(Buffer.from((await read()) as Uint8Array)).toEqual(Buffer.from(body))
        expect(await read()).toBe('overloaded')
        expect(taken).toEqual([body.byteLength, body.byteLength])
      },
    )

    it('tells path and query as they were sent, and the method', async () => {
      const { requests, receiver } = seen()
      await toLambdaHandler(receiver)(make({ method: 'PUT' }, false))
      expect(requests).toEqual([expect.objectContaining({ url: target, method: 'PUT' })])
    })

    it(
      seesTwice
        ? 'refuses a signature that stands twice'
        : 'goes by the last of two signatures, as its source does',
      async () => {
        const signatures = ['0'.repeat(64), signatureOf(bytesOf(paid))]
        expect((await call({ signatures })).result.statusCode).toBe(seesTwice ? 401 : 200)
      },
    )

    it('goes by the address that the event tells, and by the option where it tells none', async () => {
      const { headers, multiValueHeaders } = make({}, false)
      const isBalancer = headers === undefined || (multiValueHeaders === undefined && !seesTwice)
      const { result } = await call({}, { ipAllowlist: [sourceIp] })
      expect(result.statusCode).toBe(isBalancer ? 401 : 200)
      const { receiver } = handled({ ipAllowlist: ['198.51.100.7'] })
      const handler = toLambdaHandler(receiver, { clientAddress: () => '198.51.100.7' })
      expect((await handler(make({}, false))).statusCode).toBe(200)
    })

    it('gives headers of the answer in the form in which it gets them', async () => {
      const { result } = await call()
      const { headers } = make({}, false)
      if (headers) expect(result.headers).toEqual({ 'content-type': 'application/json' })
      else expect(result.multiValueHeaders).toEqual({ 'content-type': ['application/json'] })
      expect('headers' in result).toBe(headers !== undefined)
      expect('multiValueHeaders' in result).toBe(headers === undefined)
    })
  },
)

const rest = (sources['a REST API'] as readonly [MakeEvent, string, boolean])[0]

describe('toLambdaHandler', () => {
  it('takes an event without a body, a query or headers', async () => {
    const { requests, receiver } = seen()
    const handler = toLambdaHandler(receiver)
    for (const body of [null, undefined])
      await handler({ httpMethod: 'POST', ...(body === null ? { body } : {}) })
    const limits = { maxBytes: 1, take: () => true, timeoutMs: 1, clock: manualClock(0) }
    for (const request of requests) expect(await request.read(limits)).toEqual(new Uint8Array())
    expect(requests.map(({ url }) => url)).toEqual(['/', '/'])
    await handler({
      httpMethod: 'GET',
      headers: { a: undefined },
      queryStringParameters: { n: undefined, m: '1' },
    })
    expect(requests[2]?.url).toBe('/?m=1')
    expect(requests[2]?.headers.values('a')).toEqual([])
  })

  it('refuses a body that somebody parsed, and tells the remedy', async () => {
    const errors: unknown[] = []
    const logger = { debug() {}, info() {}, warn() {}, error: (...told: unknown[]) => errors.push(told) }
    const { receiver, observations } = handled({ logger })
    const event = { ...rest({}, false), body: paid as never }
    expect((await toLambdaHandler(receiver)(event)).statusCode).toBe(500)
    expect(observations).toEqual([expect.objectContaining({ code: 'body-consumed' })])
    expect(JSON.stringify(errors)).toContain('proxy integration')
  })

  it.each([
    ['of a queue', { Records: [{ messageId: '1', body: '{}' }] }],
    ['of a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
    ['that is none', undefined],
  ])('fails the invocation of an event %s, which is no request', async (_, event) => {
    const { receiver } = handled()
    await expect(toLambdaHandler(receiver)(event as never)).rejects.toThrow(
      new TypeError(
        'The event is no HTTP request, such as one of a queue or of a schedule: give the function a handler of its own for these',
      ),
    )
  })

  it('takes a parameter that is no well-formed text', async () => {
    const { requests, receiver } = seen()
    await toLambdaHandler(receiver)({ httpMethod: 'POST', queryStringParameters: { 'a\ud800': '\udfff' } })
    expect(requests[0]?.url).toBe('/?a%EF%BF%BD=%EF%BF%BD')
  })

  it('is not made of what is no receiver', () => {
    expect(() => toLambdaHandler({} as never)).toThrow(/^toLambdaHandler must be given a receiver/)
  })
})

describe('the time that is left of the invocation', () => {
  /** A handler that never ends; the answer is that of the budget. */
  async function late(context: object | undefined, ackTimeoutMs = 4_000) {
    const clock = manualClock(Date.parse(startAt))
    const { receiver } = bench({ ack: 'handled', ackTimeoutMs, clock } as never)
    receiver.on('order.paid', () => new Promise(() => {}), { name: 'never' })
    const startedAt = clock.monotonic()
    let answeredAt: number | undefined
    const answered = toLambdaHandler(receiver)(rest({}, false), context as never).then((result) => {
      answeredAt = clock.monotonic() - startedAt
      return result
    })
    for (let turn = 0; turn < 1_000 && answeredAt === undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (answeredAt === undefined) await clock.advance(10)
    }
    return { ...(await answered), answeredAt }
  }

  it('bounds the answer, which is 503 before the invocation ends', async () => {
    const { statusCode, headers, answeredAt } = await late({ getRemainingTimeInMillis: () => 1_000 })
    expect({ statusCode, headers }).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
    expect(answeredAt).toBeLessThan(1_000)
  })

  it.each([
    ['longer than ackTimeoutMs', { getRemainingTimeInMillis: () => 900_000 }],
    ['nonsense', { getRemainingTimeInMillis: () => Number.NaN }],
    ['text', { getRemainingTimeInMillis: () => 'soon' }],
    ['not told', {}],
    ['of no context', undefined],
  ])('is ackTimeoutMs where it is %s', async (_, context) => {
    expect(await late(context)).toMatchObject({ statusCode: 503, answeredAt: 4_000 })
  })
})
