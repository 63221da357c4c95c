import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  anyOf,
  apiKey,
  ecdsa,
  ed25519,
  fromRawHeaders,
  hmac,
  rsa,
  type Scheme,
  type WebhookRequest,
} from '@acuse/core'

/** Keys of the tests; nobody else's. */
export const secret = 'b1d4c0ffee5eed00b1d4c0ffee5eed01'
export const rsaKeys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
})
const ecKeys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
})
export const edKeys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519')

/** One way to prove a request: what a receiver verifies with, and what a sender signs with. */
export interface SchemeCase {
  readonly name: string
  /** The header that carries the proof. */
  readonly header: string
  readonly receiver: Scheme
  readonly sender: Scheme
  /** Signed headers, by name in lower case. */
  readonly parts: Readonly<Record<string, string>>
}

const header = 'x-signature'
const pss = { header, padding: 'pss', hash: 'sha512' } as const
const standard = {
  header: 'webhook-signature',
  prefix: 'v1,',
  separator: ' ',
  encoding: 'base64',
  signs: [
    { header: 'webhook-id', as: 'id' },
    { text: '.' },
    { header: 'webhook-timestamp', as: 'unix-seconds' },
    { text: '.' },
    { raw: 'body' },
  ],
} as const

const fields = {
  header,
  prefix: 'v1=',
  separator: ',',
  signs: [{ field: 't', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }],
} as const

function shared(name: string, scheme: Scheme, parts: SchemeCase['parts'] = {}, of = header): SchemeCase {
  return { name, header: of, receiver: scheme, sender: scheme, parts }
}

/** Every scheme, in every shape that the threats tell apart. */
export const schemeCases: readonly SchemeCase[] = [
  shared('hmac sha256 hex', hmac({ header, secret })),
  shared('hmac sha512 base64', hmac({ header, secret, hash: 'sha512', encoding: 'base64' })),
  shared('hmac sha256= prefix', hmac({ header, secret, prefix: 'sha256=' })),
  shared(
    'hmac id.t.body',
    hmac({ ...standard, secret }),
    { 'webhook-id': 'msg_1', 'webhook-timestamp': '1765380600' },
    standard.header,
  ),
  {
    name: 'rsa pkcs1',
    header,
    parts: {},
    receiver: rsa({ header, publicKey: rsaKeys.publicKey }),
    sender: rsa({ header, privateKey: rsaKeys.privateKey }),
  },
  {
    name: 'rsa pss',
    header,
    parts: {},
    receiver: rsa({ ...pss, publicKey: rsaKeys.publicKey }),
    sender: rsa({ ...pss, privateKey: rsaKeys.privateKey }),
  },
  {
    name: 'ed25519',
    header,
    parts: {},
    receiver: ed25519({ header, publicKey: edKeys.publicKey }),
    sender: ed25519({ header, privateKey: edKeys.privateKey }),
  },
  shared('hmac sha1-legacy base64', hmac({ header, secret, hash: 'sha1-legacy', encoding: 'base64' })),
  shared('hmac t.body', hmac({ ...fields, secret })),
  shared('hmac numbered', hmac({ numberedHeader: 'x-signature-', secret }), {}, 'x-signature-1'),
  ...(['der', 'p1363'] as const).map((format) => ({
    name: `ecdsa ${format}`,
    header,
    parts: {},
    receiver: ecdsa({ header, format, publicKey: ecKeys.publicKey }),
    sender: ecdsa({ header, format, privateKey: ecKeys.privateKey }),
  })),
  {
    name: 'any of two',
    header,
    parts: {},
    receiver: anyOf([hmac({ header, secret }), ed25519({ header, publicKey: edKeys.publicKey })]),
    sender: ed25519({ header, privateKey: edKeys.privateKey }),
  },
  shared('apiKey', apiKey({ header, key: secret })),
]

/** The headers that prove a body, by name in lower case. */
export function proofOf({ sender, parts }: SchemeCase, body: Uint8Array): Record<string, string> {
  if (!sender.sign) throw new Error(`${sender.name} cannot sign`)
  return sender.sign(body, { headers: parts })
}

/** A request with these headers; a list of values repeats a header. */
export function requestOf(
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: Uint8Array,
): WebhookRequest {
  const raw = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  )
  return { method: 'POST', url: '/', headers: fromRawHeaders(raw), body }
}

/** A signed request. */
export function signedRequest(each: SchemeCase, body: Uint8Array): WebhookRequest {
  return requestOf(proofOf(each, body), body)
}

/** A copy with one bit flipped. */
export function flipBit(bytes: Uint8Array, bit: number): Buffer {
  const flipped = Buffer.from(bytes)
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
  return flipped
}
