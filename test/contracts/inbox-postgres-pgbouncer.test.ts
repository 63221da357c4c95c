import { afterAll, beforeAll, describe } from 'vitest'
import { type OwnPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { postgresCases } from './inbox-postgres.ts'
import { registerCases } from './register-cases.ts'

let database: OwnDatabase
let pooler: OwnPgBouncer

beforeAll(async () => {
  database = await sharedPostgres()
  pooler = await startPgBouncer(database.url)
})

afterAll(async () => {
  await pooler?.stop()
  await database.stop()
})

describe('postgresInbox keeps the contract of an inbox through PgBouncer, which shares connections by transaction', () => {
  registerCases(postgresCases(() => pooler.url))
})
