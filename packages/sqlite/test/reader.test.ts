import { existsSync } from 'node:fs'
import type { Inbox } from '@acuse/core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { manualClock, settled } from '../../core/test/support/clock.ts'
import { loadDriver } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import { sqliteInbox } from '../src/index.ts'
import { toSettings } from '../src/options.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { faultyDriver } from './support/faulty-driver.ts'
import { startReader } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'

const maxWalBytes = 2 ** 24
const warnings: Error[] = []
const onWarning = (warning: Error) => void warnings.push(warning)

beforeEach(() => void process.on('warning', onWarning))
afterEach(() => {
  process.off('warning', onWarning)
  warnings.splice(0)
})

const large = (name: string) => delivery(name, { body: Buffer.alloc(200_000, name) })

/** Accepts large bodies until it is full, and says how many it took. */
async function fill(inbox: Inbox, prefix: string, most: number): Promise<string[]> {
  const accepted: string[] = []
  while (accepted.length < most) {
    const name = `${prefix}${accepted.length}`
    const result = await inbox.accept(large(name), accepting)
    if (result === 'full') return accepted
    expect(result).toBe('accepted')
    accepted.push(name)
  }
  return accepted
}

/** An inbox on a disk that can fail, whose file somebody else reads in a transaction. */
async function readBySomebody() {
  const path = tempFile()
  const driver = faultyDriver()
  const inbox = new SqliteInbox(path, toSettings({ pollMs: 20 }), driver.open)
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  await inbox.accept(delivery('first'), accepting)
  const reader = startReader(path)
  await until('it reads', () => reader.lines().includes('reads'))
  // Behind the reader's view: only a WAL that nobody reads can be moved as a whole.
  await inbox.accept(delivery('second'), accepting)
  return { inbox, driver, reader }
}

const fullDisk = 13
const ioErrFsync = 1034

describe('somebody who reads the file in a transaction', () => {
  it('lets the WAL grow to its bound, is named, and when it ends everything goes on', async () => {
    const path = tempFile()
    const inbox = sqliteInbox(path, { pollMs: 20, maxWalBytes })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    await inbox.accept(delivery('first'), accepting)
    const reader = startReader(path)
    await until('it reads', () => reader.lines().includes('reads'))
    const accepted = await fill(inbox, 'a', 1_000)
    expect(accepted.length).toBeGreaterThan(10)
    expect(accepted.length).toBeLessThan(200)
    expect(await inbox.accept(large('a0'), accepting)).toBe('duplicate')
    await until('it is said', async () => {
      expect(await inbox.accept(large('more'), accepting)).toBe('full')
      return warnings.length > 0
    })
    expect(warnings.map(({ message }) => message).join('\n')).toMatch(
      existsSync('/proc/locks')
        ? /-wal' has \d+ MB and cannot be moved into the file, because process \d+ \(.+\) reads it/
        : /-wal' has \d+ MB and cannot be moved into the file/,
    )
    const handled = new Set<string>()
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.add(id)
      return done
    })
    await consumer.onIdle()
    expect(handled.size).toBe(accepted.length + 1)
    reader.kill('SIGKILL')
    await reader.ended
    await until('it accepts', async () => (await inbox.accept(large('after'), accepting)) !== 'full')
    expect(await fill(inbox, 'b', 200)).toHaveLength(200)
  })
  it('is waited for ever more seldom: each look goes through the log, while deliveries wait', async () => {
    const path = tempFile()
    const clock = manualClock()
    const inbox = sqliteInbox(path, { clock, maxWalBytes })
    onTestFinished(() => inbox.close())
    await inbox.accept(delivery('first'), accepting)
    const reader = startReader(path)
    await until('it reads', () => reader.lines().includes('reads'))
    const shell = loadDriver()(path)
    onTestFinished(() => shell.close())
    const looks = () => Number(shell.prepare('SELECT count FROM checkpoints').get()?.['count'])
    let count = looks()
    await fill(inbox, 'a', 1_000)
    await settled()
    expect(looks()).toBe(++count)
    const lookedAt: number[] = []
    for (let atMs = 100; atMs <= 8_000; atMs += 100) {
      await clock.advance(100)
      expect(await inbox.accept(large('more'), accepting)).toBe('full')
      await settled()
      if (looks() === count) continue
      count = looks()
      lookedAt.push(atMs)
    }
    expect(lookedAt).toEqual([100, 300, 700, 1_500, 3_100, 5_100, 7_100])
  })

  it('does not keep it from accepting again when a full disk has room again', async () => {
    const { inbox, driver } = await readBySomebody()
    driver.fail(fullDisk, 'before')
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow()
    driver.mend()
    await until('it accepts', () =>
      inbox.accept(delivery('a'), accepting).then(
        (result) => result === 'accepted',
        () => false,
      ),
    )
  })

  it('is named where the disk failed, until it ends: what it keeps in the WAL cannot be synced', async () => {
    const { inbox, driver, reader } = await readBySomebody()
    driver.fail(ioErrFsync, 'before')
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('disk I/O error')
    driver.mend()
    let reason = ''
    const isAccepted = () =>
      inbox.accept(delivery('a'), accepting).then(
        (result) => result === 'accepted',
        (error: unknown) => {
          reason = String(error)
          return false
        },
      )
    await until('it is said', async () => (await isAccepted()) || reason.includes('cannot be synced'))
    expect(reason).toMatch(
      existsSync('/proc/locks')
        ? /disk I\/O error; since then: its WAL cannot be synced while process \d+ \(.+\) reads the file in a transaction/
        : /disk I\/O error; since then: its WAL cannot be synced while another connection reads the file/,
    )
    reader.kill('SIGKILL')
    await reader.ended
    await until('it accepts', isAccepted)
  })
})
