import { memoryInbox } from '@acuse/core'
import { changed } from './changed.ts'
import { type WrongInbox, withHandle } from './wrong-inbox.ts'

/** Faults in handing out. */
export const wrongHandling: readonly WrongInbox[] = [
  {
    fault: 'hands out what nothing handles, and has it completed',
    wrong: (options) => withHandle(memoryInbox(options), { options: { handles: () => ({ except: [] }) } }),
    failsAt: [
      'hands out all types but those that nothing handles',
      'hands out nothing where nothing is handled',
      'hands out only what is handled, and the rest when it is',
      'leaves none out, and lists none twice, while others are handled',
      'says which types wait that nothing handles',
    ],
  },
  {
    fault: 'loses the names of the handlers that completed',
    wrong: (options) => withHandle(memoryInbox(options), { lease: { completed: [] } }),
    failsAt: [
      'redrives one: its attempts begin anew, and what completed does not run again',
      'tries again after the delay that it tells, with the next attempt and what completed',
    ],
  },
  {
    fault: 'counts no attempt',
    wrong: (options) => withHandle(memoryInbox(options), { lease: { attempt: 1 } }),
    failsAt: [
      'dead-letters what used up its attempts, with what went wrong in each',
      'counts a handle that throws as failed',
      'handles one key in order of arrival, one at a time, retries included',
      'redrives one: its attempts begin anew, and what completed does not run again',
      'tries again after the delay that it tells, with the next attempt and what completed',
    ],
  },
  {
    fault: 'tells no handler that its result will not count',
    wrong: (options) => withHandle(memoryInbox(options), { lease: { signal: new AbortController().signal } }),
    failsAt: ['waits no longer than it may for what runs, and tells it that its result will not count'],
  },
  {
    fault: 'tries again sooner than it tells',
    wrong: (options) =>
      withHandle(memoryInbox(options), {
        observe: (observation) =>
          observation.type === 'retried'
            ? { ...observation, delayMs: observation.delayMs + 5_000 }
            : observation,
      }),
    failsAt: ['tries again after the delay that it tells, with the next attempt and what completed'],
  },
  {
    fault: 'ignores how long a retry is to wait',
    wrong: (options) => withHandle(memoryInbox(options), { retry: { minDelayMs: 0, maxDelayMs: 0 } }),
    failsAt: [
      'counts what waits, runs, is delayed and is dead',
      'refuses to consume with options that cannot be used, and then consumes',
    ],
    mayFailAt: ['tells which is delayed, until when, its failure and what completed'],
  },
  {
    fault: 'tries once more than it may',
    wrong: (options) => withHandle(memoryInbox(options), { retry: { attempts: 4 } }),
    failsAt: [
      'dead-letters what used up its attempts, with what went wrong in each',
      'loses nothing by an observer that throws or rejects, and tells it the next all the same',
      'redrives all that match, each once, even those that die again',
      'redrives one: its attempts begin anew, and what completed does not run again',
      'refuses to consume with options that cannot be used, and then consumes',
    ],
  },
  {
    fault: 'hands out one more at once than it may',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        consume: (handle, consuming) =>
          inbox.consume(handle, { ...consuming, concurrency: consuming.concurrency + 1 }),
      })
    },
    failsAt: [
      'hands out as many at once as it may, and no more',
      'refuses to consume with options that cannot be used, and then consumes',
    ],
  },
  {
    fault: 'makes the best of a concurrency that cannot be used',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        consume: (handle, consuming) =>
          inbox.consume(handle, {
            ...consuming,
            concurrency: Math.trunc(Number(consuming.concurrency)) || 1,
          }),
      })
    },
    failsAt: ['refuses to consume with options that cannot be used, and then consumes'],
  },
  {
    fault: 'tells an observer nothing more after it threw',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        consume(handle, consuming) {
          let threw = false
          return inbox.consume(handle, {
            ...consuming,
            observer(observation) {
              if (threw) return
              threw = true
              consuming.observer(observation)
              threw = false
            },
          })
        },
      })
    },
    failsAt: ['loses nothing by an observer that throws or rejects, and tells it the next all the same'],
  },
  {
    fault: 'hands out before it is started',
    wrong(options) {
      const inbox = memoryInbox(options)
      return changed(inbox, {
        consume(handle, consuming) {
          const consumer = inbox.consume(handle, consuming)
          consumer.start()
          return consumer
        },
      })
    },
    failsAt: ['hands out nothing before the start, and then what came before it'],
  },
]
