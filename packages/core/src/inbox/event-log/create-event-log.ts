import { describeError } from '../../lib/describe-error.ts'
import { keepAlive } from '../../lib/keep-alive.ts'
import { createPace, pause } from '../../lib/pace.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { EventLog, EventLogFilter, Imported, Replayed, ReplayOptions } from '../../model/event-log.ts'
import { tellProgress } from '../dead-letter-filter.ts'
import { type Chunks, deliveriesOf } from './deliveries-of.ts'
import { toDeliveryDocument } from './delivery-lines.ts'
import type { EventLogStore } from './event-log-store.ts'
import { checkExportFilter, checkReplayFilter, checkReplayOptions, toReplayName } from './log-filter.ts'

const usualPerSecond = 100
const maxStep = 200
const maxPage = 50
const againMs = 200
const patienceMs = 60_000

/**
 * For inboxes: the event log over a store. A step that the store could not write is tried again for a minute: the place that is
 * written down with it makes that harmless.
 */
export function createEventLog<Place>(store: EventLogStore<Place>, clock: Clock): EventLog {
  return {
    replay: (filter, options = {}) => replay(store, clock, filter, options),
    export: (filter = {}) => exported(store, checkExportFilter(filter)),
    import: (lines) => importAll(store, clock, lines),
  }
}

async function replay<Place>(
  store: EventLogStore<Place>,
  clock: Clock,
  filter: EventLogFilter,
  options: ReplayOptions,
): Promise<Replayed> {
  checkReplayFilter(filter)
  const { perSecond = usualPerSecond, restart = false, signal } = checkReplayOptions(options)
  if (!store.isRetaining && (await store.isEmpty()))
    throw new TypeError(
      'There is nothing to replay: bodies are kept from when the inbox has retain: { bodiesForMs }',
    )
  const name = toReplayName(filter)
  await store.begin(name, filter, restart)
  const pace = createPace(perSecond, clock)
  const size = pace.batchOf(maxStep)
  let replayed = 0
  while (!signal?.aborted) {
    await pace.next(size)
    const step = await untilDone(store, clock, () => store.next(name, filter, size))
    // At the end the replay is forgotten; asked again, the store knows of none.
    replayed = Math.max(replayed, step.replayed)
    tellProgress(options, replayed)
    if (step.ends) return { replayed, complete: step.ends === 'over' }
  }
  return { replayed, complete: false }
}

async function untilDone<T>(
  store: Pick<EventLogStore<unknown>, 'isClosed'>,
  clock: Clock,
  act: () => Awaitable<T>,
): Promise<T> {
  const giveUpAt = clock.monotonic() + patienceMs
  for (;;) {
    try {
      return await act()
    } catch (cause) {
      if (store.isClosed || clock.monotonic() >= giveUpAt) throw endedEarly(cause)
      await keepAlive(pause(againMs, clock))
    }
  }
}

/** What was done stays done. */
function endedEarly(cause: unknown): Error {
  const { message } = describeError(cause)
  return new Error(`${message}. It was cut short: the same call goes on where it stopped`, { cause })
}

async function* exported<Place>(store: EventLogStore<Place>, filter: EventLogFilter): AsyncGenerator<string> {
  let after: Place | undefined
  do {
    const { deliveries, last } = await store.read(filter, after, maxPage)
    for (const delivery of deliveries) yield `${JSON.stringify(toDeliveryDocument(delivery))}\n`
    after = deliveries.length < maxPage ? undefined : last
  } while (after !== undefined)
}

async function importAll<Place>(store: EventLogStore<Place>, clock: Clock, lines: Chunks): Promise<Imported> {
  if (!store.isRetaining)
    throw new TypeError(
      'import needs an inbox with retain: { bodiesForMs }, which says for how long they are kept',
    )
  let read = 0
  let imported = 0
  let page: Delivery[] = []
  const addAll = async (): Promise<void> => {
    if (page.length === 0) return
    const deliveries = page
    page = []
    read += deliveries.length
    imported += await untilDone(store, clock, () => store.add(deliveries))
  }
  try {
    for await (const delivery of deliveriesOf(lines)) {
      page.push(delivery)
      if (page.length >= maxPage) await addAll()
    }
  } finally {
    await addAll()
  }
  return { imported, known: read - imported }
}
