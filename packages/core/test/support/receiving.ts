import { type Inbox, memoryInbox } from '../../src/index.ts'

/** The memory inbox with another `accept`. */
export function inboxThat(accept: Inbox['accept']): Inbox {
  return Object.assign(Object.create(memoryInbox({ maxIdempotencyKeys: 10 })), {
    accept,
    consume: () => ({ start: () => {}, onIdle: async () => {}, close: async () => {} }),
    close: async () => {},
  })
}
