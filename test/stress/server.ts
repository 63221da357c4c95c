// A receiver in a process of its own: `server.ts HOST`. Tells its parent its figures.
import { hardenServer, type Inbox, memoryInbox, type Observation } from '@acuse/core'
import { type HostName, startHost } from '../adapters/hosts.ts'
import { answerParent } from './child.ts'

const memory = memoryInbox()
let acceptCalls = 0
const rejections: Record<string, number> = {}

const inbox: Inbox = {
  durability: memory.durability,
  ordered: memory.ordered,
  retentionMs: memory.retentionMs,
  deadLetters: memory.deadLetters,
  accept(delivery, options) {
    acceptCalls++
    return memory.accept(delivery, options)
  },
  deadLetter: (delivery, reason) => memory.deadLetter(delivery, reason),
  consume: (handle, options) => memory.consume(handle, options),
  stats: () => memory.stats(),
  close: (options) => memory.close(options),
}

/** Counts instead of keeping: a list of observations would be the growth that is looked for. */
function count(observation: Observation): void {
  if (observation.type === 'rejected') rejections[observation.code] = (rejections[observation.code] ?? 0) + 1
}

const answers = {
  rss: () => process.memoryUsage.rss(),
  /** The memory that is left when all garbage is collected. */
  liveHeap: () => {
    if (!globalThis.gc) throw new Error('It needs --expose-gc')
    globalThis.gc()
    return process.memoryUsage().heapUsed
  },
  figures: () => {
    const { rss, heapUsed } = process.memoryUsage()
    return { rss, heapUsed, acceptCalls, rejections }
  },
}

/** The server's report of itself. */
export type ServerAnswers = typeof answers

const host = await startHost(
  process.argv[2] as HostName,
  { inbox, observer: count },
  { prepare: hardenServer },
)
answerParent(answers)
console.log(`listening on http://127.0.0.1:${host.port}`)
