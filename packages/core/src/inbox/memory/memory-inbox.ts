import type { Inbox } from '../inbox.ts'
import { MemoryInbox } from './inbox.ts'
import { type MemoryInboxOptions, toMemorySettings } from './options.ts'

/**
 * The default inbox: bounded, in this process, drained on `close()`. A crash loses what was acknowledged
 * and not yet handled. Its `accept` answers with a value when its dedupe store does.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  return new MemoryInbox(toMemorySettings(options))
}
