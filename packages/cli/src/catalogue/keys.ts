import { createPublicKey } from 'node:crypto'

/** Whether a text is a PEM. */
export function isPem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN')
}

/** Whether a text is the PEM of a private key. */
function isPrivatePem(text: string): boolean {
  return /^\s*-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)
}

/** Public keys: what a receiver needs, also where it was given the private ones. */
export function toPublicPems(pems: readonly string[]): string[] {
  return pems.map((pem) => {
    if (!isPrivatePem(pem)) return pem
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  })
}
