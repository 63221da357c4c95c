import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type SqliteInbox, sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

function open(path: string): SqliteInbox {
  const inbox = sqliteInbox(path, { pollMs: 20 })
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

describe('a backup', () => {
  it('has all that was acknowledged before it began, made while deliveries come, and restores', async () => {
    const path = tempFile()
    const inbox = open(path)
    await inbox.deadLetter(delivery('dead'), 'stale')
    await inbox.accept(delivery('handled', { type: 'done' }), accepting)
    const { consumer } = consume(inbox, async () => done)
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
    const names = Array.from({ length: 1_000 }, (_, at) => `d${at}`)
    await Promise.all(
      names.map((name) => inbox.accept(delivery(name, { orderingKey: name.slice(0, 3) }), accepting)),
    )
    let isOver = false
    const copied = inbox.backup(`${path}.backup`).then(() => {
      isOver = true
    })
    let meanwhile = 0
    while (!isOver) await inbox.accept(delivery(`m${meanwhile++}`), accepting)
    await copied
    expect(meanwhile).toBeGreaterThan(1)
    await inbox.close()
    expect(statSync(`${path}.backup`).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.part'))).toEqual([])

    for (const name of [path, `${path}-wal`, `${path}-shm`]) rmSync(name, { force: true })
    renameSync(`${path}.backup`, path)
    const restored = open(path)
    expect(await restored.accept(delivery('handled', { type: 'done' }), accepting)).toBe('duplicate')
    expect((await restored.deadLetters.list()).letters).toMatchObject([{ reason: 'stale' }])
    const ids = new Set<string>()
    consume(restored, async ({ id, body }) => {
      expect(body.byteLength).toBe(436)
      ids.add(id)
      return done
    })
    await until('all are handled', () => names.every((name) => ids.has(delivery(name).id)))
  })

  it('refuses a path that is taken, its own, or nowhere, and leaves what is there', async () => {
    const path = tempFile()
    const inbox = open(path)
    writeFileSync(`${path}.taken`, 'something')
    await expect(inbox.backup(`${path}.taken`)).rejects.toThrow(/writes over nothing.*name another path/)
    for (const own of [path, `${path}-wal`, `${path}-shm`, join(dirname(path), '.', 'inbox.db')]) {
      await expect(inbox.backup(own)).rejects.toThrow(/needs a path of its own/)
    }
    await expect(inbox.backup('/nonexistent/folder/copy.db')).rejects.toThrow(/needs a folder that exists/)
    await expect(inbox.backup('')).rejects.toThrow(TypeError)
    expect(statSync(`${path}.taken`).size).toBe(9)
    await inbox.close()
    await expect(inbox.backup(`${path}.copy`)).rejects.toThrow('The inbox is closed')
    expect(existsSync(`${path}.copy`)).toBe(false)
  })
})
