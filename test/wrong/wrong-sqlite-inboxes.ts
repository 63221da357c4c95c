import type { Delivery, Inbox } from '@acuse/core'
import { type SqliteInboxOptions, sqliteInbox } from '@acuse/sqlite'
import { loadDriver } from '../../packages/sqlite/src/driver.ts'
import { changed } from './changed.ts'
import { committingLate, openWith, rewriting } from './wrong-driver.ts'

/** An inbox over SQLite with one fault, and the cases of the suite that tell it. */
export interface WrongSqliteInbox {
  readonly fault: string
  readonly failsAt: readonly string[]
  readonly wrong: (path: string, options: SqliteInboxOptions) => Inbox
}

const again = 'hands out again what a crashed instance was handling, its attempt counted'
const often = 'makes a dead letter of what crashed as often as it may'
const most = 'hands out no delivery more often than it may be, whether it crashed or failed'
const alone = 'runs alone, and nothing beside it, what may crash but once more'
const late = 'takes no late result of an instance whose lease ran out'
const head = 'hands out what crashed before what is behind it in its key'
const takes = 'takes what a crashed instance held, and nothing that one that lives renews'
const forward = `${takes}, while the clock is set forward again and again`
const back = `${takes}, while the clock is set back again and again`

export const wrongSqliteInboxes: readonly WrongSqliteInbox[] = [
  {
    fault: 'takes a late result from whoever had the lease once',
    wrong: openWith(
      rewriting([
        [
          "failures = NULL WHERE seq = ? AND token = ? AND state = 'leased'",
          "failures = NULL WHERE seq = ? AND ? IS NOT NULL AND state = 'leased'",
        ],
      ]),
    ),
    failsAt: [late],
  },
  {
    fault: 'acknowledges before it commits',
    wrong: openWith(committingLate),
    failsAt: ['answers accepted when another instance has it, not before'],
  },
  {
    fault: 'renews no lease',
    wrong: openWith(rewriting([['SET due_at = ? WHERE seq', 'SET due_at = due_at + 0 * ? WHERE seq']])),
    failsAt: [takes, back, forward],
  },
  {
    fault: 'tells by the wall clock alone whose lease ran out',
    wrong: openWith(
      rewriting([
        ['SELECT seq, token, due_at, lease_ms FROM', 'SELECT seq, token, due_at, 0 AS lease_ms FROM'],
        ['(due_at <= ? + lease_ms / 2 OR due_at > ? + lease_ms)', 'due_at <= ? AND ? IS NOT NULL'],
      ]),
    ),
    failsAt: [back, forward],
  },
  {
    fault: 'takes back no lease of another instance',
    wrong: openWith(
      rewriting([['(due_at <= ? + lease_ms / 2 OR due_at > ? + lease_ms)', '(? + ?) IS NULL']]),
    ),
    failsAt: [again, often, most, alone, late, head, takes, back, forward],
  },
  {
    fault: 'counts no attempt that crashed',
    wrong: openWith(
      rewriting([
        [
          "SET state = 'waiting', at_once = ?, attempt = ?, crashes = ?,",
          "SET state = 'waiting', at_once = ?1, attempt = ?2 - (?3 > crashes), crashes = ?3,",
        ],
      ]),
    ),
    failsAt: [again, often, most],
  },
  {
    fault: 'forgets how often a delivery crashed',
    wrong: openWith(rewriting([['attempt = ?, crashes = ?,', 'attempt = ?, crashes = 0 * ?,']])),
    failsAt: [often],
  },
  {
    fault: 'runs beside others what may crash but once more',
    wrong: openWith(
      rewriting([["SET state = 'waiting', at_once = ?,", "SET state = 'waiting', at_once = ? + 3,"]]),
    ),
    failsAt: [alone],
  },
  {
    fault: 'keeps the order of a key for what it accepted itself, and for no other instance',
    wrong(path, options) {
      const own = `.${crypto.randomUUID()}`
      const inbox = sqliteInbox(path, options)
      const asSent = (one: Delivery) => ({ ...one, orderingKey: one.orderingKey?.slice(0, -own.length) })
      return changed(inbox, {
        accept: (one, accepting) =>
          inbox.accept({ ...one, orderingKey: one.orderingKey && one.orderingKey + own }, accepting),
        consume: (handle, consuming) => inbox.consume((one, lease) => handle(asSent(one), lease), consuming),
        deadLetters: changed(inbox.deadLetters, {
          async get(id) {
            const letter = await inbox.deadLetters.get(id)
            return letter && { ...letter, delivery: asSent(letter.delivery) }
          },
        }),
      })
    },
    failsAt: [
      'handles one key in order of arrival, one at a time, whichever instances accept and handle it',
      head,
    ],
  },
  {
    fault: 'finds due by the wall clock alone',
    wrong: openWith(rewriting([['AND due_at > ? + lease_ms LIMIT 1', 'AND due_at > ? + lease_ms LIMIT 0']])),
    failsAt: ['finds due what it delayed, and hands out once what runs, when the clock is set back by a day'],
  },
  {
    fault: 'forgets what it handled when it is opened again',
    wrong(path, options) {
      const inbox = sqliteInbox(path, options)
      const database = loadDriver()(path)
      database.exec("PRAGMA busy_timeout = 2000; DELETE FROM deliveries WHERE state = 'done'")
      database.close(true)
      return inbox
    },
    failsAt: ['hands out what was accepted and not handled, and remembers the rest'],
  },
  {
    fault: 'forgets which handlers completed',
    wrong: openWith(
      rewriting([
        [
          'at_once = NULL, due_at = ?, lease_ms = ?, completed = ?,',
          'at_once = NULL, due_at = ?, lease_ms = ?, completed = nullif(?3, ?3),',
        ],
      ]),
    ),
    failsAt: ['remembers attempts, and which handlers completed'],
  },
]
