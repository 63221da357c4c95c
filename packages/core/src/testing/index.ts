// Conformance suites for those who write a dedupe store or an inbox: `@acuse/core/testing`.
export type { ContractCase } from './contract-case.ts'
export type { DedupeStoreSubject } from './dedupe-store.ts'
export { dedupeStoreContract } from './dedupe-store.ts'
export { inboxContract } from './inbox.ts'
export type { InboxAbility, InboxSubject } from './inbox-subject.ts'
