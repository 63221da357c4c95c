import type { HandlerContext } from '@acuse/core'
import { Kysely, PostgresDialect } from 'kysely'
import type { PoolClient } from 'pg'

interface Database {
  invoices: { bhe: string; net: number }
}

interface Event {
  readonly payload: { readonly bhe: string; readonly net: number }
}

/** Kysely over one client, which it must not give back: the inbox commits on it first. */
function kyselyOn(client: PoolClient): Kysely<Database> {
  const borrowed = { query: client.query.bind(client), release() {} }
  const pool = { connect: async () => borrowed, async end() {} }
  return new Kysely({ dialect: new PostgresDialect({ pool }) })
}

export async function bookInvoice({ payload }: Event, { transaction }: HandlerContext) {
  const db = kyselyOn(await transaction<'postgres'>())
  await db.insertInto('invoices').values({ bhe: payload.bhe, net: payload.net }).execute()
}
