import { describe } from 'vitest'
import { sqliteCases } from './inbox-sqlite.ts'
import { registerCases } from './register-cases.ts'

// libsql on Node 20, node:sqlite on newer ones; run-inbox-sqlite.ts runs the same without a test runner.
describe('sqliteInbox keeps the contract of an inbox', () => {
  registerCases(sqliteCases())
})
