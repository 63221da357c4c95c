import Libsql from 'libsql'
import { afterEach, describe, expect, it } from 'vitest'
import type { SqliteConnection } from '../src/outbox/index.ts'
import { answering, openShop, outboxOf, paid, removeShops, rowsOf } from './support/outbox.ts'

type Driver = new (path: string) => SqliteConnection

/** Node's own is there from 22.13 on. */
const own = process.getBuiltinModule('node:sqlite') as { readonly DatabaseSync: Driver } | undefined
const drivers: readonly (readonly [name: string, driver: Driver])[] = [
  ['libsql', Libsql],
  ...(own ? [['node:sqlite', own.DatabaseSync] as const] : []),
]

afterEach(removeShops)

describe.each(drivers)('a connection of %s', (_, Connection) => {
  it('enqueues, delivers, lists, resends and forgets', async () => {
    const db = new Connection(openShop().path)
    const { asked, fetch } = answering(new Response('no\0', { status: 500 }), new Response(''))
    const outbox = outboxOf(db, { fetch, attemptDelaysMs: [0] })
    db.exec('BEGIN')
    outbox.enqueue('order.paid', paid('o-0'))
    db.exec('ROLLBACK')
    db.exec('BEGIN')
    const id = outbox.enqueue('order.paid', paid('ñ 😀 \0'), { orderingKey: 'a' })
    db.exec('COMMIT')
    outbox.start()
    await outbox.onIdle()
    const { letters } = await outbox.deadLetters.list({ type: 'order.paid', diedFrom: new Date(0) })
    expect(letters).toMatchObject([{ id, status: 500, message: 'no\0' }])
    expect(await outbox.deadLetters.resend(id)).toBe(1)
    await outbox.onIdle()
    expect(asked.map(({ body }) => JSON.parse(body).data.id)).toEqual(['ñ 😀 \0', 'ñ 😀 \0'])
    expect(await outbox.deadLetters.discard({ all: true })).toBe(0)
    expect(await outbox.stats()).toMatchObject({ waiting: 0, delivering: 0, delivered: 1, dead: 0 })
    expect(rowsOf(db)).toHaveLength(1)
    await outbox.close()
  })
})
