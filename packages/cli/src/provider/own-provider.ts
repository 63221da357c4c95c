import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Provider } from '@acuse/core'
import { errorCode, messageOf, unreachableError, usageError } from '../command/cli-error.ts'
import type { Context } from '../command/context.ts'

/** A provider of the user's, in a module of the user's. */
export interface OwnProvider {
  /** What the module exports: a provider, or what makes one from a secret. */
  readonly exported: Provider<object> | ((secret: unknown, options: object) => Provider<object>)
  /** The export's name. */
  readonly name: string
}

/** Whether a name is a path to a module, such as `./acme.js#acme`. */
export function isPath(name: string): boolean {
  return /^(?:\.{0,2}\/|file:|[A-Za-z]:\\)/.test(name) || /\.[cm]?[jt]s(?:#|$)/.test(name)
}

/**
 * Loads `./acme.js#acme`; without a name, what the module exports as default.
 * @throws CliError when there is no such module or export, or it is no provider
 */
export async function loadOwn({ cwd, texts }: Context, given: string): Promise<OwnProvider> {
  const at = given.lastIndexOf('#')
  const path = at === -1 ? given : given.slice(0, at)
  const name = at === -1 ? 'default' : given.slice(at + 1)
  const module = await load(path)
  const exported = module[name]
  if (exported === undefined)
    throw usageError(
      texts.providers.noExport(path, name),
      texts.providers.exports(Object.keys(module).join(', ')),
    )
  if (isProvider(exported)) return { exported, name }
  // A function of the user's: what it answers is looked at when it is called.
  if (typeof exported === 'function') return { exported: exported as OwnProvider['exported'], name }
  throw usageError(texts.providers.notAProvider(name))

  async function load(file: string): Promise<Readonly<Record<string, unknown>>> {
    try {
      const url = file.startsWith('file:') ? file : pathToFileURL(resolve(cwd, file)).href
      return await import(url)
    } catch (error) {
      const fail = errorCode(error) === 'ERR_MODULE_NOT_FOUND' ? unreachableError : usageError
      throw fail(texts.providers.notLoaded(file, messageOf(error)))
    }
  }
}

/** Whether something is a provider, as far as can be seen. */
export function isProvider(value: unknown): value is Provider<object> {
  return (
    typeof value === 'object' && value !== null && 'scheme' in value && 'name' in value && 'path' in value
  )
}
