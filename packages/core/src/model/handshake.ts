import type { HeaderValue, Match, QueryValue, Value } from './value.ts'

/** A value of the request that is told back, in the grammar that it states; or a MAC of one. */
export type Fill =
  | Value
  | {
      /** The value whose MAC under the scheme's key is told, as hex. */
      readonly mac: Value
    }

/** The answer to a handshake. Empty where it states no body. */
export interface HandshakeAnswer {
  /** The HTTP status. Default 200. */
  readonly status?: 200 | 201 | 202 | 204
  /** A JSON object, its values filled in. */
  readonly json?: { readonly [key: string]: Fill | string | number }
  /** One value as plain text. */
  readonly text?: Fill
  /** Headers, values filled in. */
  readonly headers?: { readonly [name: string]: Fill }
}

/** A token of ours that the request must repeat. */
export interface HandshakeToken {
  /** Where it stands. */
  readonly equals: HeaderValue | QueryValue
  /**
   * The token, compared by digest, or a function that answers it at once, for each request. Another one is `token-mismatch`,
   * 403; while the function has none, `keys-failed`, 503.
   */
  readonly secret: string | (() => string | undefined)
}

/** A request that asks who we are: answered at once, and stored nowhere. */
export interface Handshake {
  /** Its method. All but POST have no body, and are answered before one is read. */
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST'
  /**
   * `scheme`: proven as a delivery is, POST only. `none`: anybody may ask, where nothing of ours is told. Or a token of ours.
   */
  readonly proof: 'scheme' | 'none' | HandshakeToken
  /** Which requests it is. Default: all of its method; a POST must state it. */
  readonly when?: Match
  /** The answer. */
  readonly answer: HandshakeAnswer
  /** A value that the operator must see, such as a token to paste elsewhere: it goes to the observer and the log. */
  readonly tell?: Value
}

/** How a provider wants to be answered, where it is not the usual JSON. */
export interface Answers {
  /** The answer to what is accepted. */
  readonly accepted?: AcceptedAnswer
  /** `empty`: a 401 has no body. */
  readonly unauthorized?: 'empty'
}

/** The answer to what is accepted. */
export interface AcceptedAnswer {
  /** The HTTP status. Default 200. */
  readonly status?: 200 | 201 | 202 | 204
  /** The media type of `body`. */
  readonly mediaType?: string
  /** The body. Default: none. */
  readonly body?: string
}
