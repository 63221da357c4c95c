export type { BullmqInbox } from './bullmq-inbox.ts'
export { bullmqInbox } from './bullmq-inbox.ts'
export type { BullmqConnection } from './lib/connection.ts'
export type { BullmqInboxOptions, BullmqRole } from './options.ts'
