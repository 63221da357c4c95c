import type { Inbox, Observer } from '@acuse/core'
import { checkOptions, type OptionKinds } from '@acuse/core/inbox-kit'
import type { Tracer } from '@acuse/core/tracing'
import type { MeterProvider, TracerProvider } from '@opentelemetry/api'

/** Options of `otel`. */
export interface OtelOptions {
  /** Where spans go. Default: the global provider, which `@opentelemetry/sdk-node` registers; without one, nowhere. */
  readonly tracerProvider?: TracerProvider
  /** Where metrics go. Default: the global provider. */
  readonly meterProvider?: MeterProvider
  /**
   * How a `process` span belongs to the trace of its request. `child`: it is in that trace, under `receive`. `link`: it begins a trace
   * of its own, which links to that one. A replay is always linked: its request may be long past. Default `child`.
   */
  readonly processSpans?: 'child' | 'link'
  /**
   * Whether the message of what a handler threw is recorded in its span. It may hold data of the payload. Default `false`: the
   * error's name and the handler's.
   */
  readonly recordErrorMessages?: boolean
  /**
   * Inboxes whose deliveries are counted by state when metrics are read, by a name of your own. Default: none is.
   */
  readonly inboxes?: Readonly<Record<string, Pick<Inbox, 'stats'>>>
}

/** What a receiver's options take: `webhooks(redcumbre(secret), { ...otel() })`. */
export interface Otel {
  /** Makes the spans. */
  readonly tracer: Tracer
  /** Counts and measures; with observers of your own: `observer: [observer, mine]`. */
  readonly observer: Observer
}

const optionKinds: OptionKinds<OtelOptions> = {
  tracerProvider: 'checked',
  meterProvider: 'checked',
  processSpans: 'checked',
  recordErrorMessages: 'true or false',
  inboxes: 'object',
}

/**
 * Checks options.
 * @throws TypeError that says what the first wrong one takes
 */
export function checkOtelOptions(options: OtelOptions): void {
  checkOptions('otel options', options, optionKinds)
  const { tracerProvider, meterProvider, processSpans, inboxes = {} } = options
  if (tracerProvider !== undefined && typeof tracerProvider?.getTracer !== 'function')
    throw new TypeError('tracerProvider must be a TracerProvider of OpenTelemetry: it lacks getTracer()')
  if (meterProvider !== undefined && typeof meterProvider?.getMeter !== 'function')
    throw new TypeError('meterProvider must be a MeterProvider of OpenTelemetry: it lacks getMeter()')
  if (processSpans !== undefined && processSpans !== 'child' && processSpans !== 'link')
    throw new TypeError("processSpans must be 'child' or 'link'")
  for (const [name, inbox] of Object.entries(inboxes))
    if (typeof inbox?.stats !== 'function')
      throw new TypeError(`inboxes.${name} must be an inbox: it lacks stats()`)
}
