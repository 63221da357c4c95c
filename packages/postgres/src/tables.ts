import type { Clock } from '@acuse/core'
import { warn } from '@acuse/core/inbox-kit'
import type { Driver, Row } from './driver.ts'
import { codeOf } from './errors.ts'
import { migrationSql, newestVersion } from './schema.ts'
import type { Statements } from './statements.ts'

const missing = new Set(['42P01', '3F000', '42703', '42883'])
const checkAgainMs = 1_000

/** Dependencies of {@link Tables}. */
export interface TablesSetup {
  readonly driver: Driver
  readonly sql: Statements
  readonly schema: string
  readonly clock: Clock
}

/** Whether the tables are there, and of a version that this package works with: looked at once, and again until they are. */
export class Tables {
  readonly #setup: TablesSetup
  #checking: Promise<void> | undefined

  constructor(setup: TablesSetup) {
    this.#setup = setup
  }

  /** @throws Error when they are not, with the remedy */
  check(): Promise<void> {
    this.#checking ??= this.#check().catch((error: unknown) => {
      // Not for each delivery of a flood.
      this.#setup.clock.schedule(checkAgainMs, () => this.forget())
      throw error
    })
    return this.#checking
  }

  /** Statements that are run only where they are. */
  checked(): Pick<Driver, 'query'> {
    return {
      query: async (text, values) => {
        await this.check()
        return this.#setup.driver.query(text, values)
      },
    }
  }

  /** To be looked at again. */
  forget(): void {
    this.#checking = undefined
  }

  /** What is accepted meanwhile waits for it. */
  migrate(): Promise<void> {
    this.#checking = this.#migrate().catch((error: unknown) => {
      this.forget()
      throw error
    })
    return this.#checking
  }

  async #migrate(): Promise<void> {
    const { driver, schema } = this.#setup
    // A newer version is not touched.
    await driver.withClient(async (client) => {
      await client.query(migrationSql(schema)).catch(async (error: unknown) => {
        await client.query('ROLLBACK').catch(() => undefined)
        throw error
      })
    })
    await this.#check()
  }

  async #check(): Promise<void> {
    const { driver, sql, schema } = this.#setup
    try {
      checkRow((await driver.query(sql.version))[0], schema)
    } catch (error) {
      if (!missing.has(codeOf(error) ?? '')) throw error
      throw new Error(
        `There are no tables in the schema '${schema}' of Postgres: await inbox.migrate() at the start, or run migrationSql()`,
        { cause: error },
      )
    }
  }
}

function checkRow(row: Row | undefined, schema: string): void {
  const [version, oldest] = [Number(row?.['version'] ?? 0), Number(row?.['oldest'] ?? 0)]
  if (version < newestVersion)
    throw new Error(
      `The tables in '${schema}' have version ${version}, this @acuse/postgres needs ${newestVersion}: await inbox.migrate() at the start`,
    )
  if (oldest > newestVersion)
    throw new Error(
      `The tables in '${schema}' have version ${version}, which needs an @acuse/postgres that knows version ${oldest}; this one knows ${newestVersion}: install a newer one`,
    )
  if (row?.['isolation'] !== 'read committed')
    throw new Error(
      `The role's default_transaction_isolation is '${String(row?.['isolation'])}'; the inbox needs 'read committed': ALTER ROLE … SET default_transaction_isolation = 'read committed', or a pool of its own`,
    )
  const isVolatile = row['commit'] === 'off' || row['fsync'] === 'off'
  if (isVolatile)
    warn(
      'ACUSE_POSTGRES_NOT_DURABLE',
      `Postgres runs with synchronous_commit = ${String(row['commit'])} and fsync = ${String(row['fsync'])}: a crash of the server loses deliveries that were acknowledged shortly before. Set both to on for this role or database`,
    )
}
