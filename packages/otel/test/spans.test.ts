import { createReceiver, memoryInbox, UnrecoverableError } from '@acuse/core'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { otel } from '../src/index.ts'
import { bench, provider, request, traceId, traceparent } from './support.ts'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterAll(() => context.disable())

describe('the spans of a delivery', () => {
  it('are one trace with the request: process is the child of receive, and handlers run inside of it', async () => {
    const { receiver, tracerProvider, named } = bench()
    const http = tracerProvider.getTracer('http')
    receiver.on('order.paid', () => http.startSpan('of the handler').end())
    await http.startActiveSpan('POST /hooks', async (span) => {
      await receiver.receive(request('a'))
      span.end()
    })
    await receiver.onIdle()
    const [post, receive, process, inner] = ['POST', 'receive', 'process', 'of'].map((name) => named(name)[0])
    expect(receive?.parentSpanContext?.spanId).toBe(post?.spanContext().spanId)
    expect(process?.parentSpanContext?.spanId).toBe(receive?.spanContext().spanId)
    expect(inner?.parentSpanContext?.spanId).toBe(process?.spanContext().spanId)
    expect(new Set([post, receive, process, inner].map((span) => span?.spanContext().traceId)).size).toBe(1)
  })

  it('say by the conventions what they are about, and nothing of the payload or the signature', async () => {
    const { receiver, spans, named } = bench()
    receiver.on('order.paid', () => {})
    await receiver.receive(request('a', ['X-Request-Id', 'r-1']))
    await receiver.onIdle()
    const [receive, process] = [named('receive acme')[0], named('process acme')[0]]
    const id = process?.attributes['messaging.message.id']
    expect(id).toMatch(/^.{22}$/)
    expect([receive?.kind, receive?.attributes]).toEqual([
      SpanKind.INTERNAL,
      {
        'messaging.system': 'acuse',
        'messaging.operation.name': 'receive',
        'messaging.operation.type': 'receive',
        'messaging.destination.name': 'acme',
        'messaging.message.id': id,
        'acuse.provider': 'acme',
        'acuse.outcome': 'accepted',
      },
    ])
    expect([process?.kind, process?.attributes]).toEqual([
      SpanKind.CONSUMER,
      {
        'messaging.system': 'acuse',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'acme',
        'messaging.message.id': id,
        'messaging.message.body.size': 47,
        'acuse.provider': 'acme',
        'acuse.event.type': 'order.paid',
        'acuse.key.id': 'default',
        'acuse.request.id': 'r-1',
        'acuse.attempt': 1,
        'acuse.replay': false,
        'acuse.outcome': 'done',
        'acuse.handlers': 1,
      },
    ])
    expect(JSON.stringify(spans().map(({ attributes, events }) => [attributes, events]))).not.toMatch(
      /hunter2|"a"/,
    )
  })

  it('go on in the trace that the request states where nothing instruments the server', async () => {
    const { receiver, named } = bench()
    receiver.on('order.paid', () => {})
    await receiver.receive(request('a', ['traceparent', traceparent, 'tracestate', 'v=1']))
    await receiver.onIdle()
    const [receive, process] = [named('receive')[0], named('process')[0]]
    expect(receive?.parentSpanContext).toMatchObject({ traceId, spanId: '00f067aa0ba902b7', isRemote: true })
    expect(process?.spanContext().traceId).toBe(traceId)
    expect(process?.spanContext().traceState?.serialize()).toBe('v=1')
  })

  it.each([
    ['none', []],
    ['two', ['traceparent', traceparent, 'traceparent', traceparent]],
    ['one of zeros', ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`]],
    ['one of version ff', ['traceparent', `ff-${traceId}-00f067aa0ba902b7-01`]],
    ['one that is malformed', ['traceparent', 'hunter2']],
  ])('begin a trace of their own where the request states %s', async (_, headers) => {
    const { receiver, named } = bench()
    receiver.on('order.paid', () => {})
    await receiver.receive(request('a', headers))
    await receiver.onIdle()
    const [receive, process] = [named('receive')[0], named('process')[0]]
    expect(receive?.parentSpanContext).toBeUndefined()
    expect(process?.spanContext().traceId).toBe(receive?.spanContext().traceId)
  })

  it('of each attempt are in that trace, with the name of what was thrown and the handler, and not its message', async () => {
    const { receiver, named } = bench({}, { retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 1 } })
    receiver.on(
      'order.paid',
      () => {
        throw new RangeError('card hunter2')
      },
      { name: 'books' },
    )
    await receiver.receive(request('a'))
    await receiver.onIdle()
    const attempts = named('process')
    expect(attempts.map(({ attributes }) => attributes['acuse.attempt'])).toEqual([1, 2])
    for (const { attributes, status, events, parentSpanContext } of attempts) {
      expect(attributes).toMatchObject({
        'error.type': 'RangeError',
        'acuse.handler': 'books',
        'acuse.outcome': 'failed',
      })
      expect([status, events]).toEqual([{ code: SpanStatusCode.ERROR }, []])
      expect(parentSpanContext?.spanId).toBe(named('receive')[0]?.spanContext().spanId)
    }
  })

  it('have the message of what was thrown where the option says so', async () => {
    const { receiver, named } = bench({ recordErrorMessages: true })
    receiver.on('order.paid', () => {
      throw new UnrecoverableError('no such order')
    })
    await receiver.receive(request('a'))
    await receiver.onIdle()
    const [process] = named('process')
    expect(process?.attributes).toMatchObject({ 'acuse.outcome': 'dead', 'acuse.reason': 'unrecoverable' })
    expect(process?.events[0]?.attributes).toMatchObject({ 'exception.message': 'no such order' })
  })

  it.each<[string, unknown]>([
    ['text', 'hunter2'],
    ['an error whose name is no name', Object.assign(new Error('no'), { name: 'card hunter2' })],
    [
      'what cannot be read',
      Object.defineProperty(new Error('no'), 'name', { get: () => expect.unreachable() }),
    ],
  ])('have an error of no known type where %s was thrown', async (_, thrown) => {
    const { receiver, named } = bench({}, { retry: { attempts: 1 } })
    receiver.on('order.paid', () => Promise.reject(thrown))
    await receiver.receive(request('a'))
    await receiver.onIdle()
    expect(named('process')[0]?.attributes['error.type']).toBe('_OTHER')
  })

  it("of a refused request have its code; an error is only what is not the client's", async () => {
    const { receiver, named } = bench()
    await receiver.receive(request('a', [], '0'.repeat(64)))
    const full = bench({}, { inbox: memoryInbox({ maxDeliveries: 1 }) })
    full.receiver.on('order.paid', () => new Promise(() => {}))
    await full.receiver.receive(request('a'))
    await full.receiver.receive(request('b'))
    expect(named('receive')[0]).toMatchObject({
      attributes: {
        'acuse.outcome': 'rejected',
        'acuse.code': 'signature-mismatch',
        'error.type': 'signature-mismatch',
      },
      status: { code: SpanStatusCode.UNSET },
    })
    expect(full.named('receive')[1]).toMatchObject({
      attributes: { 'error.type': 'inbox-full' },
      status: { code: SpanStatusCode.ERROR },
    })
  })

  it("of an attempt link to the request's where the option says so", async () => {
    const { receiver, named } = bench({ processSpans: 'link' })
    receiver.on('order.paid', () => {})
    await receiver.receive(request('a'))
    await receiver.onIdle()
    const [receive, process] = [named('receive')[0], named('process')[0]]
    expect(process?.parentSpanContext).toBeUndefined()
    expect(process?.spanContext().traceId).not.toBe(receive?.spanContext().traceId)
    expect(process?.links.map(({ context: linked }) => linked.spanId)).toEqual([
      receive?.spanContext().spanId,
    ])
  })

  it('count the messages of a batch', async () => {
    const { named, tracerProvider } = bench()
    const { tracer } = otel({ tracerProvider })
    const outcome = { kind: 'accepted', status: 200, ids: ['a', 'b'] }
    await tracer.receive(
      { provider: 'acme', endpoint: 'batch', request: request('a') },
      async () => outcome as never,
    )
    expect(named('receive batch')[0]?.attributes['messaging.batch.message_count']).toBe(2)
  })

  it('are ended where what they are about rejects', async () => {
    const { named, tracerProvider } = bench()
    const { tracer } = otel({ tracerProvider })
    const about = { provider: 'acme', endpoint: 'broken', request: request('a') }
    await expect(tracer.receive(about, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(named('receive broken')).toHaveLength(1)
  })
})

describe('without an SDK', () => {
  it('deliveries are received and handled, and keep the place in a trace that the request states', async () => {
    const { tracer, observer } = otel()
    const receiver = createReceiver(provider, { inbox: memoryInbox(), tracer, observer })
    onTestFinished(() => receiver.close({ timeoutMs: 100 }))
    const seen: unknown[] = []
    receiver.on('order.paid', (_, { headers }) =>
      seen.push(headers['traceparent'], trace.getActiveSpan()?.isRecording()),
    )
    expect(await receiver.receive(request('a', ['traceparent', traceparent]))).toMatchObject({ status: 200 })
    await receiver.onIdle()
    expect(seen).toEqual([traceparent, false])
  })
})
