import { disregard } from '../lib/fence.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { NotJudged, PrepareOptions } from '../model/scheme.ts'

/** Keys that can be used. */
interface Loaded<Named> {
  /** In the order they are tried. */
  readonly keys: readonly Named[]
}

/** A call that has not answered. */
interface Flight {
  readonly failure: Promise<NotJudged | undefined>
  /** When it began, by `clock.monotonic`. */
  readonly at: number
}

/** A promise that ended without keys. */
interface Failed {
  readonly failure: NotJudged
  readonly at: number
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
  #flight: Flight | undefined
  #failed: Failed | undefined

  /**
   * @param ask answers what would else have been given at construction, or a promise of it
   * @param parse throws where that cannot be used
   */
  constructor(ask: () => unknown, parse: (choice: unknown) => readonly Named[]) {
    this.#ask = ask
    this.#parse = parse
  }

  /** The keys, once they are there. */
  get keys(): readonly Named[] | undefined {
    return this.#loaded?.keys
  }

  /** The keys, or why there are none; never throws. Asked for here, where nobody has called `load` before. */
  find(): Loaded<Named> | NotJudged {
    if (this.#loaded) return this.#loaded
    if (this.#failed) return this.#failed.failure
    const answer = this.#flight ? this.#flight.failure : this.#call()
    return isPromiseLike(answer) ? notLoaded : answer
  }

  /**
   * Asks for the keys, unless they are there: nothing then, else a promise of nothing or of why they cannot be had. A promise
   * that failed is asked for again after a second; one call at a time.
   */
  load({ clock }: Pick<PrepareOptions, 'clock'>): Promise<NotJudged | undefined> | undefined {
    if (this.#loaded) return undefined
    const now = clock.monotonic()
    if (this.#failed && now - this.#failed.at < failedMs) return Promise.resolve(this.#failed.failure)
    if (this.#flight && now - this.#flight.at < flightMs) return this.#flight.failure
    const answer = this.#call()
    if (!isPromiseLike(answer)) return failureOf(answer) && Promise.resolve(failureOf(answer))
    const failure = answer.then((found) => {
      const why = failureOf(found)
      if (this.#flight === flight) this.#flight = undefined
      this.#failed = why && { failure: why, at: clock.monotonic() }
      return why
    })
    const flight: Flight = { failure, at: now }
    this.#flight = flight
    return failure
  }

  #call(): Loaded<Named> | NotJudged | Promise<Loaded<Named> | NotJudged> {
    try {
      const choice = this.#ask()
      if (!isPromiseLike(choice)) return this.#take(choice)
      return Promise.resolve(choice).then((found) => this.#take(found), keysFailed)
    } catch (error) {
      return keysFailed(error)
    }
  }

  #take(choice: unknown): Loaded<Named> | NotJudged {
    try {
      this.#loaded = { keys: this.#parse(choice) }
      return this.#loaded
    } catch (error) {
      return keysFailed(error)
    }
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
  return answers.some(isPromise) ? Promise.all(answers).then(toGroup) : toGroup(answers)
}

function isPromise(value: unknown): boolean {
  return isPromiseLike(value)
}

function failureOf(answer: Loaded<unknown> | NotJudged): NotJudged | undefined {
  return 'code' in answer ? answer : undefined
}

function keysFailed(error: unknown): NotJudged {
  return { code: 'keys-failed', error }
}

const notLoaded = keysFailed(
  new Error(
    'The keys are promised, and not there yet: the keys of a request are prepared before it is verified',
  ),
)
