import { generateKeyPairSync } from 'node:crypto'
import {
  apiKey,
  ed25519,
  fromRawHeaders,
  hmac,
  type RequestHeaders,
  rsa,
  type Scheme,
  type WebhookRequest,
} from '@acuse/core'
import { Handshakes } from '../../packages/core/src/receiver/handshakes.ts'
import type { Random } from '../fuzz/random.ts'

/** Something that compares a right value with a wrong one, and may take longer the later they differ. */
export interface Target<Item> {
  readonly name: string
  /** The answer of `verify` to every wrong value. */
  readonly expected: unknown
  /** A new right value; the function gives it wrong in its first place (class 0) or in its last (class 1). */
  nextPair(random: Random): (ofClass: 0 | 1) => Item
  /** How often a sample verifies the same item: the fast ones need it to drown the clock's own noise. */
  readonly repeats: number
  /** The timed call. */
  verify(item: Item): unknown
}

interface GreetingItem {
  readonly handshakes: Handshakes
  readonly head: Parameters<Handshakes['answerHead']>[0]
}

interface SchemeItem {
  readonly scheme: Scheme
  readonly request: WebhookRequest
}

const hexDigits = '0123456789abcdef'
const rsaSignatures = 1_024

/** New bytes, hence a new flat one-byte string: no rope, no slice, no internalized copy in either class. */
const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

const hexText = (random: Random): string => random.bytes(32).toString('hex')

/** With another hexadecimal digit in the first place or the last. */
function wrongHex(right: string, ofClass: 0 | 1, random: Random): string {
  const bytes = Buffer.from(right, 'latin1')
  const at = ofClass === 0 ? 0 : bytes.length - 1
  const digit = hexDigits.indexOf(right[at] as string)
  bytes[at] = hexDigits.charCodeAt((digit + 1 + random.below(15)) % 16)
  return bytes.toString('latin1')
}

/** With another byte below a bound in the first place or the last, as base64. */
function wrongBase64(right: Buffer, ofClass: 0 | 1, bound: number, random: Random): string {
  const bytes = Buffer.from(right)
  const at = ofClass === 0 ? 0 : bytes.length - 1
  const other = random.below(bound - 1)
  bytes[at] = other < (right[at] as number) ? other : other + 1
  return bytes.toString('base64')
}

function itemOf(scheme: Scheme, name: string, value: string, body: Uint8Array): SchemeItem {
  const headers: RequestHeaders = fromRawHeaders([name, value])
  return { scheme, request: { method: 'POST', url: '/', headers, body } }
}

function schemeTarget(
  name: string,
  repeats: number,
  nextPair: Target<SchemeItem>['nextPair'],
): Target<SchemeItem> {
  return {
    name,
    repeats,
    expected: 'signature-mismatch',
    nextPair,
    verify: ({ scheme, request }) => {
      const verdict = scheme.verify(request)
      return 'code' in verdict ? verdict.code : verdict
    },
  }
}

const signatureOf = (scheme: Scheme, body: Uint8Array): string =>
  (scheme.sign as NonNullable<Scheme['sign']>)(body)['x-signature'] as string

function hmacTarget(keys: Random): Target<SchemeItem> {
  const scheme = hmac({ secret: hexText(keys), header: 'x-signature' })
  return schemeTarget('hmac', 4, (random) => {
    const body = random.bytes(64)
    const right = signatureOf(scheme, body)
    return (ofClass) => itemOf(scheme, 'x-signature', wrongHex(right, ofClass, random), body)
  })
}

const noBytes = Buffer.alloc(64)

/** A new key each time: with one key alone, its own first and last characters would tell the classes apart. */
function apiKeyTarget(): Target<SchemeItem> {
  return schemeTarget('apiKey', 4, (random) => {
    const right = hexText(random)
    const scheme = apiKey({ key: right })
    return (ofClass) => itemOf(scheme, 'authorization', wrongHex(right, ofClass, random), noBytes)
  })
}

function basicTarget(): Target<SchemeItem> {
  return schemeTarget('apiKey basic', 4, (random) => {
    const right = hexText(random)
    const scheme = apiKey({ key: `acme:${right}`, format: 'basic' })
    return (ofClass) => {
      const sent = Buffer.from(`acme:${wrongHex(right, ofClass, random)}`).toString('base64')
      return itemOf(scheme, 'authorization', `Basic ${sent}`, noBytes)
    }
  })
}

function queryTarget(): Target<SchemeItem> {
  const headers: RequestHeaders = fromRawHeaders([])
  return schemeTarget('apiKey query', 4, (random) => {
    const right = hexText(random)
    const scheme = apiKey({ key: right, query: 'k' })
    return (ofClass) => {
      const url = flat(`/hooks?k=${wrongHex(right, ofClass, random)}`)
      return { scheme, request: { method: 'POST', url, headers, body: noBytes } }
    }
  })
}

/** A handshake's token in the query, as Meta has it: what the receiver asks before it reads a body. */
function tokenTarget(): Target<GreetingItem> {
  const scheme = apiKey({ key: 'a-key-that-nobody-sends' })
  const headers: RequestHeaders = fromRawHeaders([])
  return {
    name: 'token',
    repeats: 4,
    expected: 'token-mismatch',
    nextPair(random) {
      const secret = hexText(random)
      const proof = { equals: { query: 'hub.verify_token' }, secret }
      const answer = { text: { query: 'hub.challenge', as: 'token' } } as const
      const handshakes = new Handshakes([{ method: 'GET', proof, answer }], scheme)
      return (ofClass) => {
        const sent = wrongHex(secret, ofClass, random)
        const url = flat(`/hooks?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${sent}`)
        return { handshakes, head: { method: 'GET', url, headers } }
      }
    },
    verify({ handshakes, head }) {
      const answered = handshakes.answerHead(head)
      return answered && 'code' in answered ? answered.code : answered
    },
  }
}

/** Signing costs twenty verifications, so the signatures are made once, and the wrong ones are new each time. */
function rsaTarget(bodies: Random): Target<SchemeItem> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const scheme = rsa({ privateKey, header: 'x-signature' })
  // A number not below the modulus is refused before any arithmetic: a public range, and no secret.
  const bound = Buffer.from(privateKey.export({ format: 'jwk' }).n as string, 'base64url')[0] as number
  const signed = Array.from({ length: rsaSignatures }, () => {
    const body = bodies.bytes(64)
    return { body, right: Buffer.from(signatureOf(scheme, body), 'base64') }
  }).filter(({ right }) => (right[0] as number) < bound)
  return schemeTarget('rsa', 1, (random) => {
    const { body, right } = random.pick(signed)
    return (ofClass) => {
      const value = wrongBase64(right, ofClass, ofClass === 0 ? bound : 256, random)
      return itemOf(scheme, 'x-signature', value, body)
    }
  })
}

/** Its arithmetic takes longer for some public values than for others: many signatures even that out. */
function ed25519Target(): Target<SchemeItem> {
  const scheme = ed25519({ privateKey: generateKeyPairSync('ed25519').privateKey, header: 'x-signature' })
  return schemeTarget('ed25519', 1, (random) => {
    const body = random.bytes(64)
    const right = Buffer.from(signatureOf(scheme, body), 'base64')
    return (ofClass) => {
      // S must stay below the group's order, whose last byte is 16, or it is refused before any arithmetic.
      const value = wrongBase64(right, ofClass, ofClass === 0 ? 256 : 16, random)
      return itemOf(scheme, 'x-signature', value, body)
    }
  })
}

/** What is compared, by name; made when asked for, since keys take their time. */
export const schemeTargets: Readonly<Record<string, (random: Random) => Target<unknown>>> = {
  hmac: hmacTarget,
  rsa: rsaTarget,
  ed25519: ed25519Target,
  apiKey: apiKeyTarget,
  'apiKey basic': basicTarget,
  'apiKey query': queryTarget,
  token: tokenTarget,
}

/** The positive control: `===` over 64 hexadecimal digits, as a careless receiver compares them. */
export const controlTarget: Target<{ readonly sent: string; readonly right: string }> = {
  name: '=== (control)',
  repeats: 1,
  expected: false,
  nextPair(random) {
    const right = flat(hexText(random))
    return (ofClass) => ({ sent: wrongHex(right, ofClass, random), right })
  },
  verify: ({ sent, right }) => sent === right,
}
