import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { trialsOf } from '../src/lib/trial.ts'
import { accepting, consuming, delivery, done, until } from './support/deliveries.ts'

let redis: OwnRedis
let user = 0
const cleanUp: (() => unknown)[] = []
const warnings: string[] = []
const listen = (warning: Error & { code?: string }) => {
  if (warning.code === 'ACUSE_REDIS_REFUSED') warnings.push(warning.message)
}

beforeAll(async () => {
  redis = await startDurableRedis()
  process.on('warning', listen)
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
  warnings.length = 0
})
afterAll(async () => {
  process.off('warning', listen)
  await redis.stop()
})

interface Opened {
  readonly inbox: BullmqInbox
  readonly errors: string[]
  readonly handled: string[]
}

/** An inbox whose worker is started, as a user with these rights. */
async function openAs(...rights: string[]): Promise<Opened & { grant(...rights: string[]): Promise<void> }> {
  const name = `user-${user++}`
  const grant = async (...rules: string[]) => {
    expect(await redis.command('ACL', 'SETUSER', name, ...rules)).toContain('OK')
  }
  await grant('reset', 'on', '>pw', '~*', '&*', '+@all', ...rights)
  return { ...open(redis.url.replace('//', `//${name}:pw@`), name), grant }
}

function open(connection: string, name: string): Opened {
  const errors: string[] = []
  const handled: string[] = []
  const onError = ({ message }: Error) => errors.push(message)
  const inbox = bullmqInbox({ connection, name, onError, timeoutMs: 5_000 })
  cleanUp.push(() => inbox.close({ timeoutMs: 1_000 }))
  const consumer = inbox.consume(async (one, lease) => {
    handled.push(one.id)
    return await done(one, lease)
  }, consuming())
  consumer.start()
  return { inbox, errors, handled }
}

const missing = [
  'eval',
  'evalsha',
  'bzpopmin',
  'lpush',
  'hset',
  'zadd',
  'xadd',
  'incr',
  'del',
  'sadd',
  'pexpire',
]

describe('a server on which a right is missing', () => {
  it.each(missing)('%s: accepts nothing, says which, and works as soon as it is granted', async (command) => {
    const { inbox, errors, handled, grant } = await openAs(`-${command}`)
    const one = delivery()
    const told = new RegExp(`\\b${command.toUpperCase()}\\b.*grant it \\+${command}\\b`)
    for (let turn = 0; turn < 5; turn++) await expect(inbox.accept(one, accepting)).rejects.toThrow(told)
    await until(() => errors.length > 1)
    expect(errors.every((message) => told.test(message))).toBe(true)
    expect(await inbox.check()).toEqual(expect.arrayContaining([expect.stringMatching(told)]))
    await until(() => warnings.length > 0)
    expect(warnings).toEqual([expect.stringMatching(told)])
    await grant(`+${command}`)
    await until(async () => (await inbox.accept(one, accepting).catch(() => '')) === 'accepted')
    await until(() => handled.length === 1)
    expect(handled).toEqual([one.id])
  })

  it('on its keys: accepts nothing, and says which keys', async () => {
    const { inbox } = await openAs('resetkeys', '~other:*')
    await expect(inbox.accept(delivery(), accepting)).rejects.toThrow(/grant it ~bull:user-\d+\*/)
  })

  it('such as @dangerous, INFO among them: works, and the event loop goes on', async () => {
    const { inbox, handled, errors } = await openAs('-@dangerous')
    expect(await inbox.accept(delivery(), accepting)).toBe('accepted')
    await until(() => handled.length === 1)
    expect(errors).toEqual([])
    expect(await inbox.check()).toContainEqual(expect.stringContaining('Grant it +info'))
  })

  it('and taken away while it runs: the worker asks a few times a second, not thousands', async () => {
    const { inbox, errors, handled, grant } = await openAs()
    await inbox.accept(delivery(), accepting)
    await until(() => handled.length === 1)
    await grant('-evalsha', '-eval', '-bzpopmin')
    await until(() => errors.length > 0)
    await until(() => errors.length >= 6)
    expect(errors.length).toBeLessThan(60)
    await grant('+evalsha', '+eval', '+bzpopmin')
    await until(async () => (await inbox.accept(delivery(), accepting).catch(() => '')) === 'accepted')
    await until(() => handled.length === 2)
  })
})

describe('a server of the wrong kind', () => {
  it('which is older than 6.2, as its lack of HELLO shows, accepts nothing, and says what is needed', async () => {
    const old = await startDurableRedis(['--rename-command', 'HELLO', ''])
    cleanUp.push(() => old.stop())
    const { inbox, handled } = open(old.url, 'old')
    const told = /Redis before 6\.2 is too old: BullMQ needs 6\.2 or later/
    for (let turn = 0; turn < 2; turn++)
      await expect(inbox.accept(delivery(), accepting)).rejects.toThrow(told)
    expect(await inbox.check()).toContainEqual(expect.stringMatching(told))
    await until(() => warnings.length > 0)
    expect(warnings).toEqual([expect.stringMatching(told)])
    expect(handled).toEqual([])
  })

  it('in cluster mode accepts nothing, and says what is needed', async () => {
    const cluster = await startDurableRedis(['--cluster-enabled', 'yes'])
    cleanUp.push(() => cluster.stop())
    const { inbox } = open(cluster.url, 'clustered')
    const told = /cluster.*CROSSSLOT.*cluster mode disabled/
    await expect(inbox.accept(delivery(), accepting)).rejects.toThrow(told)
    expect(await inbox.check()).toContainEqual(expect.stringMatching(told))
  })
})

describe('what is checked', () => {
  it("is every command of BullMQ's scripts that are used, and of our own", () => {
    const { trials } = trialsOf({ own: 'a', queue: 'b' })
    const tried = new Set([...trials.map(([command]) => command), 'EVAL', 'EVALSHA', 'BZPOPMIN', 'WAIT'])
    const bullmq = join(
      dirname(createRequire(import.meta.url).resolve('bullmq/package.json')),
      'dist/esm/scripts',
    )
    const own = new URL('../src/lib', import.meta.url).pathname
    const used = [
      'moveToActive-11',
      'moveToFinished-14',
      'moveToDelayed-11',
      'moveJobFromActiveToWait-9',
      'getCounts-1',
    ]
    const sources = [
      ...used.map((file) => join(bullmq, `${file}.js`)),
      ...readdirSync(own).map((file) => join(own, file)),
    ]
    const called = sources.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/\b(?:rcall|redis\.p?call)\(\s*['"]([A-Za-z]+)['"]/g),
    ])
    expect(called.length).toBeGreaterThan(100)
    expect(
      [...new Set(called.map(([, command]) => command?.toUpperCase()))].filter((one) => !tried.has(one)),
    ).toEqual([])
  })
})
