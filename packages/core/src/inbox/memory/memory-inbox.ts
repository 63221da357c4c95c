import type { Inbox } from '../inbox.ts'
import { MemoryInbox } from './inbox.ts'
import { type MemoryInboxOptions, toMemorySettings } from './options.ts'

/**
 * The default inbox: bounded, in this process, drained on `close()`. A crash loses what was acknowledged
 * and not yet handled. Its `accept` answers with a value when its dedupe store does.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { createReceiver, memoryInbox } from '@acuse/core'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const inbox = memoryInbox({ maxDeliveries: 1_000 })
 * createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { inbox })
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  return new MemoryInbox(toMemorySettings(options))
}
