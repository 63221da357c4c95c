export { type Handled, logHandled, parseHandled } from './handled-log.ts'
export { inboxOf } from './inbox.ts'
export { type Ledger, openLedger } from './ledger.ts'
