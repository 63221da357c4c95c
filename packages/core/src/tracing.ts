// For those who follow deliveries through processes: `@acuse/core/tracing`.
export type { AttemptMeasures, HandleResult } from './inbox/inbox.ts'
export type { TraceCarrier, TracedAttempt, TracedRequest, Tracer } from './receiver/tracer.ts'
