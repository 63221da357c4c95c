import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DeadLetterSummary,
  type Inbox,
  lruDedupe,
  type MemoryInboxOptions,
  memoryInbox,
} from '@acuse/core'
import { changed } from './changed.ts'
import type { WrongInbox } from './wrong-inbox.ts'

const copies = 'accepts exactly one of 50 copies at once, and hands it out once'
const tellsAccepting = 'tells the observer of the accept of a conflict where nothing is handed out'
const keeps = 'keeps the bytes, the headers, the times and the key of a delivery'
const gives = 'gives a dead letter with its bytes and headers'
const shows = 'gives one that waits with its bytes and headers'

/** The default would take ten megabytes for each inbox. */
export const maxIdempotencyKeys = 1_000

/** Faults in what is accepted, on a memory inbox. */
export const wrongAccepts: readonly WrongInbox[] = [
  {
    fault: 'accepts every copy of those that come at once',
    wrong(options) {
      const lru = lruDedupe({ maxEntries: 1_000 })
      return memoryInbox({
        maxDeliveries: options.maxDeliveries ?? 1_000,
        dedupe: {
          ...lru,
          claim(key, claiming) {
            const claim = lru.claim(key, claiming)
            return claim.status === 'in-flight' ? { status: 'claimed', token: 'twin' } : claim
          },
          async commit(key, token, committing) {
            await sleep(1)
            return token === 'twin' || lru.commit(key, token, committing)
          },
        },
      })
    },
    failsAt: [copies],
  },
  {
    fault: 'takes another body for a copy',
    wrong(options) {
      const inbox = memoryInbox(options)
      const hashes = new Map<string, string>()
      return changed(inbox, {
        accept(delivery, accepting) {
          const bodyHash = hashes.get(delivery.id) ?? delivery.bodyHash
          hashes.set(delivery.id, bodyHash)
          return inbox.accept({ ...delivery, bodyHash }, accepting)
        },
      })
    },
    failsAt: [
      tellsAccepting,
      'keeps no copy of a conflict where it is told so, handled or not',
      'says of a conflict what it is told, and else that it is another body',
      'accepts one of two bodies of one idempotency key that come at once, in either order',
      'answers conflict to another body of one idempotency key, and keeps it as a dead letter, once',
      'compares the first 9 bytes of a body hash at least, while it waits and when it is handled',
      'hands out the copy of another body under an id of its own',
      'redrives a copy of another body as a delivery of its own',
      'tells copies and other bodies of what it has when it is full',
      'tells its observer of a conflict',
    ],
  },
  {
    fault: 'compares the end of a body hash',
    wrong(options) {
      const inbox = memoryInbox(options)
      const hashes = new Map<string, string>()
      return changed(inbox, {
        accept(delivery, accepting) {
          const known = hashes.get(delivery.id) ?? delivery.bodyHash
          hashes.set(delivery.id, known)
          const bodyHash = known.slice(-5) === delivery.bodyHash.slice(-5) ? known : delivery.bodyHash
          return inbox.accept({ ...delivery, bodyHash }, accepting)
        },
      })
    },
    failsAt: ['compares the first 9 bytes of a body hash at least, while it waits and when it is handled'],
  },
  {
    fault: 'forgets every idempotency key after the shortest time that was asked',
    wrong(options) {
      const inbox = memoryInbox(options)
      let shortestMs = Number.POSITIVE_INFINITY
      return changed(inbox, {
        accept(delivery, { minRetentionMs }) {
          shortestMs = Math.min(shortestMs, minRetentionMs)
          return inbox.accept(delivery, { minRetentionMs: shortestMs })
        },
      })
    },
    failsAt: [
      tellsAccepting,
      'remembers an idempotency key for as long as was asked, whatever was asked for others',
      'keeps no copy of a conflict where it is told so, handled or not',
      'says of a conflict what it is told, and else that it is another body',
    ],
  },
  {
    fault: 'forgets no idempotency key',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        accept: (delivery) => inbox.accept(delivery, { minRetentionMs: 86_400_000 }),
      })
    },
    failsAt: [
      tellsAccepting,
      'keeps no copy of a conflict where it is told so, handled or not',
      'says of a conflict what it is told, and else that it is another body',
      'forgets an idempotency key some time after its retention',
      'remembers an idempotency key for as long as was asked, whatever was asked for others',
    ],
  },
  {
    fault: 'is never full',
    wrong: () => memoryInbox({ maxIdempotencyKeys }),
    failsAt: [
      'is full at its bound, and takes more when there is room again',
      'remembers nothing of what it refused as full',
    ],
  },
  {
    fault: 'refuses copies when it is full',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        async accept(delivery, accepting) {
          const { waiting, leased } = await inbox.stats()
          return waiting + leased === options.maxDeliveries ? 'full' : await inbox.accept(delivery, accepting)
        },
      })
    },
    failsAt: ['tells copies and other bodies of what it has when it is full'],
  },
  {
    fault: 'says duplicate of what it was asked before, without looking whether it was kept',
    wrong(options) {
      const inbox = memoryInbox(options)
      const asked = new Set<string>()
      return changed(inbox, {
        async accept(delivery, accepting) {
          const key = `${delivery.id} ${delivery.bodyHash}`
          const result = await inbox.accept(delivery, accepting)
          if (result !== 'full' || !asked.has(key)) {
            asked.add(key)
            return result
          }
          return 'duplicate'
        },
      })
    },
    failsAt: ['remembers nothing of what it refused as full'],
  },
  {
    fault: 'loses the headers',
    wrong: (options) => accepting(options, (delivery) => ({ ...delivery, headers: {} })),
    failsAt: [
      gives,
      shows,
      keeps,
      'tells its observer of what is handled, of its request, and what was measured of the attempt',
    ],
  },
  {
    fault: 'keeps the body as text',
    wrong: (options) =>
      accepting(options, (delivery) => ({
        ...delivery,
        body: Buffer.from(Buffer.from(delivery.body).toString()),
      })),
    failsAt: [gives, shows, keeps],
  },
  {
    fault: 'loses the ordering key',
    wrong: (options) => accepting(options, (delivery) => ({ ...delivery, orderingKey: undefined })),
    failsAt: [
      gives,
      'handles one key in order of arrival, one at a time, retries included',
      keeps,
      'lets no key wait for another, and a dead letter hold up none',
      'lists those that match: endpoint, provider, type, ordering key, state and when they were received',
      'shows as waiting what is behind another of its key',
      shows,
    ],
  },
  {
    fault: 'takes what was reconciled for signed',
    wrong: (options) => accepting(options, (delivery) => ({ ...delivery, trust: 'signed' })),
    failsAt: ['keeps whether a delivery was signed or reconciled, and gives it with a dead letter'],
  },
  {
    fault: 'repeats the last letter of a full page on the next one',
    wrong: (options) => repeatingPages(options),
    failsAt: [
      'lists dead letters, oldest first, by page',
      'lists each of many that died at the same time, on one page only',
    ],
  },
  {
    fault: 'keeps nothing that is stale',
    wrong: (options) => changed(memoryInbox(options), { deadLetter() {} }),
    failsAt: [
      'a stale one claims its idempotency key when it is redriven',
      'a stale one is dropped when its idempotency key was accepted before it was redriven',
      'dead-letters what is stale without claiming its idempotency key, once',
      'lists dead letters, oldest first, by page',
      'lists each of many that died at the same time, on one page only',
      'lists those that match: provider, type, reason and when they died',
      'waits for what runs when it is closed, and takes nothing meanwhile and after',
    ],
  },
]

function repeatingPages(options: MemoryInboxOptions): Inbox {
  const inbox = memoryInbox(options)
  const { deadLetters } = inbox
  let last: DeadLetterSummary | undefined
  const list: Inbox['deadLetters']['list'] = async (query) => {
    const { letters, next } = await deadLetters.list(query)
    const again = query?.after !== undefined && last ? [last] : []
    last = letters.at(-1)
    return { letters: [...again, ...letters], next }
  }
  return changed(inbox, { deadLetters: changed(deadLetters, { list }) })
}

function accepting(
  options: MemoryInboxOptions,
  change: (delivery: Parameters<Inbox['accept']>[0]) => Parameters<Inbox['accept']>[0],
): Inbox {
  const inbox = memoryInbox(options)
  return changed(inbox, { accept: (delivery, ...rest) => inbox.accept(change(delivery), ...rest) })
}
