import type { Provider } from '@acuse/core'
import { catalogue } from '../catalogue/catalogue.ts'
import { type CatalogueEntry, one, type Role } from '../catalogue/entry.ts'
import { CliError, messageOf, usageError } from '../command/cli-error.ts'
import type { Context } from '../command/context.ts'
import { nearNames } from '../texts/near-names.ts'
import { isPath, isProvider, loadOwn } from './own-provider.ts'
import { readSecrets, readText, type SecretOptions } from './secrets.ts'

/** The options of a command that takes a provider's secret; `provider` itself is the command's own. */
export const secretOptions: {
  readonly secretEnv: { readonly kind: 'list'; readonly value: 'NAME' }
  readonly secretFile: { readonly kind: 'list'; readonly value: 'PATH'; readonly complete: 'file' }
  readonly secret: { readonly kind: 'list'; readonly value: 'VALUE' }
  readonly option: { readonly kind: 'list'; readonly value: 'NAME=VALUE' }
} = {
  secretEnv: { kind: 'list', value: 'NAME' },
  secretFile: { kind: 'list', value: 'PATH', complete: 'file' },
  secret: { kind: 'list', value: 'VALUE' },
  option: { kind: 'list', value: 'NAME=VALUE' },
}

/** The values of these options. */
export interface ProviderOptions extends SecretOptions {
  /** Further options of the provider, as `name=value`. */
  readonly option: readonly string[]
}

/** A provider, as a command uses it. */
export interface ResolvedProvider {
  /** Its name, as it was given. */
  readonly given: string
  readonly provider: Provider<object>
  /** What must not be shown. */
  readonly secrets: readonly string[]
  /** Makes it from other secrets; absent: it is the user's own, and made already. */
  readonly make?: (secrets: readonly string[]) => Provider<object>
}

/** How a provider is to be made. */
export interface ProviderUse {
  readonly role: Role
  /** Whether it is the only one of the call. Default: it is. */
  readonly isOnly?: boolean
}

/**
 * Makes the provider that a name says: of the catalogue, or of the user's own module.
 * @throws CliError when there is none, or a secret or an option is missing or cannot be used
 */
export async function resolveProvider(
  context: Context,
  name: string,
  given: ProviderOptions,
  { role, isOnly = true }: ProviderUse,
): Promise<ResolvedProvider> {
  const own = isPath(name) ? await loadOwn(context, name) : undefined
  if (own && typeof own.exported !== 'function') return { given: name, provider: own.exported, secrets: [] }
  const entry = own === undefined ? entryOf(context, name) : undefined
  const known = own?.name ?? name
  const variable = variableOf(known, entry, role)
  const secrets = await readSecrets(context, given, { name: known, variable, isOnly })
  const options = await readOptions(context, known, entry, given.option, { role, isOnly })
  const load = entry ? await entry.load() : undefined
  const make = (of: readonly string[]): Provider<object> => {
    if (load) return load({ role, secrets: of, options })
    const made = typeof own?.exported === 'function' ? own.exported(one(of), options) : undefined
    if (isProvider(made)) return made
    throw usageError(context.texts.providers.notAProvider(known))
  }
  try {
    return { given: name, provider: make(secrets), secrets, make }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw usageError(context.texts.providers.refused(known, messageOf(error)))
  }
}

/**
 * The entry of the catalogue.
 * @throws CliError when there is none
 */
export function entryOf({ texts }: Pick<Context, 'texts'>, name: string): CatalogueEntry {
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (entry) return entry
  const near = nearNames(texts, name, Object.keys(catalogue))
  throw usageError(texts.providers.unknown(name), near ?? texts.providers.unknownRemedy)
}

/** The environment variable of a provider's secret: NAME_WEBHOOK_SECRET, where the catalogue says nothing else. */
export function variableOf(name: string, entry: CatalogueEntry | undefined, role: Role): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  const upper = words.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  return entry?.variables?.[role] ?? `${upper}_WEBHOOK_SECRET`
}

async function readOptions(
  context: Context,
  name: string,
  entry: CatalogueEntry | undefined,
  given: readonly string[],
  { role, isOnly }: Required<ProviderUse>,
): Promise<Record<string, string>> {
  const { texts } = context
  const options: Record<string, string> = {}
  for (const pair of given) {
    const at = pair.indexOf('=')
    if (at < 1) throw usageError(texts.providers.optionGrammar(pair))
    const option = ownOption(pair.slice(0, at), name, isOnly)
    if (option === undefined) continue
    const spec = entry?.options?.[option]
    if (entry && !spec) throw unknownOption(texts, name, option, entry)
    const value = pair.slice(at + 1)
    options[option] = spec?.isFile ? await readText(context, value) : value
  }
  for (const [option, { required = [], example }] of Object.entries(entry?.options ?? {})) {
    if (required.includes(role) && options[option] === undefined)
      throw usageError(texts.providers.optionMissing(name, option, example))
  }
  return options
}

/** `twilio.publicUrl` of `twilio`; `undefined`: it is another provider's. */
function ownOption(option: string, name: string, isOnly: boolean): string | undefined {
  if (option.startsWith(`${name}.`)) return option.slice(name.length + 1)
  return isOnly ? option : undefined
}

function unknownOption(texts: Context['texts'], name: string, option: string, entry: CatalogueEntry) {
  const known = Object.keys(entry.options ?? {})
  const near = nearNames(texts, option, known)
  return usageError(
    texts.providers.optionUnknown(name, option),
    near ?? texts.providers.optionsKnown(known.join(', ')),
  )
}
