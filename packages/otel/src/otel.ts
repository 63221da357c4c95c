import { metrics, trace } from '@opentelemetry/api'
import { countDeliveries } from './inbox-metrics.ts'
import { createObserver } from './metrics.ts'
import { checkOtelOptions, type Otel, type OtelOptions } from './options.ts'
import { createTracer } from './tracer.ts'

const scope = '@acuse/otel'

/**
 * Spans and metrics of OpenTelemetry for a receiver, or for several. A request is a span `receive`, the child of the HTTP server's; each
 * attempt at its delivery is a span `process` in the same trace, in whatever process makes it, and handlers run inside of it. Names
 * and attributes follow the semantic conventions for messaging. Nothing of a payload or a secret is recorded. Without an SDK it
 * does nothing.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { redcumbreWebhooks } from '@acuse/express'
 * import { otel } from '@acuse/otel'
 *
 * const webhooks = redcumbreWebhooks(process.env['REDCUMBRE_SECRET'], { ...otel() })
 */
export function otel(options: OtelOptions = {}): Otel {
  checkOtelOptions(options)
  const { tracerProvider = trace, meterProvider = metrics, inboxes = {} } = options
  const meter = meterProvider.getMeter(scope)
  countDeliveries(meter, inboxes)
  const { processSpans = 'child', recordErrorMessages = false } = options
  return {
    tracer: createTracer(tracerProvider.getTracer(scope), { processSpans, recordErrorMessages }),
    observer: createObserver(meter),
  }
}
