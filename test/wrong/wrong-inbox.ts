import type { Inbox, MemoryInboxOptions, Observation, RetryOptions } from '@acuse/core'
import type { ConsumeOptions, Lease } from '@acuse/core/inbox-kit'
import { changed } from './changed.ts'

/** An inbox with one fault, and the cases of the suite that tell it. */
export interface WrongInbox {
  readonly fault: string
  readonly failsAt: readonly string[]
  /** Cases that it passes where it is quick enough. */
  readonly mayFailAt?: readonly string[]
  readonly wrong: (options: MemoryInboxOptions) => Inbox
}

interface Handling {
  readonly options?: Partial<ConsumeOptions>
  readonly retry?: RetryOptions
  readonly lease?: Partial<Lease>
  readonly observe?: (observation: Observation) => Observation
}

/** An inbox whose handlers and observers are told something else. */
export function withHandle(inbox: Inbox, { options, retry, lease, observe }: Handling): Inbox {
  return changed(inbox, {
    consume: (handle, asked) =>
      inbox.consume((delivery, given) => handle(delivery, lease ? changed(given, lease) : given), {
        ...asked,
        ...options,
        retry: { ...asked.retry, ...retry },
        observer: (observation) => asked.observer(observe ? observe(observation) : observation),
      }),
  })
}
