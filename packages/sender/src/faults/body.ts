import { gzipSync } from 'node:zlib'
import type { Provider } from '@acuse/core'
import { withValueAt } from '@acuse/core/inbox-kit'
import { type Fault, toFault } from './fault.ts'

/** With another letter or digit in its body than the one that was signed. */
export const tamperedBody: Fault = toFault('tamperedBody', {
  change(request, { signer: { provider } }) {
    checkSigns(provider)
    return { ...request, body: tamperedIn(request.body, provider) }
  },
})

/** Compressed after it was signed, under `Content-Encoding: gzip`. */
export const gzipBody: Fault = toFault('gzipBody', {
  change: (request) => ({
    ...request,
    headers: { ...request.headers, 'content-encoding': 'gzip' },
    body: gzipSync(request.body),
  }),
})

/** Its body comes in ten pieces with a second between them. */
export const slowBody: Fault = toFault('slowBody', { travels: 'slowly' })

/** `Content-Length` announces all of its body, and half of it comes before the sender ends. */
export const truncatedBody: Fault = toFault('truncatedBody', { travels: 'truncated' })

/** The connection breaks off in the middle of its body. */
export const abortedMidBody: Fault = toFault('abortedMidBody', { travels: 'aborted' })

/** A body of which something that is signed says something else. */
function tamperedIn(body: Uint8Array, { name, scheme }: Provider<object>): Uint8Array {
  const { signs } = scheme
  if (signs.some((part) => 'raw' in part || ('body' in part && part.body === ''))) return tampered(body)
  const payload: unknown = signs.some((part) => 'body' in part)
    ? JSON.parse(Buffer.from(body).toString())
    : {}
  for (const part of signs) {
    if (!('body' in part)) continue
    const changed = withValueAt(payload, part.body, (was) => (typeof was === 'string' ? `${was}1` : was))
    const text = JSON.stringify(changed)
    if (text !== JSON.stringify(payload)) return Buffer.from(text)
  }
  throw new TypeError(`${name} signs nothing of its body: whoever captured a request can change all of it`)
}

/** A body that reads as the same kind of thing, but for one character. */
function tampered(body: Uint8Array): Uint8Array {
  const changed = Buffer.from(body)
  if (changed.length === 0) return Buffer.from(' ')
  const text = changed.toString('latin1')
  const at = lastOfText(text)
  const character = changed.readUInt8(at)
  // Another digit, or the letter in the other case.
  changed.writeUInt8(character < 0x40 ? character ^ 0x01 : character ^ 0x20, at)
  return changed
}

/** @throws TypeError when nothing is signed: no copy of a request can then be told from another request */
export function checkSigns({ name, scheme }: Provider<object>): void {
  if (scheme.signs.length > 0) return
  throw new TypeError(`${name} signs nothing: whoever holds its key can say anything`)
}

/** The last letter or digit of the last text in quotes, or of all. */
function lastOfText(text: string): number {
  const isPlain = (at: number): boolean => /[A-Za-z0-9]/.test(text.charAt(at))
  const inQuotes = text.lastIndexOf('"') - 1
  if (isPlain(inQuotes)) return inQuotes
  for (let at = text.length - 1; at > 0; at--) if (isPlain(at)) return at
  return 0
}
