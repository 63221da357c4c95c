import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSummary,
  DeadLetters,
  DiscardOptions,
  RedriveOptions,
} from '../../model/dead-letter.ts'

/** Where a list goes on in one inbox: behind a page, at its beginning (`null`), or nowhere (`false`). */
type Place = string | null | false

const defaultLimit = 100

/** The dead letters of two inboxes as one list. */
export class FallbackDeadLetters implements DeadLetters {
  readonly #primary: DeadLetters
  readonly #fallback: DeadLetters
  readonly #onFallbackRedriven: () => Promise<void>

  constructor(primary: DeadLetters, fallback: DeadLetters, onFallbackRedriven: () => Promise<void>) {
    this.#primary = primary
    this.#fallback = fallback
    this.#onFallbackRedriven = onFallbackRedriven
  }

  async list({ after, ...query }: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    const { limit = defaultLimit } = query
    const places = after === undefined ? ([null, null] as const) : fromCursor(after)
    const [primary, fallback] = await Promise.all([
      listFrom(this.#primary, query, places[0]),
      listFrom(this.#fallback, query, places[1]),
    ])
    const { letters, taken } = merge(primary.letters, fallback.letters, limit)
    const next = await Promise.all([
      placeAfter(this.#primary, query, places[0], primary, taken),
      placeAfter(this.#fallback, query, places[1], fallback, letters.length - taken),
    ])
    return { letters, next: next.every((place) => place === false) ? undefined : toCursor(next) }
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return (await this.#primary.get(id)) ?? (await this.#fallback.get(id))
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    const redriven = await this.#primary.redrive(which, options)
    const forwarded = await this.#fallback.redrive(which, behind(options, redriven))
    // If it fails, they are forwarded when the fallback takes its next delivery.
    if (forwarded > 0) await this.#onFallbackRedriven().catch(() => undefined)
    return redriven + forwarded
  }

  async discard(which: string | DeadLetterFilter, options: DiscardOptions = {}): Promise<number> {
    const discarded = await this.#primary.discard(which, options)
    return discarded + (await this.#fallback.discard(which, behind(options, discarded)))
  }
}

/** The options of the second call, which counts on where the first ended. */
function behind<Options extends DiscardOptions>(options: Options, before: number): Options {
  const { onProgress } = options
  return onProgress ? { ...options, onProgress: (count: number) => onProgress(before + count) } : options
}

const nothing: DeadLetterPage = { letters: [], next: undefined }

async function listFrom(letters: DeadLetters, query: DeadLetterQuery, place: Place): Promise<DeadLetterPage> {
  if (place === false) return nothing
  return letters.list(place === null ? query : { ...query, after: place })
}

/** Only the end of a page has a cursor: where less was taken, that much is listed once more. */
async function placeAfter(
  letters: DeadLetters,
  query: DeadLetterQuery,
  place: Place,
  page: DeadLetterPage,
  taken: number,
): Promise<Place> {
  if (taken === page.letters.length) return page.next ?? false
  if (taken === 0) return place
  return (await listFrom(letters, { ...query, limit: taken }, place)).next ?? false
}

/** The first of both, by when they died, and how many of them are the first list's; each list keeps its own order. */
function merge(
  one: readonly DeadLetterSummary[],
  other: readonly DeadLetterSummary[],
  limit: number,
): { readonly letters: DeadLetterSummary[]; readonly taken: number } {
  const letters: DeadLetterSummary[] = []
  let taken = 0
  while (letters.length < limit) {
    const [first, second] = [one[taken], other[letters.length - taken]]
    const next = first && second ? (first.diedAt <= second.diedAt ? first : second) : (first ?? second)
    if (!next) break
    letters.push(next)
    if (next === first) taken++
  }
  return { letters, taken }
}

function toCursor(places: readonly Place[]): string {
  return Buffer.from(JSON.stringify(places)).toString('base64url')
}

function fromCursor(cursor: string): readonly [Place, Place] {
  try {
    const places: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(places)) {
      const [primary, fallback] = places
      if (isPlace(primary) && isPlace(fallback)) return [primary, fallback]
    }
  } catch {}
  throw new TypeError("after must be the 'next' of an earlier page")
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'string' || value === null || value === false
}
