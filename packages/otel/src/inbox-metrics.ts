import type { Inbox } from '@acuse/core'
import { systemClock } from '@acuse/core'
import { timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api'

/** A store that hangs must not hold up what reads metrics. */
const timeoutMs = 2_000

/** Counts what is in inboxes, by state, each time that metrics are read. */
export function countDeliveries(meter: Meter, inboxes: Readonly<Record<string, Pick<Inbox, 'stats'>>>): void {
  const all = Object.entries(inboxes)
  if (all.length === 0) return
  const deliveries = meter.createObservableGauge('acuse.inbox.deliveries', {
    description: 'Deliveries in an inbox, by endpoint, type and state.',
    unit: '{message}',
  })
  const oldest = meter.createObservableGauge('acuse.inbox.oldest_age', {
    description:
      'The age of the oldest delivery that is not handled; absent while the inbox does not answer.',
    unit: 's',
  })
  meter.addBatchObservableCallback(
    async (result) => {
      await Promise.all(all.map(([name, inbox]) => observeOne(result, { deliveries, oldest }, name, inbox)))
    },
    [deliveries, oldest],
  )
}

async function observeOne(
  result: BatchObservableResult,
  { deliveries, oldest }: { readonly deliveries: Observable; readonly oldest: Observable },
  name: string,
  inbox: Pick<Inbox, 'stats'>,
): Promise<void> {
  const about = { 'messaging.system': 'acuse', 'acuse.inbox': name }
  try {
    const stats = await withDeadline((async () => inbox.stats())(), timeoutMs, systemClock)
    if (stats === timedOut) return
    result.observe(oldest, stats.oldestAgeMs / 1_000, about)
    for (const state of ['waiting', 'leased', 'delayed', 'dead'] as const) {
      const byEndpoint = new Map<string, number>()
      for (const each of stats.types)
        byEndpoint.set(each.endpoint, (byEndpoint.get(each.endpoint) ?? 0) + each[state])
      for (const [endpoint, count] of byEndpoint)
        result.observe(deliveries, count, {
          ...about,
          'messaging.destination.name': endpoint,
          'acuse.state': state,
        })
    }
  } catch {
    // It does not answer: a gauge that is absent says so.
  }
}
