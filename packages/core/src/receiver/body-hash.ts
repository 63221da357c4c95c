import { type Omitted, toCanonicalJson } from '../lib/canonical-json.ts'
import { sha256 } from '../lib/crypto.ts'

/** SHA-256 of the body bytes. */
export function toBodyHash(body: Uint8Array): string {
  return sha256(body)
}

/** The same of what a body says, without what may differ between copies of one event. */
export function toContentHash(payload: unknown, omitted: Omitted): string {
  return sha256(toCanonicalJson(payload, omitted))
}
