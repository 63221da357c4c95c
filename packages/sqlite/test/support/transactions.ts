import { createRequire } from 'node:module'
import { type AckOnAcceptedOptions, createReceiver } from '@acuse/core'
import { type AcmeEvents, acme, paid, signed } from '../../../core/test/support/acme.ts'
import { driverModule } from '../../src/driver.ts'
import type { SqliteConnection } from '../../src/index.ts'

type Row = Record<string, unknown>

/** A connection as a program has it, with this runtime's driver. */
export interface OwnConnection extends SqliteConnection {
  prepare(sql: string): ReturnType<SqliteConnection['prepare']> & { all(): Row[] }
  close(): void
}

export function connect(path: string): OwnConnection {
  const loaded = createRequire(import.meta.url)(driverModule())
  return new (loaded.DatabaseSync ?? loaded)(path)
}

const silent = (): void => {}

/** A receiver that says nothing and tries again at once. */
export function receiver(options: AckOnAcceptedOptions<AcmeEvents>) {
  return createReceiver(acme(), {
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    retry: { attempts: 50, crashes: 50, minDelayMs: 1, maxDelayMs: 5 },
    ...options,
  })
}

export function order(id: string) {
  return signed({ ...paid, id, at: new Date().toISOString() })
}

/** The table of the program's own in the inbox's file; nothing keeps an effect from being written twice. */
export function makeEffects(connection: SqliteConnection): void {
  connection.exec('CREATE TABLE IF NOT EXISTS effects (event TEXT NOT NULL)')
}

export function effectsOf(connection: OwnConnection): string[] {
  return connection
    .prepare('SELECT event FROM effects ORDER BY event')
    .all()
    .map((row) => String(row['event']))
}
