// The least that a store must do, written by hand on its library.
import { Queue, Worker } from 'bullmq'
import Database from 'libsql'

/** A queue without us. */
export interface BareWorker {
  add(bodies: readonly string[]): Promise<void>
  /** Seconds until so many are handled. */
  consume(count: number, concurrency: number, handler: () => unknown): Promise<number>
}

const chunk = 500

/** BullMQ's own worker; completed jobs are removed, which is its quickest. */
export function bareBullmq(url: string, name: string): BareWorker {
  const { hostname: host, port } = new URL(url)
  const connection = { host, port: Number(port), maxRetriesPerRequest: null }
  const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true } })
  return {
    async add(bodies) {
      for (let from = 0; from < bodies.length; from += chunk) {
        await queue.addBulk(
          bodies.slice(from, from + chunk).map((body) => ({ name: 'event', data: { body } })),
        )
      }
    },
    async consume(count, concurrency, handler) {
      let completed = 0
      const start = performance.now()
      const worker = new Worker(name, async () => await handler(), { connection, concurrency })
      worker.on('error', () => {})
      await new Promise<void>((resolve) => {
        worker.on('completed', () => {
          if (++completed === count) resolve()
        })
      })
      const seconds = (performance.now() - start) / 1e3
      await worker.close()
      await queue.close()
      return seconds
    },
  }
}

/** A table that is written to disk before each answer. */
export interface BareAppend {
  add(id: string, body: Uint8Array): Promise<void>
  close(): void
}

/**
 * One insert for each, and one commit for all that came within a turn of the event loop: group commit by hand. libsql is
 * better-sqlite3's interface without an install script.
 */
export function bareAppend(file: string): BareAppend {
  const database = new Database(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE events (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID')
  const insert = database.prepare('INSERT INTO events (id, body) VALUES (?, ?)')
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  let waiting: { id: string; body: Uint8Array; done: () => void }[] = []
  function flush(): void {
    const batch = waiting
    waiting = []
    begin.run()
    for (const { id, body } of batch) insert.run(id, body)
    commit.run()
    for (const { done } of batch) done()
  }
  return {
    add: (id, body) =>
      new Promise((done) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({ id, body, done })
      }),
    close: () => database.close(),
  }
}
