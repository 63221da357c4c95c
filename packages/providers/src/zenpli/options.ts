import type { AsymmetricKeyInput, EventSchema, Keys, Secrets } from '@acuse/core'

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

/** What can be set beside the proof. */
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
  /** The schema of `result`, in any library that speaks Standard Schema. Default: anything. */
  readonly result?: EventSchema<Result>
  /**
   * The product whose callbacks come here, where each has its own endpoint, such as `onboarding`, `kyb` or
   * `extraction`: part of the path and of the provider's name. Default: one endpoint for all.
   */
  readonly product?: string
}

/** Options of {@link zenpli}. */
export type ZenpliOptions<Result = unknown> = ZenpliProof & ZenpliSettings<Result>

/** The name of a proof. */
export type ProofName = keyof ZenpliProofs

const proofNames: readonly ProofName[] = ['rsa', 'hmac', 'apiKey', 'rsaPrivateKey']

const settingNames: { readonly [Name in keyof ZenpliSettings]-?: true } = {
  header: true,
  timestamp: true,
  timestampHeader: true,
  result: true,
  product: true,
}

const optionNames: readonly string[] = [...proofNames, ...Object.keys(settingNames)]

/**
 * Options of {@link zenpli} and others, told apart by name: for adapters, which take both in one object.
 */
export function separateZenpliOptions<Result, Others extends object>(
  options: ZenpliOptions<Result> & Others,
): readonly [zenpli: ZenpliOptions<Result>, others: Others] {
  const entries = Object.entries(options)
  const of = (own: boolean): object =>
    Object.fromEntries(entries.filter(([name]) => optionNames.includes(name) === own))
  return [of(true) as ZenpliOptions<Result>, of(false) as Others]
}

/**
 * The proof that options name.
 * @throws TypeError unless it is exactly one, and every other option is known
 */
export function proofOf(options: object): ProofName {
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`zenpli has no option '${unknown}'. It has: ${optionNames.join(', ')}`)
  }
  const [proof, ...more] = proofNames.filter((name) => name in options)
  if (proof !== undefined && more.length === 0) return proof
  throw new TypeError(
    `zenpli takes exactly one of ${proofNames.join(', ')}: the one that was agreed with Zenpli`,
  )
}
