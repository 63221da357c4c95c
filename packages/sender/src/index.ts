export type { Attempt, HandshakeReport, SendReport } from './report.ts'
export type { DeepPartial, Sender, SenderOptions, SendOptions } from './sender.ts'
export { createSender } from './sender.ts'
