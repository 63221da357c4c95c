import { fallbackInbox, type Inbox, memoryInbox, UnrecoverableError } from '@acuse/core'
import { trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { type OtelOptions, otel } from '../src/index.ts'
import { bench, request } from './support.ts'

describe('metrics', () => {
  const about = {
    'messaging.system': 'acuse',
    'messaging.destination.name': 'acme',
  }
  it('count and measure what is received and handled, by the conventions', async () => {
    const { receiver, points } = bench({}, { retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 1 } })
    let runs = 0
    receiver.on('order.paid', ({ payload }) => {
      if (payload.id === 'bad' || ++runs === 1) throw new RangeError('no')
    })
    for (const id of ['a', 'a', 'bad']) await receiver.receive(request(id))
    await receiver.receive(request('c', [], '0'.repeat(64)))
    await receiver.onIdle()
    const all = await points()
    const operation = { 'messaging.operation.name': 'receive' }
    expect(all.get('messaging.client.consumed.messages')).toMatchObject([
      { attributes: { ...about, ...operation }, value: 2 },
    ])
    expect(all.get('acuse.deliveries.duplicate')).toMatchObject([{ attributes: about, value: 1 }])
    expect(all.get('acuse.requests.rejected')).toMatchObject([
      {
        attributes: {
          ...about,
          'error.type': 'signature-mismatch',
          'http.response.status_code': 401,
          'acuse.authentic': false,
        },
        value: 1,
      },
    ])
    expect(all.get('acuse.deliveries.dead')).toMatchObject([
      { attributes: { 'acuse.reason': 'attempts-used-up' }, value: 1 },
    ])
    const counts = (name: string) =>
      all
        .get(name)
        ?.map(({ attributes, value }) => [
          Reflect.get(attributes, 'error.type'),
          Reflect.get(Object(value), 'count'),
        ])
    expect(counts('messaging.client.operation.duration')).toEqual(
      expect.arrayContaining([
        [undefined, 3],
        ['signature-mismatch', 1],
      ]),
    )
    expect(counts('messaging.process.duration')).toEqual(
      expect.arrayContaining([
        [undefined, 1],
        ['RangeError', 3],
      ]),
    )
    expect(counts('acuse.handling.lag')).toEqual([[undefined, 4]])
    expect(counts('acuse.retry.delay')).toEqual([[undefined, 2]])
  })

  it('tell how old the signed time was, of marks that were passed, and of a fallback in use', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const meterProvider = new MeterProvider({ readers: [reader] })
    const { observer } = otel({ meterProvider })
    const endpoint = { provider: 'acme', endpoint: 'acme' }
    observer({
      type: 'accepted',
      ...endpoint,
      id: 'i',
      event: 'e',
      keyId: 'k',
      durationMs: 1,
      signedAgoMs: -2_000,
    })
    observer({
      type: 'duplicate',
      ...endpoint,
      id: 'i',
      event: 'e',
      keyId: 'k',
      durationMs: 1,
      signedAgoMs: 3_000,
    })
    observer({ type: 'high-water-mark', provider: 'acme', resource: 'bytes', used: 0.8 })
    observer({ type: 'fallback', ...endpoint, inUse: true })
    observer({ type: 'fallback', ...endpoint, inUse: false })
    observer({ type: 'fallback', ...endpoint, inUse: true })
    observer({ type: 'dropped', ...endpoint, id: 'i', event: 'e' })
    observer({
      type: 'retried',
      ...endpoint,
      id: 'i',
      event: 'e',
      attempt: 1,
      delayMs: 0,
      error: new Error('died'),
    })
    observer({
      type: 'failed',
      ...endpoint,
      id: 'i',
      event: 'e',
      attempt: 1,
      error: new Error('no'),
      durationMs: 1,
      lagMs: 1,
    })
    await meterProvider.forceFlush()
    const [last] = exporter.getMetrics().slice(-1)
    const values = new Map(
      last?.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .map((one) => [one.descriptor.name, one.dataPoints.map(({ value }) => value)]),
    )
    expect(values.get('acuse.delivery.signed_ahead')).toMatchObject([{ sum: 2 }])
    expect(values.get('acuse.delivery.signed_age')).toMatchObject([{ sum: 3 }])
    expect(values.get('acuse.high_water_mark')).toEqual([1])
    expect(values.get('acuse.fallback.in_use')).toEqual([1])
    expect(values.get('messaging.process.duration')).toMatchObject([{ count: 1 }])
    await meterProvider.shutdown()
  })

  it('count what is in inboxes by state, those that answer', async () => {
    const inbox = memoryInbox()
    const broken: Pick<Inbox, 'stats'> = { stats: () => Promise.reject(new Error('away')) }
    const { receiver, points } = bench(
      { inboxes: { main: inbox, broken } },
      { inbox: fallbackInbox(inbox, memoryInbox()) },
    )
    receiver.on('order.paid', () => Promise.reject(new UnrecoverableError('no')))
    await receiver.receive(request('a'))
    await receiver.onIdle()
    const all = await points()
    const counted = all
      .get('acuse.inbox.deliveries')
      ?.map(({ attributes, value }) => [
        Reflect.get(attributes, 'acuse.inbox'),
        Reflect.get(attributes, 'acuse.state'),
        value,
      ])
    expect(counted).toEqual([
      ['main', 'waiting', 0],
      ['main', 'leased', 0],
      ['main', 'delayed', 0],
      ['main', 'dead', 1],
    ])
    expect(all.get('acuse.inbox.oldest_age')).toMatchObject([
      { attributes: { 'acuse.inbox': 'main' }, value: 0 },
    ])
  })
})

describe('options', () => {
  it.each<[object, string]>([
    [{ tracerProvider: {} }, 'tracerProvider must be a TracerProvider'],
    [{ meterProvider: {} }, 'meterProvider must be a MeterProvider'],
    [{ processSpans: 'both' }, "processSpans must be 'child' or 'link'"],
    [{ recordErrorMessages: 1 }, 'recordErrorMessages must be true or false'],
    [{ inboxes: { main: {} } }, 'inboxes.main must be an inbox'],
    [{ traceProvider: trace }, "has no option 'traceProvider'"],
  ])('%o is refused', (options, message) => {
    expect(() => otel(options as OtelOptions)).toThrow(message)
  })
})
