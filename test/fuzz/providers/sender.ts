import { createHmac } from 'node:crypto'
import { everyProvider } from '../../providers/every-provider.ts'
import type { AnyProvider } from '../../providers/serve.ts'
import type { Random } from '../random.ts'
import { type Proof, type SignatureOptions, signature } from './proofs.ts'
import type { ProviderDraft } from './seen.ts'

/** An answer, as it goes over HTTP. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Requests that ask who we are. */
export interface Greetings {
  /** Some that are right, without proof. */
  make(random: Random, draft: ProviderDraft): ProviderDraft
  /** Whether they must be proven as deliveries are. */
  readonly isProven: boolean
  /** The answer to a greeting; nothing where a request is none. `forbidden`: its token is another. */
  answer(draft: ProviderDraft): HttpAnswer | 'forbidden' | undefined
}

/** A provider under test, and what a second reading of its documents says of its requests. */
export interface Sender {
  /** Unlike others: as the table of every provider has it. */
  readonly name: string
  readonly provider: AnyProvider
  readonly proof: Proof
  /** How often it is taken, beside the others' 10: RSA signs slowly. */
  readonly weight?: number
  /** How it answers what it accepts, where it is not the usual JSON. */
  readonly accepted?: HttpAnswer
  /** Whether its 401 has no body. */
  readonly isSilent?: true
  readonly greetings?: Greetings
  /** What else a request must have to be accepted. */
  readonly needs?: (draft: ProviderDraft) => boolean
  /** Whether its events come in lists. */
  readonly isBatch?: true
  /** Media types that it documents; absent: any, and all are JSON. */
  readonly mediaTypes?: readonly string[]
  /** Of a sender that signs nothing, the headers that tell one event from another, in lower case. */
  readonly tells?: readonly string[]
}

/** A sender of the table of every provider, with a key. */
export function named(name: string, key: unknown, proof: Proof): Sender {
  const entry = everyProvider[name]
  if (entry === undefined) throw new Error(`There is no provider '${name}'`)
  return { name, provider: entry.provider(key) as unknown as AnyProvider, proof }
}

/** New secrets for each run. */
export interface Secrets {
  /** Letters and digits, as senders print them. */
  text(): string
  /** As Standard Webhooks writes them, and their bytes. */
  whsec(): readonly [text: string, bytes: Buffer]
}

/** Secrets that a seed repeats. */
export function secretsFrom(random: Random): Secrets {
  return {
    text: () => random.bytes(24).toString('hex'),
    whsec() {
      const bytes = random.bytes(32)
      return [`whsec_${bytes.toString('base64')}`, bytes]
    },
  }
}

type Hash = 'sha1' | 'sha256' | 'sha512'

const lengths: Readonly<Record<Hash, number>> = { sha1: 20, sha256: 32, sha512: 64 }

/** A MAC in a header, by Node's own HMAC. */
export function macProof(
  secret: string | Buffer,
  { hash = 'sha256', ...options }: Omit<SignatureOptions, 'isLength' | 'make'> & { readonly hash?: Hash },
): Proof {
  return signature({
    ...options,
    isLength: (bytes) => bytes === lengths[hash],
    make: (signed) => createHmac(hash, secret).update(signed).digest(),
  })
}

/** In Unix seconds. */
export const secondsOf = (at: Date): string => String(Math.floor(at.getTime() / 1_000))

const json = 'application/json'

/** A greeting's answer in JSON. */
export function jsonAnswer(value: object): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': json, 'x-content-type-options': 'nosniff' },
    body: JSON.stringify(value),
  }
}

/** A greeting's answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { 'x-content-type-options': 'nosniff', ...headers }, body: '' }
}

/** A POST of JSON that greets. */
export function jsonGreeting(draft: ProviderDraft, value: unknown): ProviderDraft {
  return {
    ...draft,
    headers: [...draft.headers, ['Content-Type', json]],
    body: Buffer.from(JSON.stringify(value)),
  }
}
