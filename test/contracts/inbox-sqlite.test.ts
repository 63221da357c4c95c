import { describe, it } from 'vitest'
import { sqliteCases } from './inbox-sqlite.ts'

// libsql on Node 20, node:sqlite on newer ones; run-inbox-sqlite.ts runs the same without a test runner.
describe('sqliteInbox keeps the contract of an inbox', () => {
  for (const { name, run } of sqliteCases()) it(name, run)
})
