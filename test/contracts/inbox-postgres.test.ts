import { afterAll, beforeAll, describe } from 'vitest'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { postgresCases } from './inbox-postgres.ts'
import { registerCases } from './register-cases.ts'

let database: OwnDatabase

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

describe('Inbox contract: postgres', () => registerCases(postgresCases(() => database.url)))
