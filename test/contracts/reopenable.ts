import type { Inbox } from '@acuse/core'
import type { InboxSubject } from '@acuse/core/testing'

/** An inbox that outlives its instances; all of them are closed in the end. */
export function reopenable(
  open: () => Inbox,
  bounded: (maxDeliveries: number) => Inbox,
  remove: () => void = () => {},
): InboxSubject {
  const opened: Inbox[] = []
  function reopen(): Inbox {
    const inbox = open()
    opened.push(inbox)
    return inbox
  }
  return {
    inbox: reopen(),
    reopen,
    bounded,
    async dispose() {
      for (const inbox of opened) await inbox.close({ timeoutMs: 100 })
      remove()
    },
  }
}
