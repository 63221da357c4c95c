import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type SqliteInbox, sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
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
async function fill(inbox: SqliteInbox, prefix: string, most: number): Promise<string[]> {
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
})
