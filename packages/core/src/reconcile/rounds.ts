import { sturdyClock } from '../lib/check-clock.ts'
import { keepAlive } from '../lib/keep-alive.ts'
import { describe } from '../lib/options.ts'
import { about } from '../lib/tell.ts'
import { writeFailure } from '../log/logger.ts'
import type { Clock } from '../model/clock.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Reconciling } from '../receiver/reconciling.ts'
import type { ReconcileSettings } from './options.ts'
import { type ItemReading, readItem } from './read-item.ts'
import type { ListedItem, ListedPage, ReconcileRound, Reconciler } from './types.ts'

type Counts = { -readonly [Name in Exclude<keyof ReconcileRound, 'complete' | 'error'>]: number }

/** As many as a store writes down at once. */
const atOnce = 64
/** More than any API has of a month; an API whose pages do not end must not hold the process up for ever. */
const maxPages = 10_000

/** Rounds, one at a time: at each, what the API has is read and offered to the inbox. */
export class Rounds implements Reconciler {
  readonly #parts: Reconciling
  readonly #settings: ReconcileSettings
  readonly #clock: Clock
  readonly #closing = new AbortController()
  /** The beginning of the last round that was complete. */
  #lastStart: number | undefined
  #running: Promise<ReconcileRound> | undefined
  #isStarted = false
  #cancelNext = (): void => {}

  constructor(parts: Reconciling, settings: ReconcileSettings) {
    this.#parts = parts
    this.#settings = settings
    this.#clock = sturdyClock(parts.settings.clock)
  }

  start(): void {
    this.#closing.signal.throwIfAborted()
    if (this.#isStarted) return
    this.#isStarted = true
    void this.#goOn()
  }

  async round(): Promise<ReconcileRound> {
    this.#closing.signal.throwIfAborted()
    this.#running ??= keepAlive(this.#round()).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The reconciler is closed'))
    this.#cancelNext()
    await this.#running
  }

  async #goOn(): Promise<void> {
    if (this.#isOver()) return
    await this.round()
    if (!this.#isOver())
      this.#cancelNext = this.#clock.schedule(this.#settings.everyMs, () => void this.#goOn())
  }

  #isOver(): boolean {
    return this.#closing.signal.aborted || this.#parts.isClosing()
  }

  async #round(): Promise<ReconcileRound> {
    const { lookBackMs, overlapMs, reachMs, tenant } = this.#settings
    const now = this.#clock.now()
    const earliest = now - reachMs
    // The wall clock may have been set back since.
    const from = this.#lastStart === undefined ? now - lookBackMs : Math.min(this.#lastStart, now) - overlapMs
    const counts: Counts = { listed: 0, accepted: 0, duplicates: 0, conflicts: 0, unreadable: 0 }
    try {
      await this.#takePages(new Date(Math.max(from, earliest)), { tenant, now, earliest }, counts)
      this.#lastStart = now
      return { complete: true, ...counts }
    } catch (error) {
      const { provider, settings, observer } = this.#parts
      if (!this.#isOver())
        observer({ type: 'reconcile-failed', provider: provider.name, endpoint: settings.endpoint, error })
      return { complete: false, ...counts, error }
    }
  }

  async #takePages(since: Date, reading: ItemReading, counts: Counts): Promise<void> {
    const cursors = new Set<string>()
    let cursor: string | undefined
    while (cursors.size < maxPages) {
      const { items, next } = toPage(await this.#ask(since, cursor))
      counts.listed += items.length
      await this.#take(this.#read(items, reading, counts), counts)
      if (next === undefined) return
      if (cursors.has(next)) throw new Error('list answered the same next twice: its pages do not end')
      cursors.add(next)
      cursor = next
    }
    throw new Error(`list answered more than ${maxPages} pages`)
  }

  /** It is anybody's code: it may hang, and heed no signal. */
  #ask(since: Date, cursor: string | undefined): Promise<unknown> {
    const { list, timeoutMs } = this.#settings
    const call = new AbortController()
    const end = (): void => call.abort(this.#closing.signal.reason)
    this.#closing.signal.addEventListener('abort', end, { once: true })
    const cancel = this.#clock.schedule(timeoutMs, () =>
      call.abort(new Error(`list did not answer within ${timeoutMs} ms`)),
    )
    const aborted = new Promise((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true })
    })
    const answer = (async () => list(new Date(since), cursor, call.signal))()
    return Promise.race([answer, aborted]).finally(() => {
      cancel()
      this.#closing.signal.removeEventListener('abort', end)
    })
  }

  #read(items: readonly ListedItem[], reading: ItemReading, counts: Counts): Delivery[] {
    const { logger, endpoint } = this.#parts.settings
    return items.flatMap((item) => {
      try {
        return readItem(item, this.#parts, reading)
      } catch (error) {
        // One bad page has thousands of them.
        if (counts.unreadable++ === 0)
          writeFailure(logger, `${endpoint}: an item that list gave cannot be read`, error)
        return []
      }
    })
  }

  async #take(deliveries: readonly Delivery[], counts: Counts): Promise<void> {
    if (deliveries.length > 0) this.#parts.start()
    for (let at = 0; at < deliveries.length; at += atOnce) {
      if (this.#isOver()) throw new Error('The reconciler, or its receiver, is closed')
      const some = deliveries.slice(at, at + atOnce)
      const errors = (await Promise.all(some.map((one) => this.#offer(one, counts)))).flat()
      if (errors.length > 0) throw errors[0]
    }
  }

  /** Why the inbox did not take it, if it did not. */
  async #offer(delivery: Delivery, counts: Counts): Promise<Error[]> {
    const { ack, observer, settings } = this.#parts
    const startedAt = this.#clock.monotonic()
    const until = startedAt + settings.ackTimeoutMs
    const { decision, error } = await ack.accept(delivery, until, { keepsConflict: false })
    const { keyId } = delivery
    if (decision === 'accepted') {
      counts.accepted++
      const durationMs = this.#clock.monotonic() - startedAt
      observer({ type: 'accepted', ...about(delivery), keyId, durationMs })
    } else if (decision === 'duplicate') counts.duplicates++
    else if (decision === 'conflict') counts.conflicts++
    else return [new Error(`The inbox did not take what is missing: ${decision}`, { cause: error })]
    return []
  }
}

/** @throws TypeError when it is no page */
function toPage(answer: unknown): ListedPage {
  const { items, next }: { readonly [Name in keyof ListedPage]?: unknown } = Object(answer)
  if (!Array.isArray(items))
    throw new TypeError(
      `list answered ${describe(answer)} without a list of items: it answers { items, next }`,
    )
  if (next !== undefined && typeof next !== 'string')
    throw new TypeError(
      `list answered ${describe(next)} for next: it must be text, and absent on the last page`,
    )
  return next === undefined ? { items } : { items, next }
}
