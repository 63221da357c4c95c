import { realpathSync, renameSync, statSync } from 'node:fs'
import type { Observation } from '@acuse/core'
import type { Handle } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type SqliteInboxOptions, sqliteInbox } from '../src/index.ts'
import { UserConnection } from '../src/user-connection.ts'
import { accepting, consume, done } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { startTransactions } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'
import { connect, effectsOf, makeEffects, order, receiver } from './support/transactions.ts'

/** An inbox in whose file the program has a table of its own, and a receiver. */
function bench(options: SqliteInboxOptions = {}, path = tempFile()) {
  const connection = connect(path)
  const inbox = sqliteInbox(path, { connection, pollMs: 10, ...options })
  makeEffects(connection)
  const observations: Observation[] = []
  const webhooks = receiver({ inbox, observer: (one) => void observations.push(one) })
  onTestFinished(async () => {
    await webhooks.close({ timeoutMs: 100 })
    await inbox.close({ timeoutMs: 100 })
    connection.close()
  })
  const errors = () => observations.flatMap((one) => (one.type === 'retried' ? [String(one.error)] : []))
  return { path, connection, inbox, webhooks, observations, errors, effects: () => effectsOf(connection) }
}

/** Makes the file: a connection of the program's own comes after it. */
function sqliteInboxOnce(path: string): void {
  void sqliteInbox(path).close()
}

const insert = 'INSERT INTO effects VALUES (?)'

describe('a handler with a transaction in the file of its inbox', () => {
  it('has its effect once, whatever another handler of the event does', async () => {
    const { webhooks, effects } = bench()
    let ran = 0
    webhooks.on('order.paid', async ({ payload }, { transaction }) => {
      ran++
      const database = await transaction<'sqlite'>()
      database.prepare(insert).run(payload.id)
    })
    let failures = 3
    webhooks.on('*', () => {
      if (failures-- > 0) throw new Error('no')
    })
    await webhooks.receive(order('a'))
    await webhooks.onIdle()
    expect([ran, effects()]).toEqual([1, ['a']])
  })

  it('that fails has no effect, and its next attempt has', async () => {
    const { webhooks, effects } = bench()
    const seen: string[][] = []
    webhooks.on('order.paid', async ({ payload }, { transaction, attempt }) => {
      const database = await transaction<'sqlite'>()
      expect(await transaction<'sqlite'>()).toBe(database)
      seen.push(effects())
      database.prepare(insert).run(payload.id)
      if (attempt < 3) throw new Error('no')
    })
    await webhooks.receive(order('a'))
    await webhooks.onIdle()
    expect([seen, effects()]).toEqual([[[], [], []], ['a']])
  })

  it('waits for its turn, so that handlers that run together do not meet', async () => {
    const { webhooks, effects, errors } = bench()
    webhooks.on('order.paid', async ({ payload }, { transaction }) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      const database = await transaction<'sqlite'>()
      await Promise.resolve()
      database.prepare(insert).run(payload.id)
    })
    const ids = Array.from({ length: 50 }, (_, at) => `o-${at + 10}`)
    await Promise.all(ids.map((id) => webhooks.receive(order(id))))
    await webhooks.onIdle()
    expect([effects(), errors()]).toEqual([ids, []])
  })

  it('that waits while it is open is rolled back and told why, and nothing it does later is written', async () => {
    const { webhooks, effects, errors } = bench()
    const later: string[] = []
    webhooks.on('order.paid', async ({ payload }, { transaction, attempt }) => {
      const database = await transaction<'sqlite'>()
      const statement = database.prepare(insert)
      statement.run(payload.id)
      if (attempt > 1) return
      await new Promise((resolve) => setTimeout(resolve, 5))
      for (const use of [
        () => statement.run('late'),
        () => database.exec("INSERT INTO effects VALUES ('late')"),
      ]) {
        try {
          use()
        } catch (error) {
          later.push(String(error))
        }
      }
    })
    await webhooks.receive(order('a'))
    await webhooks.onIdle()
    expect(effects()).toEqual(['a'])
    expect(later).toEqual(Array(2).fill(expect.stringContaining('then await nothing')))
    expect(errors()).toEqual([expect.stringContaining('then await nothing')])
  })

  it.each(['COMMIT', 'ROLLBACK', 'ROLLBACK; BEGIN'])(
    'that ends it by itself (%s) has failed',
    async (sql) => {
      const { webhooks, errors, effects } = bench()
      webhooks.on('order.paid', async ({ payload }, { transaction, attempt }) => {
        const database = await transaction<'sqlite'>()
        if (attempt === 1) database.exec(sql)
        else database.prepare(insert).run(payload.id)
      })
      await webhooks.receive(order('a'))
      await webhooks.onIdle()
      expect(errors()).toEqual([expect.stringContaining('could not be committed')])
      expect(effects()).toEqual(['a'])
    },
  )

  it('whose lease is lost has no effect', async () => {
    const { webhooks, connection, errors, effects } = bench()
    const other = 'UPDATE deliveries SET token = token + 1'
    webhooks.on('order.paid', async ({ payload }, { transaction }) => {
      connection.exec(other)
      const database = await transaction<'sqlite'>()
      database.prepare(insert).run(payload.id)
    })
    await webhooks.receive(order('a'))
    await webhooks.receive(order('b'))
    await webhooks.close({ timeoutMs: 500 })
    expect([errors(), effects()]).toEqual([[], []])
  })

  it('has none without a connection, and is told so', async () => {
    const inbox = sqliteInbox(tempFile())
    const webhooks = receiver({ inbox })
    onTestFinished(() => inbox.close())
    const told: unknown[] = []
    webhooks.on('order.paid', (_, { transaction }) => {
      try {
        transaction<'sqlite'>()
      } catch (error) {
        told.push(error)
      }
    })
    await webhooks.receive(order('a'))
    await webhooks.onIdle()
    expect(told).toEqual([expect.any(TypeError)])
  })
})

describe('the connection of an inbox', () => {
  it('may be there before the file, which is readable for its user only all the same', () => {
    const { path } = bench()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it.each(['', '-wal', '-shm'])('commits nothing once the file (%s) at its path is another one', (suffix) => {
    const { path, connection } = bench()
    const checked = new UserConnection(connection, realpathSync(path))
    expect(() => checked.check()).not.toThrow()
    renameSync(path + suffix, `${path}.gone`)
    expect(() => checked.check()).toThrow('start the process again')
    renameSync(`${path}.gone`, path + suffix)
  })

  it.each([
    ['another file', (connection: object) => connection],
    ['nothing that a driver opens', () => ({})],
  ])('with %s is refused, and the inbox is closed again', (_, change) => {
    const [path, other] = [tempFile(), tempFile()]
    const connection = connect(other)
    onTestFinished(() => connection.close())
    const open = () => sqliteInbox(path, { connection: change(connection) as never })
    expect(open).toThrow(TypeError)
    expect(open).toThrow(/connection (has '.*' open, not|must be an open connection)/)
  })

  it('may have tables of its own in the file, which a backup holds too, and the inbox opens again', async () => {
    const { path, webhooks, inbox, connection, effects } = bench()
    webhooks.on('order.paid', async ({ payload }, { transaction }) => {
      const database = await transaction<'sqlite'>()
      database.prepare(insert).run(payload.id)
    })
    connection.exec('CREATE TABLE gone (x); INSERT INTO gone VALUES (1); DROP TABLE gone')
    for (let at = 0; at < 30; at++) await webhooks.receive(order(`o-${at}`))
    await webhooks.onIdle()
    await inbox.backup(`${path}.copy`)
    const again = sqliteInbox(`${path}.copy`)
    await again.close()
    const copy = connect(`${path}.copy`)
    expect(effectsOf(copy)).toEqual(effects())
    expect(effects()).toHaveLength(30)
    copy.close()
  })
})

describe('a completion that nobody heard of', () => {
  it('is known to the next attempt, beside those that were reported', async () => {
    const { inbox, connection } = bench()
    const seen: (readonly string[])[] = []
    const handle: Handle = async (_, { completed, transaction }) => {
      seen.push(completed)
      if (completed.length > 0) return done
      for (const name of ['a', '\uFDD0"\0']) {
        const begun = transaction?.()
        await begun?.begin()
        expect(await begun?.commit(name)).toBe(true)
      }
      return { status: 'failed', error: new Error('no'), completed: ['b'] }
    }
    const { consumer } = consume(inbox, handle, { endpoint: 'other' })
    await inbox.accept(delivery('one', { endpoint: 'other' }), accepting)
    await consumer.onIdle()
    expect(seen).toEqual([[], ['a', '\uFDD0"\0', 'b']])
    expect(effectsOf(connection)).toEqual([])
  })
})

describe('processes that are killed at any moment', () => {
  it('leave each event exactly one effect', async () => {
    const path = tempFile()
    sqliteInboxOnce(path)
    const connection = connect(path)
    makeEffects(connection)
    // Nothing is handled here: it only accepts.
    const inbox = sqliteInbox(path)
    const receiving = receiver({ inbox, work: false })
    const ids = Array.from({ length: 60 }, (_, at) => `o-${at + 10}`)
    await Promise.all(ids.map((id) => receiving.receive(order(id))))
    // Of the 120 runs or more that there are.
    for (let kills = 0; kills < 7; kills++) {
      const child = startTransactions(path, 1 + Math.floor(Math.random() * 15))
      await child.ended
      expect(child.lines()).toEqual([])
    }
    const last = startTransactions(path)
    await last.ended
    expect(last.lines()).toEqual(['idle'])
    expect(effectsOf(connection)).toEqual(ids)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 0 })
    await receiving.close()
    await inbox.close()
    connection.close()
  })
})
