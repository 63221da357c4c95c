import { memoryInbox, type Provider, type Secrets } from '@acuse/core'
import type { ProviderSubject } from '@acuse/core/testing'
import { changed } from './changed.ts'
import { changedProvider, rightProvider } from './right-provider.ts'

/** A provider with one fault, and the cases that tell it. */
export interface WrongProvider {
  /** As in «fails one that …». */
  readonly fault: string
  readonly wrong: (secret: Secrets) => Provider<object>
  readonly inbox?: ProviderSubject<string>['inbox']
  readonly failsAt: readonly string[]
}

/** Faults in what a provider reads. */
export const wrongReadings: readonly WrongProvider[] = [
  {
    fault: 'names an event otherwise than its documents',
    wrong: changedProvider(() => ({
      eventRules: [{ type: [{ text: 'order' }, { body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    })),
    failsAt: ['runs each of its samples once, as the event that it is named for'],
  },
  {
    fault: 'takes what an event is about for its id',
    wrong: changedProvider(() => ({
      eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'user' }] }],
    })),
    failsAt: [
      'runs an event once that stands twice in a batch',
      'runs the others of a batch once when one fails',
      'takes two events of one name for two',
    ],
  },
  {
    fault: 'takes the time of an attempt into the key',
    wrong: changedProvider(() => ({
      eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }, { header: 'x-time' }] }],
    })),
    failsAt: ['takes a retry of its sender for a duplicate, up to the last'],
  },
  {
    fault: 'compares a counter of attempts',
    wrong: changedProvider(() => ({ volatile: ['attempts'] })),
    failsAt: [
      'takes a copy whose volatile fields say something else for a duplicate',
      'takes a retry of its sender for a duplicate, up to the last',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'takes a counter of attempts into the key',
    wrong: changedProvider(() => ({
      eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }, { body: 'attempt' }] }],
    })),
    failsAt: [
      'takes a copy whose volatile fields say something else for a duplicate',
      'takes a retry of its sender for a duplicate, up to the last',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'checks no time, though one is signed',
    wrong: changedProvider(() => ({ time: undefined as never })),
    failsAt: ['takes what was signed at the bounds of the tolerance, and refuses what was signed beyond'],
  },
  {
    fault: 'fails at a payload without what it expects',
    wrong: changedProvider(() => ({
      tenantOf: ({ events }) =>
        (events as { readonly user: string }[] | undefined)?.[0]?.user.replace(/.*/, 'default'),
    })),
    failsAt: [
      'answers an authentic body that it cannot read, and fails at none',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'makes a new id for each event of a batch',
    wrong: changedProvider(() => ({
      eventRules: undefined as never,
      envelope: ({ type }) => ({ type: String(type), idempotencyKey: [crypto.randomUUID()] }),
    })),
    failsAt: [
      'runs a captured request once, whatever is said where nobody signs',
      'runs an event once that stands twice in a batch',
      'runs no more of it when the invented ones come first',
      'runs the others of a batch once when one fails',
      'takes a copy whose volatile fields say something else for a duplicate',
      'takes a retry of its sender for a duplicate, up to the last',
      'takes what either of two keys has proven, an event of both once',
    ],
  },
  {
    fault: 'hands the events of a batch on only where none fails',
    wrong: rightProvider,
    inbox: (clock) => {
      const inbox = memoryInbox({ clock, maxIdempotencyKeys: 1_000 })
      return changed(inbox, {
        consume(handle, options) {
          let hasFailed = false
          return inbox.consume(
            async (delivery, lease) => {
              const result = hasFailed
                ? ({ status: 'failed', failures: [] } as never)
                : await handle(delivery, lease)
              hasFailed ||= result.status === 'failed'
              return result
            },
            { ...options, concurrency: 1 },
          )
        },
      })
    },
    failsAt: ['runs the others of a batch once when one fails'],
  },
  {
    fault: 'answers a handshake as another one',
    wrong: changedProvider(({ handshakes = [] }) => ({
      handshakes: [{ method: 'GET', proof: 'none', answer: {} }, ...handshakes],
    })),
    failsAt: [
      'answers each handshake as it says, and keeps nothing of it',
      'answers no handshake with another token, or by another key',
    ],
  },
]
