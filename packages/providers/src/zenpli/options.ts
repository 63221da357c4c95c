import type { AsymmetricKeyInput, EventSchema, Keys, ReceiverOptions, Secrets } from '@acuse/core'
import { checkAdapterOptions } from '@acuse/core/adapter'
import { knownOptions } from '@acuse/core/inbox-kit'
import type { ZenpliEvents } from './callback.ts'

/** The ways in which Zenpli proves itself («Métodos de autenticación soportados»). */
export interface ZenpliProofs {
  /** «RSA-256»: Zenpli's public key. RSASSA-PKCS1-v1_5 with SHA-256, base64, in `X-Zenpli-Signature`. */
  readonly rsa: Keys<AsymmetricKeyInput> | undefined
  /** «HMAC-SHA256»: the shared key. Hex or base64, in `X-Zenpli-HMAC-Signature`. */
  readonly hmac: Secrets | undefined
  /** «API Key», for development: alone or after `Bearer `, in `Authorization`. It signs nothing. */
  readonly apiKey: Secrets | undefined
  /** A private key, to sign as Zenpli does: for `createSender` in tests. */
  readonly rsaPrivateKey: AsymmetricKeyInput | undefined
}

/** One of the ways, and none of the others. */
export type ZenpliProofBy<Name extends keyof ZenpliProofs> = Pick<ZenpliProofs, Name> & {
  readonly [Other in Exclude<keyof ZenpliProofs, Name>]?: never
}

/** How Zenpli proves itself, as agreed with it: exactly one way, never chosen by a request. */
export type ZenpliProof = { [Name in keyof ZenpliProofs]: ZenpliProofBy<Name> }[keyof ZenpliProofs]

/** How many callbacks of one session there may be. */
export type CallbacksPerSession = 'one' | 'one-per-status' | 'many'

const callbackCounts: readonly CallbacksPerSession[] = ['one', 'one-per-status', 'many']

function isCallbackCount(given: unknown): given is CallbacksPerSession {
  return callbackCounts.some((each) => each === given)
}

/**
 * How many callbacks of one session there may be. Without a signature anybody who has the key can make another body,
 * which must not displace the real one: each is an event of its own.
 * @throws TypeError when it is none of the three, or needs a signature that there is not
 */
export function toCallbacksPerSession(given: unknown, isSigned: boolean): CallbacksPerSession {
  if (given !== undefined && !isCallbackCount(given))
    throw new TypeError("zenpli callbacksPerSession must be 'one', 'one-per-status' or 'many'")
  if (isSigned) return given ?? 'one-per-status'
  if (given === undefined || given === 'many') return 'many'
  throw new TypeError(
    "zenpli callbacksPerSession must be 'many' with an API key, which signs no body: a forged callback would displace the real one. Leave it out, or agree on RSA-256 or HMAC with Zenpli",
  )
}

/** Options beside the proof. */
export interface ZenpliSettings<Result = unknown> {
  /**
   * The header that carries the proof, where Zenpli was given another one. It must end in `-Signature`,
   * `-HMAC-Signature` or `-Authorization`, as the proof has it. Default: Zenpli's.
   */
  readonly header?: string
  /**
   * Whether a callback must state its time. Zenpli's own example states none. Default `optional`: one that is
   * stated must be fresh, and sessions are remembered for 7 days.
   */
  readonly timestamp?: 'optional' | 'required'
  /**
   * The header that states the time, where it is not the payload's `timestamp`. No signature covers it, so an
   * attacker can refresh it: the memory of sessions is what stops a replay. Default: the payload's field.
   */
  readonly timestampHeader?: string
  /**
   * How many callbacks of one session there may be. Zenpli says that a session does not repeat, and not whether it
   * tells of a process that has not ended yet. Default `one-per-status`: `pending` and then `completed` are two
   * events, and another body for one of them is a conflict. `one`: whatever comes after the first is a conflict.
   * `many`: each body is an event, and only the same content is a duplicate; so it is always with an API key.
   */
  readonly callbacksPerSession?: CallbacksPerSession
  /** The schema of `result`, in any library that speaks Standard Schema. Default: anything. */
  readonly result?: EventSchema<Result>
  /**
   * The product whose callbacks come here, where each has its own endpoint, such as `onboarding`, `kyb` or
   * `extraction`: part of the path and of the provider's name. Nothing
   * signed names the product: agree on a key for each, or a callback that was captured at one is authentic at the other
   * (the log says so). Default: one endpoint for all.
   */
  readonly product?: string
}

/** Options of {@link zenpli}. */
export type ZenpliOptions<Result = unknown> = ZenpliProof & ZenpliSettings<Result>

/** Options of an adapter's `zenpliCallbacks`: Zenpli's and the receiver's, in one object. */
export type ZenpliCallbacksOptions<Result = unknown> = ZenpliOptions<Result> &
  ReceiverOptions<ZenpliEvents<Result>>

/** The name of a proof. */
export type ProofName = keyof ZenpliProofs

const proofNames: readonly ProofName[] = ['rsa', 'hmac', 'apiKey', 'rsaPrivateKey']

const settingNames: { readonly [Name in keyof ZenpliSettings]-?: true } = {
  header: true,
  timestamp: true,
  timestampHeader: true,
  callbacksPerSession: true,
  result: true,
  product: true,
}

const optionNames: readonly string[] = [...proofNames, ...Object.keys(settingNames)]

/**
 * Options of {@link zenpli} and others, told apart by name: for adapters, which take both in one object.
 * @param adapter the names of the adapter's own options, beside the receiver's
 * @throws TypeError when one is none of theirs
 */
export function separateZenpliOptions<Result, Others extends object>(
  options: ZenpliOptions<Result> & Others,
  adapter: readonly string[] = [],
): readonly [zenpli: ZenpliOptions<Result>, others: Others] {
  checkAdapterOptions('zenpliCallbacks options', options, [...optionNames, ...adapter])
  const entries = Object.entries(options)
  const of = (own: boolean): object =>
    Object.fromEntries(entries.filter(([name]) => optionNames.includes(name) === own))
  // Told apart by name, which the compiler does not follow.
  return [of(true) as ZenpliOptions<Result>, of(false) as Others]
}

/**
 * The proof that options name.
 * @throws TypeError unless it is exactly one, and every other option is known
 */
export function proofOf(options: object): ProofName {
  knownOptions('zenpli', options, optionNames)
  const [proof, ...more] = proofNames.filter((name) => name in options)
  if (proof !== undefined && more.length === 0) return proof
  throw new TypeError(
    `zenpli takes exactly one of ${proofNames.join(', ')}: the one that was agreed with Zenpli`,
  )
}
