import { BoundedMap } from '../lib/bounded-map.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import type { Clock } from '../model/clock.ts'
import type { NotJudged, NotProven, PrepareOptions } from '../model/scheme.ts'
import type { KeyFetch } from './fetched-keys.ts'
import { fetchDocument, type gone } from './key-document.ts'

/** What a document holds. */
interface KeyDocument<Value> {
  readonly value: Value
  /** The last moment at which it may be used, in milliseconds since the Unix epoch. */
  readonly validTo: number
}

/** A document that is kept. */
interface Kept<Value> extends KeyDocument<Value> {
  /** When it came, by `clock.monotonic`. */
  readonly at: number
}

/** Why a document cannot be had. */
type Failure = NotProven | NotJudged

/** Reads a document, or that there is none; a failure where it cannot be used. */
export type ReadDocument<Value> = (text: string | typeof gone, clock: Clock) => KeyDocument<Value> | NotProven

const maxKept = 20
const maxFailures = 100
const maxFlights = 10
const keptMs = 86_400_000
const failedMs = 1_000

/**
 * Documents by their address: at most 20, for a day; one flight each, ten in all; a failure is remembered for a second.
 */
export class KeyStore<Value> {
  readonly #kept = new BoundedMap<string, Kept<Value>>(maxKept)
  readonly #failures = new BoundedMap<string, { readonly failure: Failure; readonly at: number }>(maxFailures)
  readonly #flights = new Map<string, Promise<Failure | undefined>>()
  readonly #read: ReadDocument<Value>
  readonly #fetch: KeyFetch

  constructor(read: ReadDocument<Value>, fetchKey: KeyFetch) {
    this.#read = read
    this.#fetch = fetchKey
  }

  /** The document, as `load` left it. */
  find(url: string): Value | undefined {
    return this.#kept.get(url)?.value
  }

  /** Why it could not be had when it was last fetched. */
  failureOf(url: string): Failure | undefined {
    return this.#failures.get(url)?.failure
  }

  /**
   * Fetches a document, unless it is kept and good enough, or failed just now: nothing then, else a promise of nothing or of
   * why it cannot be had.
   */
  load(
    url: string,
    { timeoutMs, clock }: PrepareOptions,
    isEnough: (value: Value, ageMs: number) => boolean,
  ): Promise<Failure | undefined> | undefined {
    const now = clock.monotonic()
    const kept = this.#touch(url, clock)
    if (kept && isEnough(kept.value, now - kept.at)) return undefined
    const failed = this.#failures.get(url)
    if (failed && now - failed.at < failedMs) return undefined
    const flight = this.#flights.get(url) ?? this.#start(url, clock)
    return withDeadline(flight, timeoutMs, clock).then((answer) =>
      answer === timedOut ? keysFailed(new Error(`${url} did not answer within ${timeoutMs} ms`)) : answer,
    )
  }

  /** Set again, so that what is used stays; what is too old does not. */
  #touch(url: string, clock: Clock): Kept<Value> | undefined {
    const kept = this.#kept.get(url)
    if (!kept) return undefined
    this.#kept.delete(url)
    if (!(clock.monotonic() - kept.at < keptMs && clock.now() <= kept.validTo)) return undefined
    this.#kept.set(url, kept)
    return kept
  }

  #start(url: string, clock: Clock): Promise<Failure | undefined> {
    if (this.#flights.size >= maxFlights)
      return Promise.resolve(
        keysFailed(new Error(`${maxFlights} documents of keys are being fetched already`)),
      )
    const flight = this.#fly(url, clock).then((failure) => {
      this.#flights.delete(url)
      if (failure) this.#failures.set(url, { failure, at: clock.monotonic() })
      else this.#failures.delete(url)
      return failure
    })
    this.#flights.set(url, flight)
    return flight
  }

  async #fly(url: string, clock: Clock): Promise<Failure | undefined> {
    try {
      const document = this.#read(await fetchDocument(url, this.#fetch, clock), clock)
      if ('code' in document) return document
      this.#kept.set(url, { ...document, at: clock.monotonic() })
      return undefined
    } catch (error) {
      return keysFailed(error)
    }
  }
}

/** Whoever verifies without `prepare` has no keys. */
export function notFetched(url: string): NotJudged {
  return keysFailed(
    new Error(`${url} was not fetched: the keys of a request are prepared before it is verified`),
  )
}

function keysFailed(error: unknown): NotJudged {
  return { code: 'keys-failed', error }
}
