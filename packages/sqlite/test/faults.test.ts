import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchUnhandled } from '../../core/test/support/unhandled.ts'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import { toSettings } from '../src/options.ts'
import type { SqlDatabase } from '../src/sql.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { faultyDriver } from './support/faulty-driver.ts'
import { tempFile } from './support/temp-file.ts'

watchUnhandled()

function open(path: string, driver: OpenDatabase): SqliteInbox {
  const inbox = new SqliteInbox(path, toSettings({ pollMs: 20, leaseMs: 400 }), driver)
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

const ioErrFsync = 1034
const full = 13
const corrupt = 11

/** Accepts from `callers` at once, until told to stop; what was acknowledged, and how many were refused. */
function acceptOn(inbox: SqliteInbox, callers: number) {
  const acknowledged: string[] = []
  const refused: unknown[] = []
  let stopped = false
  let next = 0
  const running = Array.from({ length: callers }, async () => {
    while (!stopped) {
      const name = `d${next++}`
      try {
        const result = await inbox.accept(delivery(name), accepting)
        if (result === 'accepted') acknowledged.push(name)
      } catch (error) {
        refused.push(error)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
  })
  return {
    acknowledged,
    refused,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

async function idsOfAll(path: string): Promise<Set<string>> {
  const inbox = open(path, loadDriver())
  const ids = new Set<string>()
  const { consumer } = consume(inbox, async ({ id }) => {
    ids.add(id)
    return done
  })
  await consumer.onIdle()
  await inbox.close()
  return ids
}

describe('a disk that fails', () => {
  it.each([
    ['fsync fails', ioErrFsync, 'before'],
    ['fsync fails after the write', ioErrFsync, 'after'],
    ['the disk is full', full, 'before'],
    ['the file is corrupt', corrupt, 'before'],
  ] as const)('acknowledges nothing when %s, and goes on when it is mended', async (_, code, when) => {
    const path = tempFile()
    const driver = faultyDriver()
    const inbox = open(path, driver.open)
    const load = acceptOn(inbox, 32)
    await until('some are accepted', () => load.acknowledged.length > 200)
    for (let round = 0; round < 3; round++) {
      driver.fail(code, when)
      const refusedBefore = load.refused.length
      await until('refused', () => load.refused.length > refusedBefore + 50)
      const acknowledgedDuring = load.acknowledged.length
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(load.acknowledged.length).toBe(acknowledgedDuring)
      driver.mend()
      await until('accepting again', () => load.acknowledged.length > acknowledgedDuring + 200)
    }
    await load.stop()
    // A disk without room leaves the file as it is.
    expect(driver.opened >= 4 || code === full).toBe(true)
    expect(await inbox.accept(delivery('d0'), accepting)).toBe('duplicate')
    await inbox.close()
    const kept = await idsOfAll(path)
    expect(load.acknowledged.filter((name) => !kept.has(delivery(name).id))).toEqual([])
  })

  it('refuses while the file cannot be opened, and says why', async () => {
    const driver = faultyDriver()
    const inbox = open(tempFile(), driver.open)
    driver.fail(ioErrFsync, 'before')
    driver.failOpening()
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('disk I/O error')
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('opened anew')
    await expect(inbox.stats()).rejects.toThrow('opened anew')
    driver.mend()
    await until('it accepts', async () => (await inbox.stats().catch(() => undefined)) !== undefined)
    expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
  })

  it('writes down what handlers did when it is mended, without running them again', async () => {
    const driver = faultyDriver()
    const inbox = open(tempFile(), driver.open)
    let isBroken = false
    const { consumer, observations } = consume(inbox, async () => {
      if (!isBroken) driver.fail(ioErrFsync, 'before')
      isBroken = true
      return done
    })
    await inbox.accept(delivery('a'), accepting)
    await until('the result was not written', () => driver.failures >= 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    driver.mend()
    await consumer.onIdle()
    expect(observations).toHaveLength(1)
    expect(observations[0]).toMatchObject({ type: 'handled', attempt: 1 })
  })

  it('accepts until the database may not grow, refuses, and has all that it acknowledged', async () => {
    const path = tempFile()
    const opened: SqlDatabase[] = []
    const driver: OpenDatabase = (file) => {
      const database = loadDriver()(file)
      database.exec('PRAGMA max_page_count = 200')
      opened.push(database)
      return database
    }
    const inbox = open(path, driver)
    const load = acceptOn(inbox, 16)
    await until('full', () => load.refused.length > 20)
    expect(String(load.refused.find((error) => String(error).includes('full')))).toMatch(/full/)
    for (const database of opened) database.exec('PRAGMA max_page_count = 100000')
    const before = load.acknowledged.length
    await until('accepting again', () => load.acknowledged.length > before + 500)
    await load.stop()
    await inbox.close()
    const kept = await idsOfAll(path)
    expect(before).toBeGreaterThan(100)
    expect(load.acknowledged.filter((name) => !kept.has(delivery(name).id))).toEqual([])
  })

  const folder = mkdtempSync(join(tmpdir(), 'acuse-tmpfs-'))
  const isMounted = mount(folder)

  it.runIf(isMounted)(
    'loses nothing on a real disk that is full, and goes on when there is room',
    async () => {
      onTestFinished(() => {
        execFileSync('umount', ['--lazy', folder])
        rmSync(folder, { recursive: true })
      })
      const path = join(folder, 'inbox.db')
      const inbox = open(path, loadDriver())
      const load = acceptOn(inbox, 16)
      await until('full', () => load.refused.length > 50)
      const acknowledgedDuring = load.acknowledged.length
      execFileSync('mount', ['-o', 'remount,size=64m', folder])
      await until('accepting again', () => load.acknowledged.length > acknowledgedDuring + 500)
      await load.stop()
      await inbox.close()
      const kept = await idsOfAll(path)
      expect(load.acknowledged.filter((name) => !kept.has(delivery(name).id))).toEqual([])
    },
  )
})

/** Only root may; elsewhere `max_page_count` alone stands for a full disk. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    rmSync(folder, { recursive: true })
    return false
  }
}
