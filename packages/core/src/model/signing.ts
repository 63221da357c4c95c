import type { JsonWebKey, KeyObject } from 'node:crypto'

/** How a signature is written in a header. */
export type SignatureEncoding = 'hex' | 'base64'

/** A public or private key as a caller may give it: PEM, JWK (RFC 7517) or `KeyObject`. */
export type AsymmetricKeyInput = string | JsonWebKey | KeyObject

/** Hash functions that a scheme may use. */
export type HashName = 'sha256' | 'sha512'
