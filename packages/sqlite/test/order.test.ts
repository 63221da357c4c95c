import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import { toSettings } from '../src/options.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

/** The real driver, and how often another one had the lock. */
function countingDriver(): { readonly open: OpenDatabase; readonly busy: number } {
  const real = loadDriver()
  let busy = 0
  return {
    open(path) {
      const database = real(path)
      const exec = (sql: string) => {
        try {
          database.exec(sql)
        } catch (error) {
          if (sql === 'BEGIN IMMEDIATE') busy++
          throw error
        }
      }
      return { exec, prepare: (sql) => database.prepare(sql), close: () => database.close() }
    },
    get busy() {
      return busy
    },
  }
}

describe('order of arrival', () => {
  it('holds for what waited while another process had the lock', async () => {
    const path = tempFile()
    const driver = countingDriver()
    const inbox = new SqliteInbox(path, toSettings({ pollMs: 20 }), driver.open)
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const other = loadDriver()(path)
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    const all = Array.from({ length: 400 }, (_, at) => delivery(`d${at}`, { orderKey: 'k' }))
    const accepted = Promise.all(all.map((one) => inbox.accept(one, accepting)))
    await until('it was refused the lock a few times', () => driver.busy >= 3)
    other.exec('ROLLBACK')
    expect(new Set(await accepted)).toEqual(new Set(['accepted']))
    const handled: string[] = []
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.push(id)
      return done
    })
    await consumer.atRest()
    expect(handled).toEqual(all.map(({ id }) => id))
  })
})
