// Conformance suites for those who write a dedupe store or an inbox: `@acuse/core/contracts`.
export type { ContractCase } from './contract-case.ts'
export { inboxContract } from './inbox.ts'
export type { InboxAbility, InboxSubject } from './inbox-subject.ts'
