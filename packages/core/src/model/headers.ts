/**
 * Request headers as they arrived: names in any case, every occurrence kept apart. Frameworks join
 * repeated headers with a comma, which would let a second signature hide behind a first one.
 */
export interface RequestHeaders {
  /** Every value sent under `name` (given in lower case), in order; empty when there is none. */
  values(name: string): readonly string[]
}

const none: readonly string[] = []

/** Headers from Node's `IncomingMessage.rawHeaders`: names and values in turn. */
export function fromRawHeaders(rawHeaders: readonly string[]): RequestHeaders {
  return {
    values(name) {
      let found: string[] | undefined
      for (let at = 0; ; at += 2) {
        const candidate = rawHeaders[at]
        const value = rawHeaders[at + 1]
        if (candidate === undefined || value === undefined) break
        if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue
        if (found) found.push(value)
        else found = [value]
      }
      return found ?? none
    },
  }
}

/** The headers of a `node:http` request, or of what is made like one. */
export interface NodeHeaders {
  /** Names and values in turn; empty or absent where what made the request kept none. */
  readonly rawHeaders?: readonly string[] | undefined
  /** By name, in any case; a list where one stands more than once. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
}

/**
 * Headers of a `node:http` request: as they arrived, or by their names where what made the request (an adapter of an
 * event to HTTP, a test) kept no raw ones.
 */
export function fromNodeHeaders({ rawHeaders, headers = {} }: NodeHeaders): RequestHeaders {
  return rawHeaders?.length ? fromRawHeaders(rawHeaders) : fromRawHeaders(toRawHeaders(headers))
}

function toRawHeaders(headers: NonNullable<NodeHeaders['headers']>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((each) => [name, String(each)]),
  )
}

/** Headers from a WHATWG `Headers`, which joins repeated ones with a comma before we can count them. */
export function fromFetchHeaders(headers: Pick<Headers, 'get'>): RequestHeaders {
  return {
    values(name) {
      const value = headers.get(name)
      return value === null ? none : [value]
    },
  }
}

/** The one value of a header. */
export interface SingleValue {
  /** As sent; never empty. */
  readonly value: string
}

/** Why a header has no single value: `code` tells it from {@link SingleValue}. */
export interface NoSingleValue {
  /** Missing: absent or empty. Repeated: sent more than once. */
  readonly code: 'header-missing' | 'header-repeated'
  /** The header's name, in lower case. */
  readonly header: string
}

/** The one value of a header (its name in lower case), or why there is none; an empty one is missing. */
export function singleValue(headers: RequestHeaders, name: string): SingleValue | NoSingleValue {
  const values = headers.values(name)
  if (values.length > 1) return { code: 'header-repeated', header: name }
  const [value] = values
  return value === undefined || value === '' ? { code: 'header-missing', header: name } : { value }
}
