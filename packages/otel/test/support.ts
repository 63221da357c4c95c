import { createHmac } from 'node:crypto'
import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  memoryInbox,
  type Observation,
  type ReceiverOptions,
} from '@acuse/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { onTestFinished } from 'vitest'
import { type OtelOptions, otel } from '../src/index.ts'

const secret = 'b3f1c9a27d5e48f6a0c2e4d6f8091a2b'
export const provider = defineProvider<Record<string, { readonly id: string }>>({
  name: 'acme',
  path: '/hooks',
  scheme: hmac({ header: 'X-Signature', secret }),
  events: ['order.paid'],
  envelope: ({ type, id }) => ({ type: String(type), idempotencyKey: [String(id)] }),
})
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
export const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

export function request(id: string, headers: readonly string[] = [], signature?: string) {
  const body = Buffer.from(JSON.stringify({ type: 'order.paid', id, card: 'hunter2' }))
  const signed = signature ?? createHmac('sha256', secret).update(body).digest('hex')
  return { method: 'POST', url: '/hooks', headers: fromRawHeaders(['X-Signature', signed, ...headers]), body }
}

export function bench(given: Partial<OtelOptions> = {}, options: object = {}) {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  })
  const meterProvider = new MeterProvider({ readers: [reader] })
  onTestFinished(() => meterProvider.shutdown())
  const made = otel({ tracerProvider, meterProvider, ...given })
  const observations: Observation[] = []
  const silent = (): void => {}
  const receiver = createReceiver(provider, {
    inbox: memoryInbox(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...options,
    tracer: made.tracer,
    observer: [made.observer, (observation) => void observations.push(observation)],
  } as ReceiverOptions<Record<string, { readonly id: string }>>)
  onTestFinished(() => receiver.close({ timeoutMs: 100 }))
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans()
  const named = (name: string): ReadableSpan[] => spans().filter((span) => span.name.startsWith(name))
  const points = async (): Promise<Map<string, readonly { attributes: object; value: unknown }[]>> => {
    await meterProvider.forceFlush()
    const [last] = metricExporter.getMetrics().slice(-1)
    const all = last?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
    return new Map(all.map((metric) => [metric.descriptor.name, metric.dataPoints]))
  }
  return { receiver, observations, tracerProvider, spans, named, points, exporter }
}
