import { type DeadLetterFilter, memoryInbox } from '@acuse/core'
import { changed } from './changed.ts'
import type { WrongInbox } from './wrong-inbox.ts'

const stopping = 'tells how far a redrive or a discard is, and stops it when it is told to'

/** Faults in dead letters and in closing. */
export const wrongEnds: readonly WrongInbox[] = [
  {
    fault: 'takes filters that it does not know, and undefined for everything',
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deadLetters } = inbox
      return changed(inbox, {
        deadLetters: changed(deadLetters, {
          redrive: (which, ...rest) => deadLetters.redrive(lax(which), ...rest),
          discard: (which, ...rest) => deadLetters.discard(lax(which), ...rest),
        }),
      })
    },
    failsAt: ['changes nothing for a filter that is empty, misspelt or undefined'],
  },
  {
    fault: 'discards on redrive',
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deadLetters } = inbox
      return changed(inbox, {
        deadLetters: changed(deadLetters, { redrive: (which) => deadLetters.discard(which) }),
      })
    },
    failsAt: [
      'a stale one claims its idempotency key when it is redriven',
      'a stale one is dropped when its idempotency key was accepted before it was redriven',
      'hands out the copy of another body under an id of its own',
      'redrives a copy of another body as a delivery of its own',
      'redrives all that match, each once, even those that die again',
      'redrives at a rate',
      stopping,
      'redrives one: its attempts begin anew, and what completed does not run again',
    ],
  },
  {
    fault: 'redrives as fast as it can, whatever the rate',
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deadLetters } = inbox
      return changed(inbox, {
        deadLetters: changed(deadLetters, {
          redrive: (which, options = {}) =>
            deadLetters.redrive(which, { ...options, perSecond: 1_000 * (options.perSecond ?? 1_000) }),
        }),
      })
    },
    failsAt: ['redrives at a rate'],
  },
  {
    fault: 'tells nobody how far a redrive is',
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deadLetters } = inbox
      return changed(inbox, {
        deadLetters: changed(deadLetters, {
          redrive: (which, { onProgress: _, ...rest } = {}) => deadLetters.redrive(which, rest),
        }),
      })
    },
    failsAt: [stopping],
  },
  {
    fault: 'goes on with a discard that is stopped',
    wrong(options) {
      const inbox = memoryInbox(options)
      const { deadLetters } = inbox
      return changed(inbox, {
        deadLetters: changed(deadLetters, {
          discard: (which, { signal: _, ...rest } = {}) => deadLetters.discard(which, rest),
        }),
      })
    },
    failsAt: [stopping],
  },
  {
    fault: 'has closed while handlers run',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        close: (closing) => Promise.race([inbox.close(closing), Promise.resolve()]),
      })
    },
    failsAt: [
      'closes once however often it is told to, and each call waits for what runs',
      'waits for what runs when it is closed, and takes nothing meanwhile and after',
    ],
  },
  {
    fault: 'accepts when it is closed',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        async accept(delivery, accepting) {
          try {
            return await inbox.accept(delivery, accepting)
          } catch {
            return 'accepted'
          }
        },
      })
    },
    failsAt: ['waits for what runs when it is closed, and takes nothing meanwhile and after'],
  },
]

/** What somebody makes of a filter who looks for what he knows. */
function lax(which: string | DeadLetterFilter): DeadLetterFilter | string {
  if (typeof which === 'string') return which
  const known = Object.entries(which ?? {}).filter(
    ([name, value]) => ['endpoint', 'provider', 'type'].includes(name) && typeof value === 'string',
  )
  return known.length > 0 ? Object.fromEntries(known) : { all: true }
}
