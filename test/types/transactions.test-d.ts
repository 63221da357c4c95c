import type { HandlerContext, InboxTransactions } from '@acuse/core'
import type {} from '@acuse/postgres'
import type { SqliteConnection } from '@acuse/sqlite'
import type { PoolClient } from 'pg'
import { describe, expectTypeOf, test } from 'vitest'

describe('the transaction of a handler', () => {
  test('is of the kind that is named, among those of the inboxes that the program imports', () => {
    const context = {} as HandlerContext
    expectTypeOf(context.transaction<'sqlite'>()).toEqualTypeOf<Promise<SqliteConnection>>()
    expectTypeOf(context.transaction<'postgres'>()).toEqualTypeOf<Promise<PoolClient>>()
    expectTypeOf(context.transaction()).toEqualTypeOf<InboxTransactions[keyof InboxTransactions]>()
    expectTypeOf<'sqlite' | 'postgres'>().toExtend<keyof InboxTransactions>()
    // @ts-expect-error: no inbox that is imported has such transactions
    context.transaction<'nothing'>()
  })
})
