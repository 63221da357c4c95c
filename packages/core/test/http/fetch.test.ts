import { describe, expect, it } from 'vitest'
import { toFetchHandler } from '../../src/index.ts'
import { bench, bytesOf, paid, signatureOf } from '../support/acme.ts'
import { settled } from '../support/clock.ts'

const url = 'https://example.test/anywhere'

function post(
  body: Uint8Array | ReadableStream<Uint8Array> | null,
  headers: Record<string, string> = {},
): Request {
  const signature = signatureOf(body instanceof Uint8Array ? body : Buffer.alloc(0))
  return new Request(url, {
    method: 'POST',
    body,
    headers: { 'x-acme-signature': signature, ...headers },
    ...({ duplex: 'half' } as object),
  })
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

describe('toFetchHandler', () => {
  it('turns a Request into a Response, with the same answers as everywhere', async () => {
    const handler = toFetchHandler(bench().receiver)
    const response = await handler(post(bytesOf(paid)))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ success: true, receivedAt: '2025-12-10T15:30:00.000Z' })
    expect(await (await handler(post(bytesOf(paid)))).json()).toMatchObject({ duplicate: true })
    const forged = await handler(post(bytesOf(paid), { 'x-acme-signature': '0'.repeat(64) }))
    expect([forged.status, await forged.text()]).toEqual([401, '{"error":"unauthorized"}'])
    const got = await handler(new Request(url))
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('answers 500 when the function that finds the address fails, and nothing rejects', async () => {
    const fail = (): never => expect.unreachable()
    for (const clientAddress of [fail, () => Promise.reject(new Error('no')) as never, () => 7 as never]) {
      const { receiver, codes } = bench({ ipAllowlist: ['203.0.113.0/24'] })
      const response = await toFetchHandler(receiver, { clientAddress })(post(bytesOf(paid)))
      expect([response.status, codes()]).toEqual([500, ['receiver-failed']])
    }
  })

  it('tells a Worker to wait for the handlers of what it accepted, and for nothing else', async () => {
    const { receiver } = bench()
    let handled = false
    receiver.on('order.paid', async () => {
      await settled()
      handled = true
    })
    const waits: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => waits.push(promise) }
    const handler = toFetchHandler(receiver)
    await handler(post(bytesOf(paid), { 'x-acme-signature': '0'.repeat(64) }), {}, context)
    await handler(post(bytesOf(paid)), {}, context)
    await handler(post(bytesOf(paid)), {}, context)
    expect([waits.length, handled]).toEqual([1, false])
    await waits[0]
    expect(handled).toBe(true)
    await receiver.onIdle()
  })

  it('reads bodies in many chunks, byte for byte', async () => {
    const body = bytesOf(paid)
    const request = post(streamOf(body.subarray(0, 3), body.subarray(3, 10), body.subarray(10)), {
      'x-acme-signature': signatureOf(body),
    })
    expect((await toFetchHandler(bench().receiver)(request)).status).toBe(200)
  })

  it('takes no body for an empty one: authentic, and not JSON', async () => {
    const { receiver, codes } = bench()
    expect((await toFetchHandler(receiver)(post(null))).status).toBe(400)
    expect(codes()).toEqual(['body-not-json'])
  })

  it('answers 500 at once when the body was read, or is being read', async () => {
    const { receiver, codes } = bench()
    const read = post(bytesOf(paid))
    await read.text()
    const locked = post(bytesOf(paid))
    locked.body?.getReader()
    for (const request of [read, locked]) expect((await toFetchHandler(receiver)(request)).status).toBe(500)
    expect(codes()).toEqual(['body-consumed', 'body-consumed'])
  })

  it('counts what arrives, and stops reading what is too large', async () => {
    const { receiver } = bench({ maxBodyBytes: 100 })
    let pulled = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(64))
      },
      cancel() {
        cancelled = true
      },
    })
    expect((await toFetchHandler(receiver)(post(endless))).status).toBe(413)
    expect(pulled).toBeLessThan(5)
    expect(cancelled).toBe(true)
  })

  it('answers 408 when the body does not end in time, and 400 when it breaks', async () => {
    const { receiver, clock } = bench()
    const silent = new ReadableStream<Uint8Array>({
      cancel: () => Promise.reject(new Error('cannot be cancelled')),
    })
    const response = toFetchHandler(receiver)(post(silent))
    await clock.advance(3_000)
    expect((await response).status).toBe(408)
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('reset')),
    })
    expect((await toFetchHandler(receiver)(post(broken))).status).toBe(400)
  })
})
