export type { BullmqConnection, BullmqInbox, BullmqInboxOptions, BullmqRole } from './bullmq-inbox.ts'
export { bullmqInbox } from './bullmq-inbox.ts'
