import type { TraceCarrier } from '@acuse/core/tracing'
import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api'

const traceparentGrammar = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** The place that headers name (W3C Trace Context §3.2), in another process or request; `undefined`: none. */
export function toSpanContext(
  traceparent: string | undefined,
  tracestate: string | undefined,
): SpanContext | undefined {
  const [, version, traceId, spanId, flags] = traceparentGrammar.exec(traceparent ?? '') ?? []
  if (version === undefined || version === 'ff' || !traceId || !spanId || !flags) return undefined
  const traceFlags = Number.parseInt(flags, 16) & 1
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true }
  if (!isSpanContextValid(context)) return undefined
  return tracestate ? { ...context, traceState: createTraceState(tracestate) } : context
}

/** The same the other way; `undefined`: nothing is traced. */
export function toCarrier(context: SpanContext): TraceCarrier | undefined {
  if (!isSpanContextValid(context)) return undefined
  const { traceId, spanId, traceFlags, traceState } = context
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  const tracestate = traceState?.serialize()
  return tracestate ? { traceparent, tracestate } : { traceparent }
}
