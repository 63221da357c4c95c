import type { EventName } from '@acuse/core'
import { checkTimeoutMs, knownOptions } from '@acuse/core/inbox-kit'
import { type OutboxDeadLetters, toDeadLetters } from './dead-letters.ts'
import { toMessage } from './message.ts'
import { type OutboxOptions, toOutboxSettings } from './options.ts'
import type { OutboxStats } from './store.ts'
import { OutboxWorker } from './worker.ts'

/**
 * An outbox: events are enqueued in the caller's transactions, and delivered as their provider does.
 * @typeParam Rest the arguments of `enqueue` behind the payload: those of the store
 * @typeParam Enqueued the answer of `enqueue`
 */
export interface Outbox<Events extends object, Rest extends readonly unknown[], Enqueued> {
  /** The SQL that makes its table, for who makes it by hand. */
  readonly schema: string
  /** Makes its table where there is none. */
  migrate(): Promise<void>
  /**
   * Writes an event down in the caller's transaction: it is delivered when that is committed, and never when it is rolled
   * back. With `sqliteOutbox`, whatever transaction is open on the connection, and the answer is the message's id; with
   * `postgresOutbox`, that of `{ client }`, and the answer is a promise of it.
   * @param payload an object; it is written down as JSON
   * @throws TypeError when the provider documents no such event, or cannot sign the payload
   */
  enqueue<Name extends EventName<Events>>(event: Name, payload: Events[Name], ...rest: Rest): Enqueued
  /** Begins to deliver, here. A process that only enqueues does without. */
  start(): void
  /** How many messages are in which state. */
  stats(): Promise<OutboxStats>
  /**
   * Resolves when no message waits or is being delivered, retries included, here or elsewhere.
   * @throws Error when the outbox is closed before
   */
  onIdle(): Promise<void>
  /** Messages whose attempts are used up. */
  readonly deadLetters: OutboxDeadLetters
  /**
   * Begins no more attempts, and waits for those that run, at most `timeoutMs` milliseconds (default 10 000, at most a day). What
   * runs longer is aborted, and sent again once its lease is over. The database stays open: it is the caller's.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>
}

/**
 * An outbox that speaks as a provider: it signs with its scheme, and retries by its schedule. At least once: a receiver
 * may get an event twice, under the same signed ids.
 * @throws TypeError when the provider cannot send, or an option cannot be used
 * @example
 * import { standardWebhooks } from '@acuse/providers/standard-webhooks'
 * import { createOutbox, sqliteOutbox } from '@acuse/sender/outbox'
 *
 * const secret = process.env['WEBHOOK_SECRET'] as string
 * const acme = (key: string) => standardWebhooks({ secret: key, name: 'acme' })
 * const store = sqliteOutbox('shop.db')
 * const outbox = createOutbox({ provider: acme, secret, url: 'https://example.com/hooks', store })
 * const { connection } = store
 * connection.exec('BEGIN')
 * connection.prepare('INSERT INTO orders (id) VALUES (?)').run('o-1')
 * outbox.enqueue('order.paid', { type: 'order.paid', data: { id: 'o-1' } })
 * connection.exec('COMMIT')
 * outbox.start()
 */
export function createOutbox<Events extends object, Secret, Rest extends readonly unknown[], Enqueued>(
  options: OutboxOptions<Events, Secret, Rest, Enqueued>,
): Outbox<Events, Rest, Enqueued> {
  const settings = toOutboxSettings(options)
  const { store } = options
  const { name, way } = settings
  const worker = new OutboxWorker(store, settings)
  const now = () => way.clock.now()
  return {
    schema: store.schema,
    migrate: () => store.migrate(),
    enqueue(event, payload, ...rest) {
      const enqueued = store.insert(toMessage(settings, event, payload, store.optionsOf(rest)), rest)
      // A transaction of SQLite is mostly over when its caller's turn is.
      setImmediate(() => worker.wake())
      return enqueued
    },
    start: () => worker.start(),
    stats: () => store.stats(name, now()),
    onIdle: () => worker.onIdle(),
    deadLetters: toDeadLetters(store, { name, now, onResent: () => worker.wake() }),
    async close(given = {}) {
      knownOptions('close options', given, ['timeoutMs'])
      await worker.close(checkTimeoutMs(given.timeoutMs ?? 10_000))
    },
  }
}
