import type { Observer } from '@acuse/core'
import type { OpenMetricsContentType, Registry } from 'prom-client'
import { createInboxGauges } from './inbox-gauges.ts'
import { createInstruments } from './instruments.ts'
import { LabelNames } from './label-names.ts'
import { type PrometheusMetricsOptions, toSettings } from './options.ts'
import { createRecorder } from './record.ts'
import { createUnhandledGauge } from './unhandled-gauge.ts'

/** Metrics of any number of receivers and inboxes. */
export interface PrometheusMetrics {
  /** For the option `observer` of receivers: one for all of them. */
  readonly observer: Observer
  /** Where the metrics are registered: `await register.metrics()` is the text to serve as `register.contentType`. */
  readonly register: Registry | Registry<OpenMetricsContentType>
}

/**
 * Counts and measures what receivers observe, for Prometheus: as counters, histograms and gauges of prom-client. At each scrape
 * it asks the inboxes how many deliveries are in which state; one that fails or hangs fails no scrape, and is `acuse_inbox_up` 0.
 *
 * No label holds an id, the name of a request or of a key, or anything of a payload. Types of events come from senders, and have a
 * bounded number of series.
 * @throws TypeError when an option cannot be used, or the register has the metrics already
 * @example
 * import { createServer } from 'node:http'
 * import { createReceiver, memoryInbox } from '@acuse/core'
 * import { prometheusMetrics } from '@acuse/prometheus'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const inbox = memoryInbox()
 * const { observer, register } = prometheusMetrics({ inboxes: { main: inbox } })
 * export const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { inbox, observer })
 *
 * createServer(async (_request, response) => {
 *   response.writeHead(200, { 'content-type': register.contentType }).end(await register.metrics())
 * }).listen(9464)
 */
export function prometheusMetrics(options: PrometheusMetricsOptions = {}): PrometheusMetrics {
  const settings = toSettings(options)
  const { register, prefix, maxEvents } = settings
  const first = `${prefix}deliveries_accepted_total`
  if (register.getSingleMetric(first) !== undefined)
    throw new TypeError(
      `The register has ${first} already: call prometheusMetrics once and give its observer to each receiver, or give another register or prefix`,
    )
  const events = new LabelNames(maxEvents)
  createInboxGauges(settings, events)
  const recorder = createRecorder({
    instruments: createInstruments(settings),
    events,
    handlers: new LabelNames(maxEvents),
    unhandled: createUnhandledGauge(settings, events),
  })
  return { observer: recorder, register }
}
