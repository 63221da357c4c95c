import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorCode, messageOf, usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { texts } from './texts.ts'

type Sqlite = typeof import('@acuse/sqlite')
type Bullmq = typeof import('@acuse/bullmq')
type Postgres = typeof import('@acuse/postgres')
type Pg = typeof import('pg')

/** The package of the inbox in a file. */
export function loadSqlite(context: Context): Promise<Sqlite> {
  return load(context, '@acuse/sqlite', [], () => import('@acuse/sqlite'))
}

/** The package of the inbox in Redis. */
export function loadBullmq(context: Context): Promise<Bullmq> {
  return load(context, '@acuse/bullmq', ['bullmq', 'ioredis'], () => import('@acuse/bullmq'))
}

/** The package of the inbox in Postgres, and the pool that it takes. */
export async function loadPostgres(
  context: Context,
): Promise<Pick<Postgres, 'postgresInbox'> & Pick<Pg, 'Pool'>> {
  const { postgresInbox } = await load(context, '@acuse/postgres', ['pg'], () => import('@acuse/postgres'))
  const { default: pg } = await load(context, 'pg', [], () => import('pg'))
  return { postgresInbox, Pool: pg.Pool }
}

/**
 * The package that the project has in which the command runs: it is the service's own, and knows its data. Else the one
 * beside the command.
 * @throws CliError when there is none, or it cannot be loaded
 */
async function load<Module>(
  { cwd, language }: Context,
  name: string,
  peers: readonly string[],
  bundled: () => Promise<Module>,
): Promise<Module> {
  const { location } = texts[language]
  try {
    const path = resolveFrom(cwd, name)
    // The package of this name, in whichever version the project has.
    return path === undefined ? await bundled() : ((await import(pathToFileURL(path).href)) as Module)
  } catch (error) {
    if (errorCode(error) === 'ERR_MODULE_NOT_FOUND')
      throw usageError(location.notInstalled(name), location.install([name, ...peers].join(' ')))
    throw usageError(location.notLoaded(name, messageOf(error)))
  }
}

function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name)
  } catch {
    return undefined
  }
}
