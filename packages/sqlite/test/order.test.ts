import type { Handle, HandledTypes } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import { sqliteInbox } from '../src/index.ts'
import { toSettings } from '../src/options.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { countingDriver } from './support/counting-driver.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

describe('order of arrival', () => {
  it('holds for what waited while another process had the lock', async () => {
    const path = tempFile()
    const driver = countingDriver()
    const inbox = new SqliteInbox(path, toSettings({ pollMs: 20 }), driver.open)
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const other = loadDriver()(path)
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    const all = Array.from({ length: 400 }, (_, at) => delivery(`d${at}`, { orderingKey: 'k' }))
    const accepted = Promise.all(all.map((one) => inbox.accept(one, accepting)))
    await until('it was refused the lock a few times', () => driver.busy >= 3)
    other.exec('ROLLBACK')
    expect(new Set(await accepted)).toEqual(new Set(['accepted']))
    const kept = other.prepare('SELECT id FROM deliveries ORDER BY seq').all()
    expect(kept.map((row) => row['id'])).toEqual(all.map(({ id }) => id))
  })

  it.each([
    ['deleted', "DELETE FROM deliveries WHERE type = 'head'"],
    ['taken for handled', "UPDATE deliveries SET state = 'done', ended_at = 0 WHERE type = 'head'"],
  ])('goes on behind a head of its key that was %s by hand', async (_, sql) => {
    const path = tempFile()
    const inbox = sqliteInbox(path, { pollMs: 20 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const handled: string[] = []
    const { observations } = consume(
      inbox,
      async ({ type }) => {
        if (type === 'head') return { status: 'failed', error: new Error('not yet'), completed: [] }
        handled.push(type)
        return done
      },
      { retry: { minDelayMs: 3_600_000 } },
    )
    for (const type of ['head', 'second', 'third']) {
      await inbox.accept(delivery(type, { type, orderingKey: 'k' }), accepting)
    }
    await until('the head is delayed', () => observations.length === 1)
    const shell = loadDriver()(path)
    onTestFinished(() => shell.close())
    shell.exec(sql)
    await until('its followers are handled', () => handled.length === 2)
    expect(handled).toEqual(['second', 'third'])
  })

  it('keeps what is behind an unhandled head of its key waiting', async () => {
    const inbox = sqliteInbox(tempFile(), { pollMs: 20 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const handled: string[] = []
    let handles: HandledTypes = { only: ['paid'] }
    const handle: Handle = async ({ type }) => {
      handled.push(type)
      return done
    }
    const { consumer } = consume(inbox, handle, { handles: () => handles })
    await inbox.accept(delivery('1', { type: 'made', orderingKey: 'k' }), accepting)
    await inbox.accept(delivery('2', { type: 'paid', orderingKey: 'k' }), accepting)
    await inbox.accept(delivery('3', { type: 'paid', orderingKey: 'another' }), accepting)
    await until('the other key is handled', () => handled.length === 1)
    await consumer.onIdle()
    expect((await inbox.stats()).waiting).toBe(2)
    handles = { only: ['paid', 'made'] }
    consumer.start()
    await until('the key is handled', () => handled.length === 3)
    expect(handled).toEqual(['paid', 'made', 'paid'])
  })
})
