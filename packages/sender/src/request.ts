/** A request, signed: `fetch(request.url, request)` and fastify's `app.inject(request)` send it as it is. */
export interface SignedRequest {
  /** How. */
  readonly method: 'POST'
  /** Where to. */
  readonly url: string
  /** With the proof, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The signed bytes. */
  readonly body: Buffer<ArrayBuffer>
}

/** A function that answers a request, such as `fetch`, or `app.request` of Hono. */
export type Fetch = (url: string, init: FetchInit) => FetchAnswer | Promise<FetchAnswer>

/** A request for {@link Fetch}: what every `fetch` takes. */
export interface FetchInit {
  /** How, such as `POST`. */
  readonly method: string
  /** Every header. */
  readonly headers: Record<string, string>
  /** The bytes, or a stream of them where they come slowly; absent for GET, HEAD and OPTIONS. */
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  /** A redirect is an answer. */
  readonly redirect: 'manual'
  /** Aborted when the sender has waited for long enough. */
  readonly signal: AbortSignal
  /** Of a stream. */
  readonly duplex?: 'half'
}

/** What is read of an answer: a `Response` has it. */
export type FetchAnswer = Pick<Response, 'status' | 'headers' | 'text'> & Partial<Pick<Response, 'body'>>

/** What was answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}
