import { checkInbox } from '../inbox/check-inbox.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { keepAlive } from '../lib/keep-alive.ts'
import { retryLateness } from '../lib/retry-lateness.ts'
import type { DeliveryObservation, Observer } from '../model/observation.ts'
import { type Alert, type AlertName, keyOf, type Subject } from './alert.ts'
import { Conditions } from './conditions.ts'
import { figureOf, type Measured, measure } from './measure.ts'
import { NotifyQueue } from './notify-queue.ts'
import { type AlertsSettings, toWatchSettings, type WatchOptions } from './options.ts'
import { SlidingWindow, slotsPerWindow } from './window.ts'

/** Watches observations and inboxes. */
export interface Alerts {
  /** For the option `observer` of receivers, any number of them. Each endpoint is judged on its own. */
  readonly observer: Observer
  /**
   * Looks at an inbox again and again: how old the oldest delivery is that is not handled, and whether it answers.
   * @returns a function that ends it
   * @throws TypeError when it is no inbox, or an option cannot be used
   */
  watch(inbox: Inbox, options?: WatchOptions): () => void
  /** What fires now. */
  firing(): readonly Alert[]
  /**
   * Ends every watch; observations count no more. What was not sent yet is tried once more; resolves when nothing is on its way, after
   * at most `timeoutMs` of each alert that waits.
   */
  close(): Promise<void>
}

/** Whose observation it is. */
type Receiving = Pick<DeliveryObservation, 'provider' | 'endpoint'>

/** What is measured of one endpoint for one alert. */
interface Series {
  readonly name: AlertName
  readonly subject: Subject
  readonly window: SlidingWindow
}

/** Measures what it is told, judges it, and tells the notifiers. */
export class Monitor implements Alerts {
  readonly #settings: AlertsSettings
  readonly #queues: readonly NotifyQueue[]
  readonly #conditions: Conditions
  readonly #lateness = retryLateness()
  readonly #series = new Map<string, Series>()
  readonly #watches = new Set<() => void>()
  #cancelLook: (() => void) | undefined
  #isClosed = false

  constructor(settings: AlertsSettings) {
    this.#settings = settings
    this.#queues = settings.notifiers.map((notify) => new NotifyQueue(notify, settings))
    this.#conditions = new Conditions(settings.thresholds, (alert) => {
      for (const queue of this.#queues) queue.push(alert)
    })
  }

  readonly observer: Observer = (observation) => {
    if (this.#isClosed || !('endpoint' in observation)) return
    const lateMs = this.#lateness(observation)
    const measured = measure(observation)
    const all: readonly Measured[] = lateMs === undefined ? measured : [...measured, ['retries-late', lateMs]]
    for (const [name, value] of all) this.#add(name, value, observation)
  }

  watch(inbox: Inbox, options?: WatchOptions): () => void {
    checkInbox('inbox', inbox)
    const { name, everyMs, timeoutMs } = toWatchSettings(options)
    const { clock } = this.#settings
    let failures = 0
    let cancel = (): void => {}
    const end = (): void => {
      this.#watches.delete(end)
      cancel()
    }
    const look = async (): Promise<void> => {
      const ageMs = await oldestAgeMs(inbox, timeoutMs, this.#settings)
      if (!this.#watches.has(end)) return
      failures = ageMs === undefined ? failures + 1 : 0
      const now = clock.now()
      this.#conditions.judge('inbox-unreachable', { inbox: name }, { value: failures, of: 1 }, now)
      if (ageMs !== undefined)
        this.#conditions.judge('oldest-waiting', { inbox: name }, { value: ageMs, of: 1 }, now)
      cancel = clock.schedule(everyMs, () => void look())
    }
    this.#watches.add(end)
    void look()
    return end
  }

  firing(): readonly Alert[] {
    return this.#conditions.firing
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelLook?.()
    for (const end of [...this.#watches]) end()
    await keepAlive(Promise.all(this.#queues.map((queue) => queue.close())))
  }

  #add(name: AlertName, value: number, observation: Receiving): void {
    const { provider, endpoint } = observation
    const key = keyOf(name, { provider, endpoint })
    const existing = this.#series.get(key)
    const window = existing?.window ?? new SlidingWindow(this.#settings.windowMs)
    const series: Series = existing ?? { name, subject: { provider, endpoint }, window }
    this.#series.set(key, series)
    window.add(value, this.#settings.clock.monotonic())
    this.#judge(series)
    this.#lookLater()
  }

  /** Answers whether it must be looked at again, though nothing more comes. */
  #judge({ name, subject, window }: Series): boolean {
    const { clock } = this.#settings
    const figure = figureOf(name, window.read(clock.monotonic()))
    this.#conditions.judge(name, subject, figure, clock.now())
    return figure.of > 0
  }

  /** Without traffic too, what is wrong is resolved as it leaves the window. */
  #lookLater(): void {
    const { clock, windowMs } = this.#settings
    this.#cancelLook ??= clock.schedule(windowMs / slotsPerWindow, () => {
      this.#cancelLook = undefined
      const live = [...this.#series.values()].filter((series) => this.#judge(series))
      if (live.length > 0) this.#lookLater()
    })
  }
}

/** The age of the oldest delivery in milliseconds; `undefined`: the inbox did not say it in time. */
async function oldestAgeMs(
  inbox: Inbox,
  timeoutMs: number,
  { clock }: AlertsSettings,
): Promise<number | undefined> {
  try {
    const stats = await withDeadline(inbox.stats(), timeoutMs, clock)
    return stats === timedOut ? undefined : stats.oldestAgeMs
  } catch {
    return undefined
  }
}
