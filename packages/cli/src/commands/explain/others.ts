import type { ExplainedProvider } from '@acuse/core'
import { usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { type ProviderOptions, resolveProvider } from '../../provider/resolve-provider.ts'
import { texts } from './texts.ts'

/**
 * The same provider with other secrets, by the names that the user gave them: `staging=env:STAGING_SECRET`,
 * `old=file:old.txt`.
 * @throws CliError when one is not written so, or cannot be had
 */
export async function resolveOthers(
  context: Context,
  provider: string,
  { other, option }: { readonly other: readonly string[]; readonly option: ProviderOptions['option'] },
): Promise<Record<string, ExplainedProvider>> {
  const others: Record<string, ExplainedProvider> = {}
  for (const given of other) {
    const [, name, place, value] = /^([^=]+)=(env|file):(.+)$/s.exec(given) ?? []
    if (name === undefined || value === undefined)
      throw usageError(texts[context.language].otherGrammar(given))
    const from =
      place === 'env' ? { secretEnv: [value], secretFile: [] } : { secretEnv: [], secretFile: [value] }
    const options = { ...from, secret: [], option }
    others[name] = (await resolveProvider(context, provider, options, { role: 'receive' })).provider
  }
  return others
}
