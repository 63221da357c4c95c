import { disregard } from '../lib/fence.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { NotJudged, PrepareOptions } from '../model/scheme.ts'

/** Keys that can be used. */
interface Loaded<Named> {
  /** In the order they are tried. */
  readonly keys: readonly Named[]
}

const failedMs = 1_000
/** As long as any sender waits: what has not answered by then is asked again. */
const flightMs = 30_000

/**
 * Keys that are asked for when they are first needed, and kept once they can be used. Until then a request is
 * `keys-failed`, 503: its sender retries.
 */
export class LateKeys<Named> {
  readonly #ask: () => unknown
  readonly #parse: (choice: unknown) => readonly Named[]
  #loaded: Loaded<Named> | undefined
  #why: NotJudged = { code: 'keys-failed', error: new Error('The keys of a request are prepared first') }
  /** What was promised last: pending, or failed a moment ago. */
  #flight: Promise<NotJudged | undefined> | undefined
  /** When to ask again, by `clock.monotonic`. */
  #until = 0

  /**
   * @param ask answers what would else have been given at construction, or a promise of it
   * @param parse throws where that cannot be used
   */
  constructor(ask: () => unknown, parse: (choice: unknown) => readonly Named[]) {
    this.#ask = ask
    this.#parse = parse
  }

  /** The keys, as `load` left them. */
  get keys(): readonly Named[] | undefined {
    return this.#loaded?.keys
  }

  /** The keys, as `load` left them, or why there are none. */
  find(): Loaded<Named> | NotJudged {
    return this.#loaded ?? this.#why
  }

  /**
   * Asks for the keys, unless they are there: nothing then, else a promise of nothing or of why they cannot be had. A promise
   * that failed is asked for again after a second; one call at a time.
   */
  load({ clock }: Pick<PrepareOptions, 'clock'>): Promise<NotJudged | undefined> | undefined {
    if (this.#loaded) return undefined
    if (this.#flight && clock.monotonic() < this.#until) return this.#flight
    let choice: unknown
    try {
      choice = this.#ask()
    } catch (error) {
      return Promise.resolve(this.#fail(error))
    }
    if (!isPromiseLike(choice)) {
      const why = this.#take(choice)
      return why && Promise.resolve(why)
    }
    const flight = Promise.resolve(choice)
      .then(
        (found) => this.#take(found),
        (error: unknown) => this.#fail(error),
      )
      .then((why) => {
        if (this.#flight === flight) this.#until = clock.monotonic() + failedMs
        return why
      })
    this.#until = clock.monotonic() + flightMs
    this.#flight = flight
    return flight
  }

  #take(choice: unknown): NotJudged | undefined {
    try {
      this.#loaded = { keys: this.#parse(choice) }
      return undefined
    } catch (error) {
      return this.#fail(error)
    }
  }

  #fail(error: unknown): NotJudged {
    this.#why = { code: 'keys-failed', error }
    return this.#why
  }
}

/** What a list or a map of keys and of functions would be without functions, or a promise of it. */
export function askAll(group: object): unknown {
  const answers: unknown[] = []
  try {
    for (const each of Object.values(group))
      answers.push(typeof each === 'function' ? Reflect.apply(each, undefined, []) : each)
  } catch (error) {
    // Nobody will wait for the others.
    for (const answer of answers) disregard(answer)
    throw error
  }
  const toGroup = (values: readonly unknown[]): unknown =>
    Array.isArray(group)
      ? values
      : Object.fromEntries(Object.keys(group).map((id, at) => [id, values[at]] as const))
  const isPromised = answers.some((answer) => isPromiseLike(answer))
  return isPromised ? Promise.all(answers).then(toGroup) : toGroup(answers)
}
