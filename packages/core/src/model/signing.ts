import type { JsonWebKeyInput, KeyObject } from 'node:crypto'

/** How a signature is written in a header. */
export type SignatureEncoding = 'hex' | 'base64'

/**
 * A public or private key as a caller may give it: PEM, JWK (RFC 7517) or `KeyObject`. A public one also as an X.509
 * certificate in PEM, or as the base64 of a SPKI without the lines of a PEM. One of Ed25519 also as senders print it: its 32
 * bytes in hex (64 digits) or padded base64, or as Standard Webhooks writes it: `whpk_…`, and a private one `whsk_…`.
 */
export type AsymmetricKeyInput = string | JsonWebKeyInput['key'] | KeyObject

/** Hash functions that a scheme may use. `sha1-legacy` is SHA-1, for senders that sign with nothing else. */
export type HashName = 'sha256' | 'sha512' | 'sha1-legacy'
