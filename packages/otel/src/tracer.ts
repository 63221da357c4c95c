import type { Outcome } from '@acuse/core'
import type { HandleResult, TracedAttempt, TracedRequest, Tracer } from '@acuse/core/tracing'
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { errorType, operation } from './attributes.ts'
import type { OtelOptions } from './options.ts'
import { toCarrier, toSpanContext } from './trace-context.ts'

type Settings = Required<Pick<OtelOptions, 'processSpans' | 'recordErrorMessages'>>

/** A tracer of core over one of OpenTelemetry. */
export function createTracer(tracer: OtelTracer, settings: Settings): Tracer {
  const receiving = remembered(receiveOptions)
  const processing = remembered(processOptions)
  return {
    receive(traced, run) {
      const { provider, endpoint } = traced
      const parent = parentOf(traced)
      const span = tracer.startSpan(`receive ${endpoint}`, receiving(provider, endpoint), parent)
      const carrier = toCarrier(span.spanContext())
      // Without an SDK: no trace, nothing to end.
      if (carrier === undefined) return run()
      const within = trace.setSpan(parent, span)
      const running = context.with(within, () => run(carrier))
      return span.isRecording() ? ending(span, running, endReceive) : running
    },
    process(traced, run) {
      const { provider, endpoint } = traced.delivery
      const { links, parent } = placeOf(traced, settings)
      const options = processing(provider, endpoint)
      const span = tracer.startSpan(`process ${endpoint}`, links ? { ...options, links } : options, parent)
      const within = trace.setSpan(parent, span)
      if (!span.isRecording()) return context.with(within, run)
      span.setAttributes(attributesOf(traced))
      return ending(span, context.with(within, run), (result) => endProcess(span, result, settings))
    },
  }
}

/** Ends the span with what runs inside of it. */
async function ending<Result>(
  span: Span,
  running: Promise<Result>,
  end: (result: Result, span: Span) => void,
): Promise<void> {
  try {
    end(await running, span)
  } finally {
    span.end()
  }
}

type ToOptions = (provider: string, endpoint: string) => SpanOptions

/** There are as many as receivers: each is made once, not for each request. */
function remembered(make: ToOptions): ToOptions {
  const made = new Map<string, SpanOptions>()
  return (provider, endpoint) => {
    const name = `${provider} ${endpoint}`
    const before = made.get(name)
    if (before) return before
    const options = make(provider, endpoint)
    made.set(name, options)
    return options
  }
}

/** The HTTP server's span; where nothing instruments it, the place that the request states. */
function parentOf({ request }: TracedRequest): Context {
  const active = context.active()
  if (trace.getSpan(active)) return active
  const [traceparent, ...more] = request.headers.values('traceparent')
  if (traceparent === undefined || more.length > 0) return active
  const stated = toSpanContext(traceparent, request.headers.values('tracestate').join(','))
  return stated ? trace.setSpanContext(active, stated) : active
}

function receiveOptions(provider: string, endpoint: string): SpanOptions {
  return {
    // The conventions' CLIENT is one that pulls; the HTTP span above is the server's.
    kind: SpanKind.INTERNAL,
    attributes: { ...operation('receive', endpoint), 'acuse.provider': provider },
  }
}

function endReceive(outcome: Outcome, span: Span): void {
  span.setAttribute('acuse.outcome', outcome.kind)
  if (outcome.kind === 'rejected') {
    span.setAttributes({ 'error.type': outcome.code, 'acuse.code': outcome.code })
    // As the conventions have it for HTTP servers: a refused request is the client's error.
    if (outcome.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  } else if (outcome.kind !== 'answered') {
    const [id, ...others] = outcome.ids
    if (id !== undefined && others.length === 0) span.setAttribute('messaging.message.id', id)
    else span.setAttribute('messaging.batch.message_count', outcome.ids.length)
  }
}

function processOptions(provider: string, endpoint: string): SpanOptions {
  return {
    kind: SpanKind.CONSUMER,
    attributes: { ...operation('process', endpoint), 'acuse.provider': provider },
  }
}

function attributesOf({ delivery, attempt, isReplay }: TracedAttempt): Attributes {
  const { id, type, keyId, body, headers } = delivery
  const attributes: Attributes = {
    'messaging.message.id': id,
    'messaging.message.body.size': body.byteLength,
    'acuse.event.type': type,
    'acuse.key.id': keyId,
    'acuse.attempt': attempt,
    'acuse.replay': isReplay,
  }
  const requestId = headers['x-request-id']
  if (requestId !== undefined) attributes['acuse.request.id'] = requestId
  return attributes
}

function placeOf(
  { delivery: { headers }, isReplay }: TracedAttempt,
  { processSpans }: Settings,
): { readonly links?: Link[]; readonly parent: Context } {
  const received = toSpanContext(headers['traceparent'], headers['tracestate'])
  if (!received) return { parent: ROOT_CONTEXT }
  if (isReplay || processSpans === 'link') return { links: [{ context: received }], parent: ROOT_CONTEXT }
  return { parent: trace.setSpanContext(ROOT_CONTEXT, received) }
}

function endProcess(span: Span, result: HandleResult, { recordErrorMessages }: Settings): void {
  span.setAttribute('acuse.outcome', result.status)
  if (result.status === 'done') {
    span.setAttribute('acuse.handlers', result.handlers)
    return
  }
  const { error, measures } = result
  span.setAttribute('error.type', errorType(error))
  if (result.status === 'dead') span.setAttribute('acuse.reason', result.reason)
  if (measures?.handler !== undefined) span.setAttribute('acuse.handler', measures.handler)
  span.setStatus({ code: SpanStatusCode.ERROR })
  if (recordErrorMessages && error instanceof Error) span.recordException(error)
}
