// A receiver under OpenTelemetry in a process of its own, its HTTP server's span made by hand; each span that ends is a line of SPANS.
// FRAMEWORK is `express` or `fastify`, INBOX `sqlite:<file>` or `bullmq:<url>`, ROLE `all`, `web` or `worker`.
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bullmqInbox } from '@acuse/bullmq'
import type { Inbox, ReceiverOptions } from '@acuse/core'
import { webhooks as expressWebhooks } from '@acuse/express'
import { webhooks as fastifyWebhooks } from '@acuse/fastify'
import { otel } from '@acuse/otel'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { sqliteInbox } from '@acuse/sqlite'
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import express from 'express'
import fastify from 'fastify'

const { SECRET = '', INBOX = '', SPANS = '', FRAMEWORK = 'express', ROLE = 'all' } = process.env

const exporter: SpanExporter = {
  export(spans, done) {
    for (const span of spans) {
      const { traceId, spanId } = span.spanContext()
      const parentId = span.parentSpanContext?.spanId
      appendFileSync(
        SPANS,
        `${JSON.stringify({ name: span.name, traceId, spanId, parentId, pid: process.pid })}\n`,
      )
    }
    done({ code: 0 })
  },
  shutdown: async () => {},
}
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
)
const http = trace.getTracer('http')

/** As `@opentelemetry/instrumentation-http` has it: the server's span is the child of what the request states. */
function instrumented(listener: RequestListener): RequestListener {
  return (request: IncomingMessage, response) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers)
    const span = http.startSpan('POST', { kind: SpanKind.SERVER }, parent)
    response.once('close', () => span.end())
    context.with(trace.setSpan(parent, span), () => listener(request, response))
  }
}

const inbox: Inbox = INBOX.startsWith('sqlite:')
  ? sqliteInbox(INBOX.slice(7))
  : bullmqInbox({ connection: INBOX.slice(7) })
const options: ReceiverOptions<RedcumbreEvents> = {
  inbox,
  ...(ROLE === 'web' ? { work: false } : {}),
  ...otel(),
}
const handle = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
  http.startSpan('of the handler').end()
}

async function listener(): Promise<{ readonly listen: RequestListener; close(): Promise<void> }> {
  if (FRAMEWORK === 'express') {
    const receiver = expressWebhooks(redcumbre(SECRET), options)
    if (ROLE !== 'web') receiver.on('*', handle)
    if (ROLE !== 'web') receiver.work()
    return { listen: express().use(receiver), close: () => receiver.close() }
  }
  const receiver = fastifyWebhooks(redcumbre(SECRET), options)
  if (ROLE !== 'web') receiver.on('*', handle)
  if (ROLE !== 'web') receiver.work()
  const app = fastify()
  await app.register(receiver)
  await app.ready()
  return { listen: (request, response) => app.routing(request, response), close: () => receiver.close() }
}

const { listen, close } = await listener()
const server = createServer(instrumented(listen)).listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', async () => {
  server.close()
  await close()
  server.closeAllConnections()
  process.exit(0)
})
