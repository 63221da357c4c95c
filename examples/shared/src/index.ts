export { endOnSigterm } from './end.ts'
export { inboxOf } from './inbox.ts'
export { type Ledger, openLedger } from './ledger.ts'
