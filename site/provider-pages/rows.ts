import type { Part, Value } from '@acuse/core/provider-kit'
import type { Facts } from './facts.ts'
import type { Phrases } from './phrases.ts'

/** Proofs of senders that have several, each an option of the factory. */
const proofs: { readonly [name: string]: string } = {
  'standard-webhooks': 'HMAC-SHA256, Ed25519',
  gitlab: 'HMAC-SHA256 (`signingToken`), `secretToken`',
  svix: 'HMAC-SHA256, Ed25519',
  zenpli: 'RSA (`rsa`), HMAC-SHA256 (`hmac`), `apiKey`',
}

/** The rows of the table of a page: what each is called, and what it is. */
export function rowsOf(facts: Facts, words: Phrases): readonly (readonly [string, string])[] {
  const { provider, name, path, sent, attemptDelaysMs, timeoutMs } = facts
  const { limits = {}, sending } = provider
  const waitMs = limits.ackTimeoutMs ?? timeoutMs
  const rows: readonly (readonly [string, string] | undefined)[] = [
    [words.proof, proofs[name] ?? facts.proof],
    [words.headers, placeOf(facts, words)],
    [words.signs, provider.scheme.signs.map((part) => partOf(part, words)).join(', ') || words.nothing],
    Object.keys(sent).length > 0 ? [words.sent, sentOf(sent)] : undefined,
    [words.time, timeOf(facts, words)],
    [words.idempotency, keyOf(facts, words)],
    [words.batch, batchOf(facts, words)],
    [words.handshake, handshakeOf(facts, words)],
    waitMs === undefined ? undefined : [words.answer, spanOf(waitMs, words)],
    [words.retries, retriesOf(limits.retriesForMs, words)],
    [words.attempts, attemptsOf(attemptDelaysMs, sending?.respectsRetryAfter === true, words)],
    limits.maxBodyBytes === undefined
      ? undefined
      : [words.largest, `${Number((limits.maxBodyBytes / 2 ** 20).toFixed(1))} MiB`],
    [words.path, `\`${path}\``],
  ]
  return rows.filter((row) => row !== undefined)
}

function placeOf({ provider: { scheme } }: Facts, words: Phrases): string {
  const headers = (scheme.headers ?? []).map((name) => `\`${name}\``)
  if (headers.length > 0) return headers.join(', ')
  return scheme.signQuery === undefined ? words.inBody : words.inQuery
}

/** Headers as they are sent; a key that stands for itself is left out. */
function sentOf(sent: Readonly<Record<string, string>>): string {
  const texts = Object.entries(sent).map(([name, value]) => {
    const shown = value.replace(/look-at-\w+/, '…').replace(/^(Basic ).*/, '$1…')
    return `\`${name}: ${shown}\``
  })
  return texts.join('<br>')
}

function partOf(part: Part, words: Phrases): string {
  if ('raw' in part) {
    const names = { body: words.body, 'body-crc32': words.checksum, 'sorted-form': words.form }
    return names[part.raw]
  }
  if ('publicUrl' in part) return words.address
  // The id of a webhook of ours is a text that is signed.
  if ('text' in part) return `\`${part.text.replace(/\w{12,}/, '…').trim() || '\\n'}\``
  return `${toWords(part, words)}${'optional' in part ? words.optional : ''}`
}

function toWords(value: Value, words: Phrases): string {
  if ('header' in value) return words.header(value.header)
  if ('query' in value) return words.query(value.query)
  if ('field' in value) return words.field(value.field)
  if ('body' in value) return value.body === '' ? words.theBody : words.ofBody(value.body)
  return `\`${value.text}\``
}

function nameOf(value: Value): string {
  if ('body' in value) return value.body
  if ('query' in value) return value.query
  return 'header' in value ? value.header : ''
}

function timeOf({ provider: { time } }: Facts, words: Phrases): string {
  if (time === undefined) return words.noTime
  const place = time.value === undefined ? words.timeFromPayload : toWords(time.value, words)
  const formats = [time.format].flat().map((format) => `\`${format}\``)
  const missing = time.required ? '' : `; ${words.timeMayMiss}`
  return `${place} (${formats.join(', ')}), ${words.timeOf[time.of]}${missing}`
}

function keyOf({ provider: { eventRules = [], envelope } }: Facts, words: Phrases): string {
  if (envelope !== undefined && eventRules.length === 0) return words.computed
  const keys = eventRules.map(({ idempotencyKey }) => {
    const values = (idempotencyKey ?? []).map((value) => toWords(value, words))
    return values.length === 0 ? words.bodyHash : values.join(', ')
  })
  const distinct = [...new Set(keys)].slice(0, 4)
  return distinct.join(`; ${words.otherwise} `)
}

function batchOf({ provider: { items } }: Facts, words: Phrases): string {
  if (items === undefined) return words.oneEvent
  const places = [items].flat()
  if (places.every((place) => place === '')) return words.itemsAreBody
  return words.items(places.map((place) => `\`${place === '' ? '[]' : place}\``).join(', '))
}

function handshakeOf({ provider: { handshakes = [] } }: Facts, words: Phrases): string {
  const texts = handshakes.map(({ method, proof, when = [] }) => {
    const proven = typeof proof === 'string' ? words.proven[proof] : words.proven.token
    const marks = [when].flat().flatMap((each) => ('is' in each ? [`\`${nameOf(each)}=${each.is}\``] : []))
    return `${[method, ...marks].join(' ')} (${proven})`
  })
  return [...new Set(texts)].join(', ') || words.none
}

function retriesOf(ms: number | undefined, words: Phrases): string {
  if (ms === undefined) return words.notDocumented
  return ms === 0 ? words.noRetry : spanOf(ms, words)
}

function attemptsOf(delays: readonly number[], isAsked: boolean, words: Phrases): string {
  const [, ...rest] = delays
  const shown = rest.slice(0, 10).map((ms) => spanOf(ms, words))
  const more = rest.length > shown.length ? [`… (${delays.length})`] : []
  const base = rest.length === 0 ? words.once : words.after([...shown, ...more].join(', '))
  return isAsked ? `${base}, ${words.asAsked}` : base
}

const day = 86_400_000

function spanOf(ms: number, { units }: Phrases): string {
  const parts: readonly (readonly [number, string])[] = [
    [day, ms < 2 * day ? units.day : units.days],
    [3_600_000, units.hour],
    [60_000, units.min],
    [1_000, units.s],
  ]
  const [size, unit] = parts.find(([each]) => ms >= each) ?? [1_000, units.s]
  return `${Number((ms / size).toFixed(1))} ${unit}`
}
