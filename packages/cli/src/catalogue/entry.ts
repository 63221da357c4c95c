import type { Provider } from '@acuse/core'

/** Who proves and who is convinced: a receiver needs another key than a sender where a public key proves requests. */
export type Role = 'receive' | 'send'

/**
 * What proves a request. `secret`: one that both sides have. `public-key`: a PEM, of which the receiver has the public part.
 * `identifier`: what the receiver is told is no secret (an id, a topic), and the key is fetched from the sender.
 */
type KeyKind = 'secret' | 'public-key' | 'identifier'

/** How a provider proves its requests, in the field's terms, the same in every language. */
export type Proof =
  | 'HMAC-SHA256'
  | 'HMAC-SHA512'
  | 'HMAC-SHA1'
  | 'Ed25519'
  | 'ECDSA P-256'
  | 'RSA'
  | 'API key'
  | 'bearer token'
  | 'user and password'
  | 'key in the query'

/** What a provider is made from. */
interface Making {
  /** Who is to use it. */
  readonly role: Role
  /** The secret, or the PEM, or the identifier; several while one replaces the other. */
  readonly secrets: readonly string[]
  /** Further options, as `--option name=value` gives them; a file's is its content. */
  readonly options: Readonly<Record<string, string>>
}

/** A further option of a provider. */
interface CatalogueOption {
  /** A value that may stand in an example. */
  readonly example: string
  /** For whom it cannot be left out. Default: nobody. */
  readonly required?: readonly Role[]
  /** Whether its value is the path of a file. */
  readonly isFile?: true
}

/** A sender of the catalogue, as data: how it is made, and from what. */
export interface CatalogueEntry {
  /** As people write it. */
  readonly title: string
  readonly proof: Proof
  readonly key: KeyKind
  /** The environment variable of its secret, where it is not NAME_WEBHOOK_SECRET. */
  readonly variables?: { readonly [Name in Role]: string }
  readonly options?: Readonly<Record<string, CatalogueOption>>
  /** A secret that nobody uses, with which it can be made to be looked at. Default: letters. */
  readonly placeholder?: string
  /** Loads what makes it; what that cannot use it throws. */
  readonly load: () => Promise<(making: Making) => Provider<object>>
}

/** A shared secret: one where there is one, else a list. */
export function one(secrets: readonly string[]): string | readonly string[] {
  const [only, ...more] = secrets
  return more.length === 0 ? (only ?? '') : secrets
}

type Factory = (secret: string | readonly string[]) => Provider<object>

/** A sender with a shared secret, and nothing else to say. */
export function shared(
  title: string,
  proof: Proof,
  load: () => Promise<Factory>,
  placeholder?: string,
): CatalogueEntry {
  return {
    title,
    proof,
    key: 'secret',
    ...(placeholder === undefined ? undefined : { placeholder }),
    async load() {
      const factory = await load()
      return ({ secrets }) => factory(one(secrets))
    },
  }
}

type AddressedFactory = (
  secret: string | readonly string[],
  options: { readonly publicUrl: string },
) => Provider<object>

/** A sender that signs the address that it was given. */
export function addressed(
  title: string,
  proof: Proof,
  load: () => Promise<AddressedFactory>,
): CatalogueEntry {
  return {
    title,
    proof,
    key: 'secret',
    options: {
      publicUrl: { example: 'https://app.example.cl/webhooks/here', required: ['receive', 'send'] },
    },
    async load() {
      const factory = await load()
      return ({ secrets, options }) => factory(one(secrets), { publicUrl: String(options['publicUrl']) })
    },
  }
}

/** Options that were given, of those that are named. */
export function pick<const Name extends string>(
  options: Readonly<Record<string, string>>,
  names: readonly Name[],
): { readonly [Each in Name]?: string } {
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]))
  // Told apart by name, which the compiler does not follow.
  return Object.fromEntries(given) as { readonly [Each in Name]?: string }
}
