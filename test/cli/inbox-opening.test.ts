import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, root } from '../support/processes.ts'
import { startRedis } from '../support/redis.ts'
import { acuse } from './acuse.ts'
import { dead, deadInbox } from './dead-inbox.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acuse-opening-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stats = (setting: string, given: Parameters<typeof acuse>[1] = {}) =>
  acuse(['inbox', 'stats', '--inbox', setting], given)

describe('acuse inbox opens', () => {
  it('what --inbox names, or else INBOX, and says so where neither does', async () => {
    const none = await acuse(['inbox', 'stats'])
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('set INBOX')])
    const spanish = await acuse(['inbox', 'stats', '--lang', 'es'])
    expect(spanish.stderr).toContain('defina INBOX')
    const inbox = await deadInbox([dead('a')])
    const { exitCode, stdout } = await acuse(['inbox', 'list'], {
      env: { INBOX: 'sqlite:inbox.db' },
      cwd: inbox.folder,
    })
    inbox.remove()
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('thing.made')])
  })

  it('no file that is not there, and makes none', async () => {
    const path = join(folder, 'nowhere.db')
    const { exitCode, stderr } = await stats(`sqlite:${path}`)
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`There is no inbox at ${path}.`)])
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, '')
    expect((await stats(`sqlite:${path}`)).exitCode).toBe(2)
    writeFileSync(path, 'a text of somebody else')
    const foreign = await stats(`sqlite:${path}`)
    expect([foreign.exitCode, foreign.stderr]).toEqual([
      2,
      expect.stringContaining('not a database of SQLite'),
    ])
    expect((await stats(`sqlite:${folder}`)).exitCode).toBe(2)
  })

  it('nothing else, and prints no password', async () => {
    for (const setting of [
      'memory',
      'redis://user:s3cr%2Fet@host:6379',
      'postgres:user:s3cr@et@host/db',
      'postgres:host/db?password=s3cr',
      'mysql://user:s3cr et@host:1/db?application_name=a@b',
      'mysql://host:1/db?password=e@s3cr',
      'bullmq:',
      'postgres:',
    ]) {
      const { exitCode, stderr } = await stats(setting)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--inbox sqlite:PATH')])
      expect(stderr).not.toContain('s3cr')
    }
    const unknown = await acuse(['inbox', 'stats', '--inbox', 'sqlite:x.db', '--option', 'prefix=a'])
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining("no option 'prefix'")])
  })

  it('no Redis that is down, or silent, and says what to look at, without its password', async () => {
    const down = await stats(`bullmq:redis://user:s3cret@127.0.0.1:${await freePort()}`)
    expect([down.exitCode, down.stdout]).toEqual([3, ''])
    expect(down.stderr).toMatch(/redis:\/\/user:\*\*\*@127\.0\.0\.1.*ECONNREFUSED[\s\S]*Check that it runs/)
    const redis = await startRedis()
    try {
      redis.pause()
      for (const args of [['stats'], ['list'], ['redrive', '--all', '--yes'], ['export']])
        expect((await acuse(['inbox', ...args, '--inbox', `bullmq:${redis.url}`])).exitCode).toBe(3)
    } finally {
      await redis.stop()
    }
  })

  it('the inbox of a Redis whose password is right', async () => {
    const redis = await startRedis()
    try {
      await redis.command('CONFIG', 'SET', 'requirepass', 's3cret')
      const at = (password: string) => `bullmq:redis://:${password}@127.0.0.1:${redis.port}`
      expect(await stats(at('s3cret'))).toMatchObject({ exitCode: 0, stderr: '' })
      const wrong = await stats(at('wr0ng'))
      expect([wrong.exitCode, wrong.stderr]).toEqual([3, expect.not.stringContaining('wr0ng')])
    } finally {
      await redis.stop()
    }
  })
})

describe('the package of the inbox', () => {
  it("is the project's own where it has one", async () => {
    const own = join(folder, 'node_modules/@acuse/sqlite')
    mkdirSync(own, { recursive: true })
    writeFileSync(
      join(own, 'package.json'),
      '{"name":"@acuse/sqlite","type":"module","exports":"./index.js"}',
    )
    writeFileSync(
      join(own, 'index.js'),
      "export const sqliteInbox = () => { throw new TypeError('of the project') }",
    )
    writeFileSync(join(folder, 'inbox.db'), 'something')
    const { exitCode, stderr } = await stats('sqlite:inbox.db', { cwd: folder })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('The inbox refuses: of the project')])
  })

  it('may be missing: then it says how to install it', async () => {
    // The command as npm installs it alone.
    const source = join(root, 'packages/cli')
    for (const name of ['dist', 'package.json'])
      cpSync(join(source, name), join(folder, 'cli', name), { recursive: true })
    for (const name of [
      '@acuse/core',
      '@acuse/providers',
      '@acuse/sender',
      '@clack/prompts',
      'commander',
      'picocolors',
    ]) {
      mkdirSync(join(folder, 'cli/node_modules', name, '..'), { recursive: true })
      symlinkSync(realpathSync(join(source, 'node_modules', name)), join(folder, 'cli/node_modules', name))
    }
    writeFileSync(join(folder, 'inbox.db'), 'something')
    const bin = join(folder, 'cli/dist/bin.js')
    const sqlite = await stats('sqlite:inbox.db', { cwd: folder, bin })
    expect([sqlite.exitCode, sqlite.stderr]).toEqual([2, expect.stringContaining('npm i @acuse/sqlite\n')])
    const bullmq = await stats('bullmq:redis://127.0.0.1:1', { cwd: folder, bin })
    expect([bullmq.exitCode, bullmq.stderr]).toEqual([
      2,
      expect.stringContaining('npm i @acuse/bullmq bullmq ioredis\n'),
    ])
    const postgres = await stats('postgres://127.0.0.1:1/db', { cwd: folder, bin })
    expect([postgres.exitCode, postgres.stderr]).toEqual([
      2,
      expect.stringContaining('npm i @acuse/postgres pg\n'),
    ])
  })
})
