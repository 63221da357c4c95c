import { inspect } from 'node:util'
import type { Inbox, Observation, Observer, Receiver } from '@acuse/core'
import type { CaptureOptions } from '@acuse/core/capture-file'
import { describeError } from '@acuse/core/inbox-kit'
import type { Tracer } from '@acuse/core/tracing'
import { otel } from '@acuse/otel'
import { prometheusMetrics } from '@acuse/prometheus'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { Registry } from 'prom-client'
import { dashboardPages } from './dashboard-pages.ts'

/** What a collector may look at when all requests are done. */
interface Collected {
  readonly receivers: readonly Receiver<object>[]
  readonly inbox: Inbox
}

/** One kind of output: it watches receivers, and gives all that it would show. */
export interface Collector {
  readonly name: string
  /** Whether it may show payloads, to those who operate an inbox; secrets it may never show. */
  readonly showsPayloads: boolean
  /** Watches receivers. Default: it does not. */
  readonly observer?: Observer
  /** Keeps what is refused. Default: it does not. */
  readonly keep?: CaptureOptions['keep']
  /** Follows what they receive; one of them may have one. */
  readonly tracer?: Tracer
  /** All that it shows. */
  readonly finish: (of: Collected) => Promise<string>
}

/** The output of receivers, beside their log. Whatever shows something of them belongs here. */
export function createCollectors(): readonly Collector[] {
  return [observations(), deadLetters(), telemetry(), metrics(), ...dashboardPages()]
}

function observations(): Collector {
  const told: Observation[] = []
  return {
    name: 'observations',
    showsPayloads: false,
    observer: (observation) => void told.push(observation),
    async finish() {
      const errors = told.map((each) =>
        'error' in each && each.error ? describeError(each.error) : undefined,
      )
      return [JSON.stringify(told), inspect(told, { depth: 10 }), JSON.stringify(errors)].join('\n')
    },
  }
}

function deadLetters(): Collector {
  return {
    name: 'dead letters',
    showsPayloads: true,
    async finish({ inbox }) {
      const page = await inbox.deadLetters.list({ limit: 1_000 })
      const whole = await Promise.all(page.letters.map(({ id }) => inbox.deadLetters.get(id)))
      const bodies = whole.map((letter) => letter && Buffer.from(letter.delivery.body).toString('latin1'))
      return [JSON.stringify(page), JSON.stringify(whole), inspect(whole, { depth: 10 }), ...bodies].join(
        '\n',
      )
    },
  }
}

function telemetry(): Collector {
  const spans = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  return {
    name: 'spans and metrics of OpenTelemetry',
    showsPayloads: false,
    ...otel({ tracerProvider, meterProvider }),
    async finish() {
      await meterProvider.shutdown()
      const shown = spans
        .getFinishedSpans()
        .map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status }))
      if (shown.length === 0) throw new Error('No span was made')
      return [JSON.stringify(shown), inspect(exporter.getMetrics(), { depth: 12 })].join('\n')
    },
  }
}

function metrics(): Collector {
  const register = new Registry()
  const { observer } = prometheusMetrics({ register })
  return {
    name: 'metrics of Prometheus',
    showsPayloads: false,
    observer,
    finish: () => register.metrics(),
  }
}
