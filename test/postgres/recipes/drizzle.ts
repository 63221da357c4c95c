import type { HandlerContext } from '@acuse/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'

const invoices = pgTable('invoices', { bhe: text().primaryKey(), net: integer().notNull() })

interface Event {
  readonly payload: { readonly bhe: string; readonly net: number }
}

export async function bookInvoice({ payload }: Event, { transaction }: HandlerContext) {
  const db = drizzle(await transaction<'postgres'>())
  await db.insert(invoices).values({ bhe: payload.bhe, net: payload.net })
}
