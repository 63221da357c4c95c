import { afterAll, beforeAll, describe } from 'vitest'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { postgresCases } from './inbox-postgres.ts'
import { registerCases } from './register-cases.ts'

let database: OwnDatabase

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

describe('postgresInbox keeps the contract of an inbox', () =>
  registerCases(postgresCases(() => database.url)))
