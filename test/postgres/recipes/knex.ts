import type { HandlerContext } from '@acuse/core'
import createKnex from 'knex'

interface Event {
  readonly payload: { readonly bhe: string; readonly net: number }
}

// Without a connection of its own: it builds statements, and each one is told where to run.
const knex = createKnex({ client: 'pg' })

export async function bookInvoice({ payload }: Event, { transaction }: HandlerContext) {
  const client = await transaction<'postgres'>()
  await knex('invoices').connection(client).insert({ bhe: payload.bhe, net: payload.net })
}
