import { readFile } from 'node:fs/promises'
import type { MadeEvent } from './subject.ts'

/** What was seen of effects: how many there are, and one text for each where the channel tells them apart. */
export interface Effects {
  readonly count: number
  readonly entries?: readonly string[]
}

/** Where effects can be seen; `undefined`: not now, such as while the receiver is dead. */
export type EffectChannel = () => Promise<Effects | undefined>

/** A file that gets one line for each effect; one that is not there yet has none. */
export function effectFile(path: string): EffectChannel {
  return async () => {
    try {
      return toEntries(await readFile(path, 'utf8'))
    } catch {
      return { count: 0, entries: [] }
    }
  }
}

/** An address that answers a count, a list of ids or of events as JSON, or a line for each. */
export function effectUrl(url: string): EffectChannel {
  return async () => {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      return answer.ok ? readEffects(await answer.text()) : undefined
    } catch {
      return undefined
    }
  }
}

/** The effects that a text says. */
export function readEffects(text: string): Effects | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'number') return { count: value }
    if (Array.isArray(value)) return listed(value)
    const inside = Object.values(Object(value))
    const list = inside.find((each) => Array.isArray(each))
    if (Array.isArray(list)) return listed(list)
    const count = inside.find((each) => typeof each === 'number')
    return typeof count === 'number' ? { count } : undefined
  } catch {
    return toEntries(text)
  }
}

function listed(list: readonly unknown[]): Effects {
  return {
    count: list.length,
    entries: list.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
  }
}

function toEntries(text: string): Effects {
  const entries = text.split('\n').filter((line) => line.trim() !== '')
  return { count: entries.length, entries }
}

/** A moment to count from: for channels that only count. */
interface Since {
  readonly count: number
  readonly fences: number
}

/** What counting needs. */
export interface CounterOptions {
  readonly channel: EffectChannel
  readonly patienceMs: number
  /** Sends another event. */
  readonly sendFence: () => Promise<MadeEvent>
  /** Nobody waits when it is aborted. */
  readonly signal: AbortSignal
}

/** Counts the effects of events. */
export interface EffectCounter {
  since(): Promise<Since>
  /** How often these ran, all together. */
  runsOf(events: readonly MadeEvent[], since: Since): Promise<number>
  /**
   * The same, but a line that names the `id` of an earlier one and a higher `attempt` says that it is that once more: whoever
   * has the effect knows it, and can do it once.
   */
  knownRunsOf(event: MadeEvent, since: Since): Promise<number>
  /** Waits until each of these has run; how many have not when patience is over. */
  missing(events: readonly MadeEvent[], since: Since): Promise<number>
  /** Waits until an event that was sent after all of this has run. */
  settle(): Promise<void>
}

const pollMs = 4

/** @returns a counter over a channel */
export function createCounter({ channel, patienceMs, sendFence, signal }: CounterOptions): EffectCounter {
  let fences = 0
  const now = async (): Promise<Effects> => (await channel()) ?? { count: 0, entries: [] }
  const runsIn = (seen: Effects, events: readonly MadeEvent[], since: Since): number => {
    if (!seen.entries) return Math.max(seen.count - since.count - (fences - since.fences), 0)
    return seen.entries.filter((entry) => events.some((event) => isOf(entry, event))).length
  }
  const missingIn = (seen: Effects, events: readonly MadeEvent[], since: Since): number => {
    const { entries } = seen
    if (!entries) return Math.max(events.length - runsIn(seen, events, since), 0)
    return events.filter((event) => !entries.some((entry) => isOf(entry, event))).length
  }
  const counter: EffectCounter = {
    async since() {
      return { count: (await now()).count, fences }
    },
    async runsOf(events, since) {
      return runsIn(await now(), events, since)
    },
    async knownRunsOf(event, since) {
      const seen = await now()
      if (!seen.entries) return runsIn(seen, [event], since)
      return knownRuns(seen.entries.filter((entry) => isOf(entry, event)))
    },
    async missing(events, since) {
      const until = performance.now() + patienceMs
      for (;;) {
        const missing = missingIn(await now(), events, since)
        signal.throwIfAborted()
        if (missing === 0 || performance.now() > until) return missing
        await sleep(pollMs)
      }
    },
    async settle() {
      const since = await counter.since()
      const fence = await sendFence()
      await counter.missing([fence], since)
      fences++
    },
  }
  return counter
}

function isOf(entry: string, { tokens }: MadeEvent): boolean {
  for (const token of tokens) if (entry.includes(token)) return true
  return false
}

function knownRuns(entries: readonly string[]): number {
  const attempts = new Map<unknown, number>()
  return entries.filter((entry) => {
    const { id, attempt } = readEntry(entry)
    if (id === undefined || typeof attempt !== 'number') return true
    const before = attempts.get(id)
    attempts.set(id, Math.max(attempt, before ?? attempt))
    return before === undefined || attempt <= before
  }).length
}

function readEntry(entry: string): { readonly id?: unknown; readonly attempt?: unknown } {
  try {
    return Object(JSON.parse(entry))
  } catch {
    return {}
  }
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
