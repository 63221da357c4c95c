import type { Inbox } from './inbox.ts'

/**
 * Checks that the option is an inbox.
 * @throws TypeError that names the option when it is not
 */
export function checkInbox(name: string, inbox: Inbox): Inbox {
  if (typeof inbox?.accept === 'function' && typeof inbox.consume === 'function') return inbox
  throw new TypeError(`${name} must be an Inbox, such as memoryInbox()`)
}
