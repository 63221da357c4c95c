import type { Clock } from '../model/clock.ts'

/** The limits of lines. */
export interface LinesPerMinuteSettings<Line, Rest> {
  /** The most lines of a kind in a minute. */
  readonly most: number
  readonly clock: Clock
  /** Adds a line that is not written to those before it. */
  readonly fold: (rest: Rest | undefined, line: Line) => Rest
  /** Tells of those that were not written, at the end of their minute. */
  readonly tell: (rest: Rest) => void
}

interface Tally<Rest> {
  since: number
  written: number
  rest: Rest | undefined
  cancel: (() => void) | undefined
}

const minuteMs = 60_000

/** A budget of lines for each kind: what is over it is counted, and told in one line at the end of the minute. */
export class LinesPerMinute<Line, Rest> {
  readonly #settings: LinesPerMinuteSettings<Line, Rest>
  readonly #tallies = new Map<string, Tally<Rest>>()

  constructor(settings: LinesPerMinuteSettings<Line, Rest>) {
    this.#settings = settings
  }

  /** Whether a line may be written now. Where the clock fails, it may. */
  takes(kind: string, line: Line): boolean {
    try {
      return this.#takes(kind, line)
    } catch {
      return true
    }
  }

  #takes(kind: string, line: Line): boolean {
    const { most, clock, fold } = this.#settings
    const now = clock.monotonic()
    const tally = this.#tallyOf(kind, now)
    if (now - tally.since >= minuteMs) this.#end(tally, now)
    if (tally.written < most) {
      tally.written++
      return true
    }
    tally.rest = fold(tally.rest, line)
    tally.cancel ??= clock.schedule(tally.since + minuteMs - now, () => this.#end(tally, clock.monotonic()))
    return false
  }

  #tallyOf(kind: string, now: number): Tally<Rest> {
    const known = this.#tallies.get(kind)
    if (known) return known
    const tally = { since: now, written: 0, rest: undefined, cancel: undefined }
    this.#tallies.set(kind, tally)
    return tally
  }

  /** Tells now what is left to tell. */
  flush(): void {
    for (const tally of this.#tallies.values()) this.#end(tally, tally.since)
  }

  #end(tally: Tally<Rest>, now: number): void {
    const { rest } = tally
    tally.cancel?.()
    tally.cancel = undefined
    tally.rest = undefined
    tally.since = now
    tally.written = rest === undefined ? 0 : 1
    if (rest !== undefined) this.#settings.tell(rest)
  }
}
