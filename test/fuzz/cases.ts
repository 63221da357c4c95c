import { fromRawHeaders, type WebhookRequest } from '@acuse/core'
import type { Random } from './random.ts'
import type { Subject } from './subjects.ts'

/** What mutations must know of a request that verifies. */
export interface Signed {
  /** How its proof is written. */
  readonly subject: Pick<Subject, 'header' | 'prefix' | 'encoding' | 'list' | 'equal'>
  /** The value of the subject's header. */
  readonly value: string
  /** The security headers by name in lower case: the subject's header and the signed ones. */
  readonly security: ReadonlyMap<string, string>
  /** The values that other schemes, with the same keys, would have for the same body; at least one. */
  readonly foreign: readonly string[]
}

/** A request that verifies, before anything is changed. */
export interface Base extends Signed {
  readonly subject: Subject
  /** Headers in turn, the security headers last. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** The parts that mutations change. */
export interface Draft {
  headers: [string, string][]
  body: Buffer
}

/** Signatures of another version, which a list may also hold: `v1a,…`, `sha512=…`. */
const otherVersion = /^[A-Za-z0-9]+[,=][A-Za-z0-9+/=_-]+$/

/** A signed request over a random body. */
export function createBase(subject: Subject, subjects: readonly Subject[], random: Random): Base {
  const body = randomBody(random)
  const signed = sign(subject, body, random)
  return {
    subject,
    headers: [['Host', 'hooks.example'], ['Content-Type', 'application/json'], ...Object.entries(signed)],
    body,
    value: signed[subject.header] as string,
    security: new Map(Object.entries(signed)),
    foreign: subjects
      .filter((other) => other !== subject)
      .map((other) => sign(other, body, random)[other.header] as string),
  }
}

function sign({ scheme, parts }: Subject, body: Buffer, random: Random): Record<string, string> {
  if (!scheme.sign) throw new Error(`${scheme.name} cannot sign`)
  return scheme.sign(body, { headers: parts(random) })
}

function randomBody(random: Random): Buffer {
  if (random.chance(0.05)) return Buffer.alloc(0)
  if (random.chance(0.2)) return random.bytes(1 + random.below(300))
  const payload = {
    event: 'bhe.emitida',
    id: random.bytes(8).toString('hex'),
    name: 'Ñuñoa S.A.',
    at: random.below(1e9),
  }
  const text = JSON.stringify(payload, undefined, random.below(3))
  return Buffer.from(`${random.chance(0.1) ? '\ufeff' : ''}${text}${random.chance(0.2) ? '\n' : ''}`)
}

/** A draft as a scheme takes it. */
export function toRequest({ headers, body }: Draft): WebhookRequest {
  return { method: 'POST', url: '/', headers: fromRawHeaders(headers.flat()), body }
}

/**
 * Whether a request must verify, told by what is signed and not by the library: the same signed bytes, and the
 * same signature, once. Everything else must not.
 */
export function mustVerify({ subject, body, value, security }: Base, draft: Draft): boolean {
  for (const [name, original] of security) {
    const values = draft.headers.filter(([other]) => other.toLowerCase() === name).map(([, each]) => each)
    if (values.length !== 1) return false
    const carried = values[0] as string
    if (name === subject.header ? !carries(subject, carried, value) : carried !== original) return false
  }
  return subject.scheme.signs.length === 0 || body.equals(draft.body)
}

function carries({ scheme, list, prefix }: Subject, carried: string, value: string): boolean {
  if (carried === value) return true
  // RFC 9110 §11.1: `Bearer` in any case, and one blank.
  if (scheme.name === 'apiKey')
    return carried.slice(0, 7).toLowerCase() === 'bearer ' && carried.slice(7) === value
  if (!list || carried.length > 4_096) return false
  const entries = carried.split(list.separator)
  const wellFormed = (entry: string): boolean =>
    list.entry.test(entry) || (!entry.startsWith(prefix) && otherVersion.test(entry))
  return entries.length <= 10 && entries.includes(value) && entries.every(wellFormed)
}
