// Replays a part of an event log, and handles it, in a process of its own, which is killed. STORE is `sqlite:<path>` or the URL
// of a Postgres, TYPE the type that is replayed. Prints `at N` as it goes on, and at its end `over` and the result.
import { appendFileSync } from 'node:fs'
import { loggedInboxOf } from './logged-inbox.ts'

const { STORE = '', TYPE = '', HANDLED_LOG = '' } = process.env
const { inbox } = loggedInboxOf(STORE)
const say = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)

const consumer = inbox.consume(
  async ({ id, type }, { isReplay }) => {
    appendFileSync(HANDLED_LOG, `\n${id} ${type} ${isReplay}\n`)
    return { status: 'done', handlers: 1 }
  },
  {
    endpoint: 'acme',
    handles: () => ({ except: [] }),
    concurrency: 32,
    retry: { crashes: 100 },
    observer: () => {},
  },
)
consumer.start()
say('listening')
const { replayed, complete } = await inbox.replay(
  { type: TYPE },
  { perSecond: 1_000_000, onProgress: (count) => say('at', count) },
)
await consumer.onIdle()
say('over', replayed, complete)
setInterval(() => {}, 60_000)
