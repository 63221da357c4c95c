// Conformance suites for those who write a dedupe store, an inbox or a provider: `@acuse/core/testing`.
export type { ContractCase } from './contract-case.ts'
export type { DedupeStoreSubject } from './dedupe-store.ts'
export { dedupeStoreContract } from './dedupe-store.ts'
export { inboxContract } from './inbox.ts'
export type { InboxAbility, InboxSubject } from './inbox-subject.ts'
export { providerContract } from './provider.ts'
export type { ProviderAbility, ProviderSubject } from './provider-subject.ts'
