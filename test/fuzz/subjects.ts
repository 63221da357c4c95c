import { generateKeyPairSync } from 'node:crypto'
import { apiKey, ed25519, hmac, rsa, type Scheme } from '@acuse/core'
import { addOrder, modulusAdder } from './equal-signatures.ts'
import type { Random } from './random.ts'

/** One way to prove a request, and what the fuzzer must know of it. */
export interface Subject {
  readonly name: string
  /** Of a hundred cases, how many: the asymmetric ones are slow. */
  readonly weight: number
  readonly scheme: Scheme
  /** The header that carries the proof, in lower case. */
  readonly header: string
  readonly prefix: string
  readonly encoding: 'hex' | 'base64' | 'raw'
  /** Where the header may carry several signatures: what stands between, and one well-formed signature. */
  readonly list?: { readonly separator: ' ' | ','; readonly entry: RegExp }
  /** Values for the signed headers. */
  parts(random: Random): Record<string, string>
  /** Other bytes that stand for the same number: a signature that must not be malleable. */
  readonly equal?: (signature: Buffer) => Buffer
}

const header = 'x-signature'
const none = (): Record<string, string> => ({})

/** The schemes under test: one secret and one RSA key for all of them, so that only the scheme tells them apart. */
export function createSubjects(random: Random): readonly Subject[] {
  const secret = random.bytes(24).toString('hex')
  return [
    ...hmacSubjects(secret, header),
    standardSubject(secret),
    keySubject(secret),
    ...asymmetricSubjects(),
  ]
}

function hmacSubjects(secret: string, name: string): readonly Subject[] {
  const prefix = 'sha256='
  const separator = ','
  return [
    {
      name: 'hmac sha256 hex',
      weight: 22,
      scheme: hmac({ secret, header: name }),
      header: name,
      prefix: '',
      encoding: 'hex',
      parts: none,
    },
    {
      name: 'hmac sha512 base64',
      weight: 17,
      scheme: hmac({ secret, header: name, hash: 'sha512', encoding: 'base64' }),
      header: name,
      prefix: '',
      encoding: 'base64',
      parts: none,
    },
    {
      name: 'hmac prefix list',
      weight: 17,
      scheme: hmac({ secret, header: name, prefix, separator }),
      header: name,
      prefix,
      encoding: 'hex',
      list: { separator, entry: /^sha256=[0-9a-f]{64}$/ },
      parts: none,
    },
  ]
}

/** As Standard Webhooks has it. */
function standardSubject(secret: string): Subject {
  const name = 'webhook-signature'
  const form = { header: name, prefix: 'v1,', separator: ' ', encoding: 'base64' } as const
  return {
    ...form,
    name: 'hmac signed headers',
    weight: 20,
    scheme: hmac({
      ...form,
      secret,
      signs: [
        { header: 'webhook-id', as: 'id' },
        { text: '.' },
        { header: 'webhook-timestamp', as: 'unix-seconds' },
        { text: '.' },
        { raw: 'body' },
      ],
    }),
    // 32 bytes leave two bits unused in the last character: they must be zero.
    list: { separator: ' ', entry: /^v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/ },
    parts: (random) => ({
      'webhook-id': `msg_${random.bytes(1 + random.below(20)).toString('base64url')}`,
      'webhook-timestamp': String(1_700_000_000 + random.below(99_999_999)),
    }),
  }
}

function keySubject(key: string): Subject {
  const name = 'authorization'
  return {
    name: 'apiKey',
    weight: 12,
    scheme: apiKey({ key }),
    header: name,
    prefix: '',
    encoding: 'raw',
    parts: none,
  }
}

function asymmetricSubjects(): readonly Subject[] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const addModulus = modulusAdder(privateKey)
  const edKey = generateKeyPairSync('ed25519').privateKey
  const common = { weight: 4, header, prefix: '', encoding: 'base64', parts: none } as const
  return [
    { ...common, name: 'rsa pkcs1', scheme: rsa({ privateKey, header }), equal: addModulus },
    { ...common, name: 'rsa pss', scheme: rsa({ privateKey, header, padding: 'pss' }), equal: addModulus },
    { ...common, name: 'ed25519', scheme: ed25519({ privateKey: edKey, header }), equal: addOrder },
  ]
}
