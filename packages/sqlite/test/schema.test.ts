import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { toDelivery } from '../src/rows.ts'
import { migrate, migrations } from '../src/schema.ts'
import { accepting, consume, done } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

function raw(path: string) {
  const database = loadDriver()(path)
  onTestFinished(() => database.close())
  return database
}

async function withOne(path: string): Promise<void> {
  const inbox = sqliteInbox(path)
  await inbox.accept(delivery('kept'), accepting)
  await inbox.close()
}

describe('the version of a file', () => {
  it('is brought to the newest, once, and keeps its deliveries', async () => {
    const path = tempFile()
    await withOne(path)
    const database = raw(path)
    const steps = [...migrations, 'ALTER TABLE deliveries ADD COLUMN added TEXT']
    migrate(database, steps)
    migrate(database, steps)
    expect(
      database.prepare('SELECT count(*) AS count, max(added) AS added FROM deliveries').get(),
    ).toMatchObject({
      count: 1,
      added: null,
    })
    expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: steps.length })
  })

  it('takes what an earlier version kept for signed', () => {
    const database = raw(tempFile())
    migrate(database, migrations.slice(0, 1))
    database.exec(`INSERT INTO deliveries (id, endpoint, provider, type, body_hash, key_id, received_at, state, keep_until)
      VALUES ('early', 'acme', 'acme', 't', 'h', 'default', 0, 'waiting', 0)`)
    migrate(database)
    const row = database.prepare('SELECT * FROM deliveries').get() ?? {}
    expect(toDelivery(row, undefined)).toMatchObject({ id: 'early', trust: 'signed' })
  })

  it('stays as it was when a step fails', async () => {
    const path = tempFile()
    await withOne(path)
    const database = raw(path)
    expect(() =>
      migrate(database, [...migrations, 'ALTER TABLE deliveries ADD COLUMN a; nonsense']),
    ).toThrow()
    expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: migrations.length })
    expect(() => database.prepare('SELECT a FROM deliveries')).toThrow()
  })

  it('is refused when it is newer than what this package knows, and nothing is changed', async () => {
    const path = tempFile()
    await withOne(path)
    raw(path).exec('PRAGMA user_version = 7')
    expect(() => sqliteInbox(path)).toThrow(/version 7.*install a newer one/)
    expect(raw(path).prepare('SELECT count(*) AS count FROM deliveries').get()).toMatchObject({ count: 1 })
  })

  it('is refused when its layout is from before the first release, and nothing is changed', async () => {
    const path = tempFile()
    await withOne(path)
    raw(path).exec('PRAGMA application_id = 0x41435553')
    expect(() => sqliteInbox(path)).toThrow(/before the first release.*use another file/)
    expect(raw(path).prepare('SELECT count(*) AS count FROM deliveries').get()).toMatchObject({ count: 1 })
  })

  it.each([
    ['tables', 'CREATE TABLE users (name TEXT)'],
    ['a version', 'PRAGMA user_version = 1; CREATE TABLE deliveries (id TEXT)'],
  ])('is refused with %s of another program', (_, sql) => {
    const path = tempFile()
    raw(path).exec(sql)
    expect(() => sqliteInbox(path)).toThrow(/another program/)
  })
})

describe('a large file', () => {
  it('hands out from among 10 000 waiting and 100 000 tombstones, all of which it knows', async () => {
    const path = tempFile()
    await withOne(path)
    const database = raw(path)
    database.exec(`BEGIN;
      ${rows(100_000, 'done')};
      ${rows(10_000, 'waiting')};
      INSERT OR IGNORE INTO contents SELECT seq, '{}', zeroblob(436) FROM deliveries WHERE state = 'waiting';
      UPDATE counts SET live = 10001;
      COMMIT`)
    const inbox = sqliteInbox(path)
    let handled = 0
    await new Promise<void>((resolve) => {
      consume(inbox, async () => {
        if (++handled === 200) resolve()
        return done
      })
    })
    expect(await inbox.accept(delivery('kept'), accepting)).toBe('duplicate')
    await inbox.close()
  })
})

function rows(count: number, state: string): string {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO deliveries (id, endpoint, provider, type, body_hash, key_id, received_at, state, keep_until)
    SELECT '${state}-' || i, 'acme', 'acme', 'thing.made', hex(randomblob(20)), 'default', i, '${state}', 1e15 FROM n`
}
