import { equalBytes, sha256Bytes } from '../lib/crypto.ts'
import { tokenOf } from '../lib/handshake-token.ts'
import { RequestValues, takenAs } from '../lib/request-values.ts'
import type { Fill, Handshake, HandshakeAnswer } from '../model/handshake.ts'
import type { Answer } from '../model/outcome.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import type { Value } from '../model/value.ts'
import type { RequestHead } from '../schemes/keys.ts'
import { conditionsOf, holds } from './read-rules.ts'
import { failed, type Refusal } from './refusal.ts'
import { macOf } from './scheme-calls.ts'

/** A handshake that was answered: nothing is stored. */
export interface Greeting {
  readonly answer: Answer
  /** The value that the operator must see. */
  readonly told: string | undefined
}

/** Answers to a request that asks who we are. `undefined`: it is none. */
type Answered = Greeting | Refusal | undefined

const noBody = new Uint8Array()

/** The handshakes of a provider. */
export class Handshakes {
  readonly #all: readonly Handshake[]
  readonly #scheme: Scheme

  constructor(all: readonly Handshake[] | undefined, scheme: Scheme) {
    this.#all = all ?? []
    this.#scheme = scheme
  }

  /** The methods that a request without a body may have. */
  get methods(): readonly string[] {
    return this.#all.map(({ method }) => method).filter((method) => method !== 'POST')
  }

  /** GET, HEAD and OPTIONS: no body is read, and no store is asked. */
  answerHead({ method, url, headers }: RequestHead): Answered {
    if (method === 'POST' || !this.#all.some((each) => each.method === method)) return undefined
    const values = new RequestValues({ method, url, headers, body: noBody })
    const found = this.#find(method, values, () => true)
    if (found === undefined) return undefined
    return faultOf(found, values) ?? this.#answer(found, values, '')
  }

  /** Whether a request whose body is not read yet may be one that nobody needs to prove. */
  mayBeUnproven({ method, url, headers }: RequestHead): boolean {
    return this.#unproven(method).some(({ when }) => {
      const ofHead = conditionsOf(when).filter((condition) => !('body' in condition))
      return holds(ofHead, new RequestValues({ method, url, headers, body: noBody }))
    })
  }

  /** A POST that nobody needs to prove. */
  answerUnproven(request: WebhookRequest): Answered {
    if (this.#unproven(request.method).length === 0) return undefined
    const values = new RequestValues(request)
    const found = this.#find('POST', values, ({ proof }) => proof !== 'scheme')
    if (found === undefined) return undefined
    return faultOf(found, values) ?? this.#answer(found, values, '')
  }

  /** A POST that its scheme has proven. */
  answerProven(values: RequestValues, keyId: string): Answered {
    const found = this.#find('POST', values, ({ proof }) => proof === 'scheme')
    return found && this.#answer(found, values, keyId)
  }

  #unproven(method: string): readonly Handshake[] {
    return this.#all.filter((each) => each.method === 'POST' && method === 'POST' && each.proof !== 'scheme')
  }

  #find(method: string, values: RequestValues, isMeant: (each: Handshake) => boolean): Handshake | undefined {
    return this.#all.find((each) => each.method === method && isMeant(each) && holds(each.when, values))
  }

  #answer({ answer, tell }: Handshake, values: RequestValues, keyId: string): Greeting | Refusal {
    const filled = fill(answer, (each) => this.#filled(each, values, keyId))
    const told = tell && values.one(tell)
    // A value that is missing, or of another grammar, is told to nobody.
    if (filled === undefined || (tell !== undefined && told === undefined))
      return { code: 'envelope-invalid' }
    return { answer: filled, told }
  }

  #filled(from: Fill, values: RequestValues, keyId: string): string | undefined {
    if (!('mac' in from)) return values.one(from)
    const text = values.one(from.mac)
    return text === undefined ? undefined : macOf(this.#scheme, text, keyId)
  }
}

/** Tokens are compared by their digests: equal length, and no first difference to find by timing. */
function faultOf({ proof }: Handshake, values: RequestValues): Refusal | undefined {
  if (typeof proof === 'string') return undefined
  const value: Value = proof.equals
  const all = values.all(value)
  const sent = takenAs(value, all[0])
  try {
    const isOne = sent !== undefined && all.length === 1
    return isOne && equalBytes(sha256Bytes(sent), sha256Bytes(tokenOf(proof)))
      ? undefined
      : { code: 'token-mismatch' }
  } catch (error) {
    return failed('keys-failed', error)
  }
}

const nosniff = { 'x-content-type-options': 'nosniff' }

/** The answer with its values; `undefined` where one is missing. */
function fill(
  { status = 200, json, text, headers = {} }: HandshakeAnswer,
  textFor: (from: Fill) => string | undefined,
): Answer | undefined {
  const filled = fillAll(headers, textFor)
  const object = json && fillAll(json, textFor)
  const plain = text && textFor(text)
  if (filled === undefined || (json && object === undefined) || (text && plain === undefined))
    return undefined
  const type = object ? 'application/json' : plain === undefined ? undefined : 'text/plain; charset=utf-8'
  return {
    status,
    headers: {
      ...nosniff,
      ...(type === undefined ? undefined : { 'content-type': type }),
      ...lowerCased(filled as Record<string, string>),
    },
    body: object ? JSON.stringify(object) : (plain ?? ''),
    close: false,
  }
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function fillAll(
  from: { readonly [name: string]: Fill | string | number },
  textFor: (from: Fill) => string | undefined,
): Record<string, string | number> | undefined {
  const filled = Object.entries(from).map(
    ([name, value]) => [name, typeof value === 'object' ? textFor(value) : value] as const,
  )
  if (filled.some(([, value]) => value === undefined)) return undefined
  return Object.fromEntries(filled) as Record<string, string | number>
}
