import type { Delivery, Inbox } from '@acuse/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { SqliteInbox } from '../src/inbox.ts'
import type { SqliteInboxOptions } from '../src/index.ts'
import { toSettings } from '../src/options.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { countingDriver } from './support/counting-driver.ts'
import { delivery } from './support/delivery.ts'
import { faultyDriver } from './support/faulty-driver.ts'
import { tempFile } from './support/temp-file.ts'

function open(
  options: SqliteInboxOptions = {},
  path = tempFile(),
  driver: OpenDatabase = loadDriver(),
): Inbox {
  const inbox = new SqliteInbox(path, toSettings({ pollMs: 20, ...options }), driver)
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

async function deadLetterMany(inbox: Inbox, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, at) => delivery(`d${at}`))
  await Promise.all(all.map((one) => inbox.deadLetter(one, 'stale')))
}

const letterOf = ({ id, bodyHash }: Delivery) => `${id}.${bodyHash}`

describe('a stale delivery', () => {
  it('is not kept when its idempotency key is known: waiting, handled or dead', async () => {
    const inbox = open()
    const [waiting, handled, dead] = ['waiting', 'handled', 'dead'].map((type) => delivery(type, { type }))
    for (const one of [handled, dead]) await inbox.accept(one as Delivery, accepting)
    const { consumer } = consume(inbox, async ({ type }) =>
      type === 'dead' ? { status: 'dead', reason: 'unrecoverable', error: new Error('x') } : done,
    )
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
    await inbox.accept(waiting as Delivery, accepting)
    for (const one of [waiting, handled, dead]) await inbox.deadLetter(one as Delivery, 'stale')
    const { letters } = await inbox.deadLetters.list()
    expect(letters.map(({ id, reason }) => [id, reason])).toEqual([[dead?.id, 'unrecoverable']])
  })

  it('claims its idempotency key when it is redriven, and is handed out under it', async () => {
    const inbox = open()
    const one = delivery('late')
    await inbox.deadLetter(one, 'stale')
    expect(await inbox.deadLetters.redrive(letterOf(one))).toBe(1)
    expect(await inbox.accept(one, accepting)).toBe('duplicate')
    const handled: string[] = []
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.push(id)
      return done
    })
    await consumer.onIdle()
    expect(handled).toEqual([one.id])
    expect(await inbox.accept(one, accepting)).toBe('duplicate')
  })

  it('is dropped, and not counted, when its idempotency key was accepted before it was redriven', async () => {
    const inbox = open()
    const [one, other] = [delivery('late'), delivery('other')]
    await inbox.deadLetter(one, 'stale')
    await inbox.deadLetter(other, 'stale')
    await inbox.accept(one, accepting)
    expect(await inbox.deadLetters.redrive({ reason: 'stale' })).toBe(1)
    const handled: string[] = []
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.push(id)
      return done
    })
    await consumer.onIdle()
    expect(handled.sort()).toEqual([one.id, other.id].sort())
    expect((await inbox.stats()).dead).toBe(0)
  })
})

describe('the copy of a conflict', () => {
  it('is handed out under an id of its own when it is redriven', async () => {
    const inbox = open()
    const one = delivery('one')
    const other = { ...delivery('other'), id: one.id }
    await inbox.accept(one, accepting)
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    expect((await inbox.deadLetters.get(letterOf(other)))?.delivery.id).toBe(one.id)
    expect(await inbox.deadLetters.redrive(letterOf(other))).toBe(1)
    const handled: string[] = []
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.push(id)
      return done
    })
    await consumer.onIdle()
    expect(handled).toEqual([one.id, letterOf(other)])
  })
})

describe('a redrive', () => {
  it('leaves room for accepts: it fills the inbox to 80 %, and puts nothing back when there is no room', async () => {
    const inbox = open({ maxDeliveries: 10 })
    await deadLetterMany(inbox, 20)
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(8)
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(0)
    const [letter] = (await inbox.deadLetters.list()).letters
    expect(await inbox.deadLetters.redrive(letter?.id ?? '')).toBe(1)
    expect(await inbox.accept(delivery('fresh'), accepting)).toBe('accepted')
    expect(await inbox.accept(delivery('fresher'), accepting)).toBe('full')
    const [next] = (await inbox.deadLetters.list()).letters
    expect(await inbox.deadLetters.redrive(next?.id ?? '')).toBe(0)
    expect((await inbox.stats()).waiting).toBe(10)
  })

  it('goes on after another process had the lock for longer than a write waits', async () => {
    const path = tempFile()
    const driver = countingDriver()
    const inbox = open({}, path, driver.open)
    await deadLetterMany(inbox, 1_000)
    const other = loadDriver()(path)
    onTestFinished(() => other.close())
    const redriven = inbox.deadLetters.redrive({ all: true })
    await until('some wait', async () => (await inbox.stats()).waiting > 0)
    other.exec('BEGIN IMMEDIATE')
    const busy = driver.busy
    await until('a write gave up', () => driver.busy > busy + 60)
    other.exec('ROLLBACK')
    expect(await redriven).toBe(1_000)
    expect((await inbox.stats()).waiting).toBe(1_000)
  })

  it.each(['before', 'after'] as const)(
    'counts right when a commit failed %s it was applied',
    async (when) => {
      const driver = faultyDriver()
      const inbox = open({}, tempFile(), driver.open)
      await deadLetterMany(inbox, 500)
      driver.fail(1034, when)
      const redriven = inbox.deadLetters.redrive({ all: true })
      await until('it failed', () => driver.failures > 0)
      driver.mend()
      expect(await redriven).toBe(500)
      expect(await inbox.stats()).toMatchObject({ waiting: 500, dead: 0 })
    },
  )

  it('says how far it came when the inbox is closed', async () => {
    const inbox = open()
    await deadLetterMany(inbox, 1_000)
    const redriven = inbox.deadLetters.redrive({ all: true }, { perSecond: 1_000 })
    const refused = expect(redriven).rejects.toThrow(/closed\. [1-9]\d* dead letters were changed before/)
    await until('some wait', async () => (await inbox.stats()).waiting > 0)
    await Promise.all([inbox.close(), inbox.close()])
    await refused
  })
})

describe('two closes at once', () => {
  it('end together, when what runs is finished', async () => {
    const inbox = open()
    let finish = () => {}
    const { consumer, observations } = consume(inbox, async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return done
    })
    await inbox.accept(delivery('d'), accepting)
    await until('it runs', async () => (await inbox.stats()).leased === 1)
    const ended: string[] = []
    const closes = [
      consumer.close({ timeoutMs: 5_000 }).then(() => ended.push('first')),
      consumer.close({ timeoutMs: 5_000 }).then(() => ended.push('second')),
      inbox.close().then(() => ended.push('inbox')),
    ]
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toEqual([])
    finish()
    await Promise.all(closes)
    expect(observations.map(({ type }) => type)).toEqual(['handled'])
  })
})
