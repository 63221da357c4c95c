export type { BullmqInbox } from './bullmq-inbox.ts'
export { bullmqInbox } from './bullmq-inbox.ts'
export type { BullmqConnection } from './lib/connection-options.ts'
export type { BullmqInboxOptions, BullmqRole } from './options.ts'
