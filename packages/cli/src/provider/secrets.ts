import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorCode, messageOf, unreachableError, usageError } from '../command/cli-error.ts'
import type { Context } from '../command/context.ts'
import { warn } from '../command/print.ts'

/** Where secrets are to be had, as the options of a command say. */
export interface SecretOptions {
  /** Names of environment variables. */
  readonly secretEnv: readonly string[]
  /** Paths of files. */
  readonly secretFile: readonly string[]
  /** Secrets themselves: the user is warned. */
  readonly secret: readonly string[]
}

/** For whom a secret is. */
export interface SecretOf {
  /** The provider's name, as it was given. */
  readonly name: string
  /** The environment variable that is asked where no option says anything. */
  readonly variable: string
  /** Whether it is the only one of the call: then options need not say whose a secret is. */
  readonly isOnly: boolean
}

/**
 * The secrets of a provider; several, where several are given, while one replaces the other. Of several providers each option
 * says whose it is: `--secret-env stripe=NAME`.
 * @throws CliError when there is none, or where it should be there is nothing
 */
export async function readSecrets(context: Context, given: SecretOptions, of: SecretOf): Promise<string[]> {
  const own = (values: readonly string[]) => values.flatMap((value) => ownValue(value, of) ?? [])
  const onLine = own(given.secret)
  if (onLine.length > 0) warn(context, context.texts.secrets.onCommandLine)
  const files = await Promise.all(own(given.secretFile).map((path) => readSecretFile(context, path)))
  const named = own(given.secretEnv)
  const variables = named.map((variable) => readVariable(context, of.name, variable))
  const secrets = [...variables, ...files, ...onLine]
  return secrets.length > 0 ? secrets : [readVariable(context, of.name, of.variable)]
}

/** A value without the name of its provider; `undefined`: it is another's. */
function ownValue(value: string, { name, isOnly }: SecretOf): string | undefined {
  if (value.startsWith(`${name}=`)) return value.slice(name.length + 1)
  return isOnly ? value : undefined
}

function readVariable({ env, texts }: Context, name: string, variable: string): string {
  const value = env[variable]
  if (value !== undefined && value !== '') return value
  throw usageError(texts.secrets.missing(name, variable), texts.secrets.missingRemedy)
}

async function readSecretFile(context: Context, path: string): Promise<string> {
  const text = await readText(context, path)
  // Editors end a file with a line break, which is no part of the secret.
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '')
    throw usageError(context.texts.secrets.emptyFile(path), context.texts.secrets.missingRemedy)
  return secret
}

/**
 * The text of a small file.
 * @throws CliError when it cannot be read
 */
export async function readText(
  { cwd, texts }: Pick<Context, 'cwd' | 'texts'>,
  path: string,
): Promise<string> {
  try {
    return await readFile(resolve(cwd, path), 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw unreachableError(texts.files.notFound(path))
    throw unreachableError(texts.files.unreadable(path, errorCode(error) ?? messageOf(error)))
  }
}
