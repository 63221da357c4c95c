import { describe, expect, it, onTestFinished } from 'vitest'
import { manualClock } from '../../core/test/support/clock.ts'
import { loadDriver } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import { sqliteInbox } from '../src/index.ts'
import { toSettings } from '../src/options.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { countingDriver } from './support/counting-driver.ts'
import { delivery } from './support/delivery.ts'
import { faultyDriver } from './support/faulty-driver.ts'
import { tempFile } from './support/temp-file.ts'

/** An inbox, and the states of what is in its file. */
function open() {
  const path = tempFile()
  const driver = faultyDriver()
  const inbox = new SqliteInbox(path, toSettings({ pollMs: 60_000 }), driver.open)
  const shell = loadDriver()(path)
  onTestFinished(async () => {
    shell.close()
    await inbox.close({ timeoutMs: 100 })
  })
  const states = () =>
    shell
      .prepare('SELECT state, attempt FROM deliveries ORDER BY seq')
      .all()
      .map((row) => ({ ...row }))
  return { inbox, driver, states }
}

/** A handler that never ends by itself. */
function gate() {
  const ends: (() => void)[] = []
  const handle = async () => {
    await new Promise<void>((resolve) => ends.push(resolve))
    return done
  }
  return { ends, handle }
}

/** Its first look, after which it knows that nothing waits. */
async function isIdle(consumer: { onIdle(): Promise<void> }): Promise<void> {
  await consumer.onIdle()
  await new Promise((resolve) => setImmediate(resolve))
}

describe('what is accepted beside a worker', () => {
  it('is written down as leased where the worker has a place, and the others wait', async () => {
    const { inbox, states } = open()
    const { ends, handle } = gate()
    const { consumer, observations } = consume(inbox, handle, { concurrency: 2 })
    await isIdle(consumer)
    await Promise.all(['a', 'b', 'c'].map((name) => inbox.accept(delivery(name), accepting)))
    expect(states()).toEqual([
      { state: 'leased', attempt: 1 },
      { state: 'leased', attempt: 1 },
      { state: 'waiting', attempt: 0 },
    ])
    await until('two run', () => ends.length === 2)
    for (const end of ends) end()
    await until('the third runs', () => ends.length === 3)
    ends[2]?.()
    await consumer.onIdle()
    expect(observations).toHaveLength(3)
  })

  it('is handled in order of arrival, whether it found a place or waited', async () => {
    const { inbox } = open()
    const handled: string[] = []
    const names = Array.from({ length: 200 }, (_, at) => `d${at}`)
    const { consumer } = consume(
      inbox,
      async ({ body }) => {
        handled.push(JSON.parse(Buffer.from(body).toString()).id)
        return done
      },
      { concurrency: 1 },
    )
    await isIdle(consumer)
    for (let at = 0; at < names.length; at += 4) {
      const accepted = names.slice(at, at + 4).map((name) => inbox.accept(delivery(name), accepting))
      await (at % 8 === 0 ? accepted[0] : Promise.all(accepted))
    }
    await until('all are handled', () => handled.length === names.length)
    expect(handled).toEqual(names)
  })

  it.each<[string, () => ReturnType<typeof delivery>]>([
    ['a duplicate', () => delivery('a')],
    ['a conflict', () => delivery('a', { bodyHash: 'another' })],
    ['one behind another of its ordering key', () => delivery('behind', { orderingKey: 'k' })],
  ])('leaves its place where it is %s', async (_, next) => {
    const { inbox } = open()
    const { ends, handle } = gate()
    const { consumer } = consume(inbox, handle, { concurrency: 2 })
    await isIdle(consumer)
    await inbox.accept(delivery('a', { orderingKey: 'k' }), accepting)
    await until('it runs', () => ends.length === 1)
    await inbox.accept(next(), accepting)
    await inbox.accept(delivery('b'), accepting)
    await until('the next one runs beside it', () => ends.length === 2)
    for (const end of ends) end()
  })

  it('leaves its place where it could not be written', async () => {
    const { inbox, driver } = open()
    const { ends, handle } = gate()
    const { consumer } = consume(inbox, handle, { concurrency: 1 })
    await isIdle(consumer)
    driver.fail(13, 'before')
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow()
    driver.mend()
    const isAccepted = () => inbox.accept(delivery('b'), accepting).then(Boolean, () => false)
    await until('the file is open again', isAccepted)
    await until('it runs', () => ends.length === 1)
    ends[0]?.()
    await consumer.onIdle()
  })

  it('costs two commits where it comes alone: one that accepts and leases it, and one that says it is handled', async () => {
    const driver = countingDriver()
    const inbox = new SqliteInbox(tempFile(), toSettings({ pollMs: 60_000 }), driver.open)
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const { consumer } = consume(inbox, async () => done)
    await isIdle(consumer)
    const before = driver.commits
    for (let at = 0; at < 50; at++) {
      await inbox.accept(delivery(`d${at}`), accepting)
      await isIdle(consumer)
    }
    expect(driver.commits - before).toBe(100)
  })

  it('is leased from when it is written, and not from when the lock was asked for', async () => {
    const path = tempFile()
    const clock = manualClock()
    const inbox = sqliteInbox(path, { clock, leaseMs: 100 })
    const other = loadDriver()(path)
    onTestFinished(async () => {
      other.close()
      await inbox.close({ timeoutMs: 0 })
    })
    const { ends, handle } = gate()
    const { consumer } = consume(inbox, handle)
    await isIdle(consumer)
    other.exec('BEGIN IMMEDIATE')
    const accepted = inbox.accept(delivery('a'), accepting)
    await clock.advance(300)
    other.exec('ROLLBACK')
    expect(await accepted).toBe('accepted')
    const row = other.prepare('SELECT state, due_at FROM deliveries').get()
    expect(row).toMatchObject({ state: 'leased', due_at: clock.now() + 100 })
    await until('it runs', () => ends.length === 1)
    ends[0]?.()
  })

  it('waits, in a process that only accepts', async () => {
    const { inbox, states } = open()
    await inbox.accept(delivery('a'), accepting)
    expect(states()).toEqual([{ state: 'waiting', attempt: 0 }])
  })
})
