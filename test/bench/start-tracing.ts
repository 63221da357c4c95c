import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { context, metrics, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

const noOp = {
  export: (_: unknown, done: (result: { readonly code: number }) => void) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {},
}

/** OpenTelemetry's SDK as programs start it, every request sampled, and exporters that do nothing. */
export function startTracing(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(noOp)] }))
  const reader = new PeriodicExportingMetricReader({ exporter: noOp })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
}

/** As the instrumentation of `node:http` does: a span for each request, in which it is answered. */
export function traceRequests(server: Server): void {
  const http = trace.getTracer('http')
  const listeners = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const attributes = { 'http.request.method': request.method ?? '', 'url.path': request.url ?? '' }
    const span = http.startSpan('POST', { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT)
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode)
      span.end()
    })
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      for (const listener of listeners) Reflect.apply(listener, server, [request, response])
    })
  })
}
