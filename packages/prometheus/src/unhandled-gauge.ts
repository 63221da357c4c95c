import type { Observations } from '@acuse/core'
import { Gauge } from 'prom-client'
import type { LabelNames } from './label-names.ts'
import type { Settings } from './options.ts'

/** It is told once a minute and type while it is so, and never told to be over. */
const goodForMs = 150_000

/** Registers the gauge of deliveries that nothing handles here; answers what takes its observations. */
export function createUnhandledGauge(
  { prefix, register, clock }: Settings,
  events: LabelNames,
): (observation: Observations.UnhandledObservation) => void {
  const last = new Map<string, { readonly seen: Observations.UnhandledObservation; readonly at: number }>()
  const gauge: Gauge = new Gauge({
    name: `${prefix}unhandled_deliveries`,
    help: 'Deliveries that wait, and that nothing handles in this process.',
    labelNames: ['provider', 'endpoint', 'event'],
    registers: [register],
    collect() {
      gauge.reset()
      const now = clock.monotonic()
      for (const [key, { seen, at }] of last) {
        const { provider, endpoint, event, waiting } = seen
        if (now - at > goodForMs) last.delete(key)
        else gauge.inc({ provider, endpoint, event: events.of(provider, event) }, waiting)
      }
    },
  })
  return (seen) => {
    const { endpoint, provider, event } = seen
    last.set(JSON.stringify([endpoint, events.of(provider, event)]), { seen, at: clock.monotonic() })
  }
}
