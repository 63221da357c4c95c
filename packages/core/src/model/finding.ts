/** A security header is missing, stands more than once, or is not of its grammar. */
export interface HeaderFinding {
  /** The problem. */
  readonly kind: 'header-missing' | 'header-repeated' | 'header-malformed' | 'header-mismatch'
  /** Its name, in lower case. */
  readonly header: string
}

/** A value that is signed, or the signature in a body, is missing, stands more than once, or is not of its grammar. */
export interface ValueFinding {
  /** Tells findings apart. */
  readonly kind: 'value-malformed'
  /** Where it should stand; `field`: in the header that carries the signature. */
  readonly place: 'query' | 'body' | 'field'
  /** Its name there, or its path. */
  readonly name: string
}

/** The signature fits when it is read another way. */
export interface SignatureFinding {
  /**
   * The difference: a prefix such as `sha256=`, the encoding, the hash, the RSA padding, the bytes of a PSS salt, or whether
   * ECDSA is written as DER or IEEE P1363.
   */
  readonly kind:
    | 'signature-prefix'
    | 'signature-encoding'
    | 'signature-format'
    | 'hash'
    | 'padding'
    | 'salt-length'
  /** The provider's setting. */
  readonly expected: string
  /** The request's own. */
  readonly found: string
}

/** The header holds a good signature, and something beside it. */
export interface SurroundingFinding {
  /** Tells findings apart. */
  readonly kind: 'signature-surrounded'
  /** The header's name, in lower case. */
  readonly header: string
  /** The end of what stands before it, such as a quotation mark. */
  readonly before: string
  /** The beginning of what stands after it. */
  readonly after: string
}

/** The signature matches when the secret is first decoded, or first encoded. */
export interface SecretFinding {
  /** The sender takes the secret for other bytes. */
  readonly kind: 'secret-encoding'
  /**
   * For which. `hex`, `base64`: those that its text encodes; `whsec`: those that its base64 after `whsec_` does.
   * `hex-text`, `base64-text`, `whsec-text`: the text that encodes it. `line-break`: the text and a line break. `quotes`: the
   * text in quotation marks.
   */
  readonly found:
    | 'hex'
    | 'base64'
    | 'whsec'
    | 'hex-text'
    | 'base64-text'
    | 'whsec-text'
    | 'line-break'
    | 'quotes'
}

/** The signature was made with another key than those in use. */
export interface KeyFinding {
  /** Tells findings apart. */
  readonly kind: 'other-key'
  /** The name of that key. */
  readonly keyId: string
}

/** The signature fits another body: something on the way changed it. */
export interface BodyFinding {
  /**
   * `body-reencoded`: it was parsed and printed again. `body-newline`, `body-bom`: a line break or a byte
   * order mark was added or removed.
   */
  readonly kind: 'body-reencoded' | 'body-newline' | 'body-bom'
  /** The change of the body that makes the signature fit. */
  readonly fitsWhen: 'compact' | 'indented' | 'added' | 'removed'
}

/** The signed time is not fresh. */
export interface ClockFinding {
  /** Tells findings apart. */
  readonly kind: 'clock-skew'
  /** Signed time minus now, in seconds: negative when it lies in the past. */
  readonly seconds: number
}

/** The signed time is written in another unit or format. */
export interface TimeFinding {
  /** Tells findings apart. */
  readonly kind: 'time-format'
  /** The provider's setting. */
  readonly expected: string
  /** The value that was found. */
  readonly found: string
}

/** Something that needs no evidence: the code says it. */
export interface PlainFinding {
  /** `unexplained`: nothing that is tried here fits; the secret may be another one, or the body was changed. */
  readonly kind: 'unexplained' | 'time-missing' | 'request-refused'
  /** More of it, for people. */
  readonly detail: string
}

/** Why a request was refused, with evidence; told apart by `kind`. */
export type Finding =
  | HeaderFinding
  | ValueFinding
  | SignatureFinding
  | SurroundingFinding
  | SecretFinding
  | KeyFinding
  | BodyFinding
  | ClockFinding
  | TimeFinding
  | PlainFinding
