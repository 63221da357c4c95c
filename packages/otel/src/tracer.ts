import type { Outcome } from '@acuse/core'
import type { HandleResult, TracedAttempt, TracedRequest, Tracer } from '@acuse/core/tracing'
import {
  type Attributes,
  type Context,
  context,
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
  return {
    receive(traced, run) {
      const parent = parentOf(traced)
      const span = tracer.startSpan(`receive ${traced.endpoint}`, receiveOptions(traced), parent)
      const carrier = toCarrier(span.spanContext())
      return spanning(span, parent, () => run(carrier), endReceive)
    },
    process(traced, run) {
      const { options, parent } = processOptions(traced, settings)
      const span = tracer.startSpan(`process ${traced.delivery.endpoint}`, options, parent)
      return spanning(span, parent, run, (result) => endProcess(span, result, settings))
    },
  }
}

/** Runs it inside of the span, and ends that with it. */
async function spanning<Result>(
  span: Span,
  parent: Context,
  run: () => Promise<Result>,
  end: (result: Result, span: Span) => void,
): Promise<void> {
  try {
    const result = await context.with(trace.setSpan(parent, span), run)
    if (span.isRecording()) end(result, span)
  } finally {
    span.end()
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

function receiveOptions({ provider, endpoint }: TracedRequest): SpanOptions {
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

function processOptions(
  { delivery, attempt, isReplay }: TracedAttempt,
  { processSpans }: Settings,
): { readonly options: SpanOptions; readonly parent: Context } {
  const { endpoint, provider, id, type, keyId, body, headers } = delivery
  const requestId = headers['x-request-id']
  const attributes: Attributes = {
    ...operation('process', endpoint),
    'messaging.message.id': id,
    'messaging.message.body.size': body.byteLength,
    'acuse.provider': provider,
    'acuse.event.type': type,
    'acuse.key.id': keyId,
    'acuse.attempt': attempt,
    'acuse.replay': isReplay,
    ...(requestId === undefined ? undefined : { 'acuse.request.id': requestId }),
  }
  const kind = SpanKind.CONSUMER
  const received = toSpanContext(headers['traceparent'], headers['tracestate'])
  if (!received) return { options: { kind, attributes }, parent: ROOT_CONTEXT }
  if (isReplay || processSpans === 'link')
    return { options: { kind, attributes, links: [{ context: received }] }, parent: ROOT_CONTEXT }
  return { options: { kind, attributes }, parent: trace.setSpanContext(ROOT_CONTEXT, received) }
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
