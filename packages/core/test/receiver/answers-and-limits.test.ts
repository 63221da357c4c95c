import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { toResponse } from '../../src/http/fetch-handler.ts'
import { type Provider, toFetchHandler, toNodeHandler } from '../../src/index.ts'
import { incoming } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { type AnyEvents, request, ruledBench } from '../support/ruled.ts'

type Changes = Partial<Provider<AnyEvents>>

const payload = { type: 'order.paid', id: 'a' }
const receive = (changes: Changes, sent = request(payload)) => ruledBench(changes).receiver.receive(sent)
const unsigned = () => request(payload, [], { headers: { values: () => [] } })

describe('the answer that a provider asks for', () => {
  it.each<[string, Changes['answers'], object]>([
    ['a status', { accepted: { status: 204 } }, { status: 204, headers: {}, body: '' }],
    ['no body', { accepted: {} }, { status: 200, headers: {}, body: '' }],
    [
      'XML',
      { accepted: { mediaType: 'text/xml', body: '<Response/>' } },
      { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' },
    ],
  ])(
    'is given to what is accepted, to copies of it and to an empty batch: %s',
    async (_, answers, expected) => {
      const { receiver } = ruledBench({ answers, items: '' } as Changes)
      expect(await receiver.receive(request(payload))).toMatchObject({ kind: 'accepted', ...expected })
      expect(await receiver.receive(request(payload))).toMatchObject({ kind: 'duplicate', ...expected })
      expect(await receiver.receive(request([payload, payload]))).toMatchObject({
        kind: 'duplicate',
        ...expected,
      })
      expect(await receiver.receive(request([]))).toMatchObject({ kind: 'answered', ...expected })
    },
  )

  it('is the usual one where it asks for none', async () => {
    const outcome = await receive({ answers: {} })
    expect(outcome.body).toMatch(/^\{"success":true,"receivedAt":"2025-12-10T15:30:00\.000Z"\}$/)
  })

  it("is a responder's, where that answers", async () => {
    const { receiver } = ruledBench({ answers: { accepted: { status: 204 } } }, {}, 'handled')
    receiver.respond('*', () => ({ text: 'hello' }))
    expect(await receiver.receive(request(payload))).toMatchObject({ status: 200, body: '{"text":"hello"}' })
  })

  it('has no body to what is not proven, where it asks for that, and to nothing else', async () => {
    const answers = { unauthorized: 'empty' } as const
    expect(await receive({ answers }, unsigned())).toMatchObject({ status: 401, headers: {}, body: '' })
    expect(await receive({ answers }, request(Buffer.from('{')))).toMatchObject({
      status: 400,
      body: '{"error":"malformed"}',
    })
    expect(await receive({}, unsigned())).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' })
  })
})

describe('an answer without a body', () => {
  const answers = { accepted: { status: 204 } } as const

  it('is a Response without one: none that is empty, which throws, nor of a media type', async () => {
    for (const status of [200, 204] as const) {
      const { receiver } = ruledBench({ answers: { accepted: { status } } })
      const { headers, body } = request(payload)
      const sent = new Request('http://localhost/', {
        method: 'POST',
        headers: { 'x-acme-signature': String(headers.values('x-acme-signature')[0]) },
        body,
      })
      const response = await toFetchHandler(receiver)(sent)
      expect([response.status, response.body, response.headers.get('content-type')]).toEqual([
        status,
        null,
        null,
      ])
    }
    const empty = await receive({ answers: { unauthorized: 'empty' } }, unsigned())
    expect(toResponse(empty)).toMatchObject({ status: 401, body: null })
  })

  it('has no length from node:http where it is a 204', async () => {
    const { receiver } = ruledBench({ answers })
    const server = createServer(toNodeHandler(receiver)).listen(0)
    try {
      const { port } = server.address() as AddressInfo
      const { headers, body } = request(payload)
      const signature = String(headers.values('x-acme-signature')[0])
      const init = { method: 'POST', headers: { 'x-acme-signature': signature }, body }
      const response = await fetch(`http://localhost:${port}/`, init)
      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
        204,
        null,
        '',
      ])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('the limits of a provider', () => {
  it('bound the body, unless the receiver does', async () => {
    const limits = { maxBodyBytes: 100 }
    const large = request({ ...payload, more: 'x'.repeat(100) }, ['Content-Length', '150'])
    expect(await ruledBench({ limits }).receiver.handle(incoming(large))).toMatchObject({ status: 413 })
    expect(
      await ruledBench({ limits }, { maxBodyBytes: 200 }).receiver.handle(incoming(large)),
    ).toMatchObject({ status: 200 })
  })

  it.each([
    [undefined, 4_500],
    [20_000, 4_500],
    [3_000, 2_700],
    [100, 90],
  ])('of %s ms for an answer give it %s ms', async (ackTimeoutMs, expected) => {
    const limits = ackTimeoutMs === undefined ? {} : { ackTimeoutMs }
    const { receiver, clock } = ruledBench({ limits }, {}, 'handled')
    receiver.on('*', () => new Promise(() => {}))
    let isAnswered = false
    const outcome = Promise.resolve(receiver.receive(request(payload))).finally(() => {
      isAnswered = true
    })
    await clock.advance(expected - 1)
    expect(isAnswered).toBe(false)
    await clock.advance(1)
    expect(await outcome).toMatchObject({ status: 503, code: 'in-flight' })
  })

  it('of an answer are refused below 100 ms', () => {
    expect(() => ruledBench({ limits: { ackTimeoutMs: 99 } })).toThrow('provider.limits.ackTimeoutMs must be')
  })
})

describe('headers that a provider exposes', () => {
  const eventRules: Changes['eventRules'] = [{ type: [{ body: 'type' }] }]

  it('are what handlers see as unsigned, those that came, in lower case', async () => {
    const { receiver } = ruledBench(
      { expose: ['X-Attempt', 'x-trace'], eventRules },
      { keepHeaders: ['x-other'] },
    )
    const seen: unknown[] = []
    receiver.on('*', ({ unsigned: shown }, { headers }) => seen.push(shown, headers))
    await receiver.receive(request(payload, ['X-ATTEMPT', '3', 'X-Other', 'o', 'X-Third', 't']))
    await settled()
    const headers = { 'x-attempt': '3', 'x-other': 'o', 'x-request-id': expect.any(String) }
    expect(seen).toEqual([{ 'x-attempt': '3' }, headers])
  })

  it('are none where it exposes none', async () => {
    const { receiver } = ruledBench({ eventRules })
    const seen: unknown[] = []
    receiver.on('*', ({ unsigned: shown }) => seen.push(shown))
    await receiver.receive(request(payload, ['X-Attempt', '3']))
    await settled()
    expect(seen).toEqual([{}])
  })

  it('are seen by an ordering key, too, and change no event', async () => {
    const keys: unknown[] = []
    const orderingKey = ({ unsigned: shown }: { unsigned: object }) => void keys.push(shown)
    const { receiver } = ruledBench({ expose: ['X-Attempt'] }, { orderingKey })
    const first = await receiver.receive(request(payload, ['X-Attempt', '1']))
    const second = await receiver.receive(request(payload, ['X-Attempt', '2']))
    expect([first.kind, second.kind, keys]).toEqual([
      'accepted',
      'duplicate',
      [{ 'x-attempt': '1' }, { 'x-attempt': '2' }],
    ])
  })
})
