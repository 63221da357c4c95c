import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Inbox, Observation } from '@acuse/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type SqliteInboxOptions, sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

function open(path: string, options: SqliteInboxOptions = {}): Inbox {
  const inbox = sqliteInbox(path, { pollMs: 20, ...options })
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

describe('sqliteInbox', () => {
  it.each([
    ['no path', '', {}, /webhooks\.db/],
    ['a path that is none', undefined, {}, /webhooks\.db/],
    ['no file', ':memory:', {}, /memoryInbox\(\)/],
    ['a URL', 'file:webhooks.db', {}, /path, not a URL/],
    ['a remote database', 'libsql://db.example', {}, /path, not a URL/],
    ['a folder that does not exist', '/nonexistent/folder/inbox.db', {}, /folder that exists/],
    ['an unknown option', '/tmp/x.db', { retention: 1 }, /no option 'retention'/],
    ['no retention', '/tmp/x.db', { retentionMs: 0 }, /retentionMs must be a whole number/],
    ['a lease that is too short', '/tmp/x.db', { leaseMs: 10 }, /leaseMs/],
    ['a poll that never rests', '/tmp/x.db', { pollMs: 0 }, /pollMs/],
    ['no place for deliveries', '/tmp/x.db', { maxDeliveries: 0 }, /maxDeliveries/],
  ])('refuses %s, and says what to do', (_, path, options, message) => {
    expect(() => sqliteInbox(path as string, options as SqliteInboxOptions)).toThrow(TypeError)
    expect(() => sqliteInbox(path as string, options as SqliteInboxOptions)).toThrow(message)
  })

  it('refuses a file that is no database', () => {
    const path = tempFile()
    writeFileSync(path, 'no database at all, but long enough to look like one. '.repeat(20))
    expect(() => sqliteInbox(path)).toThrow(/not a database/)
  })

  it('makes a file that only its user reads', () => {
    const path = tempFile()
    open(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600)
  })

  it('has one location for one file, whichever links lead to it', () => {
    const path = tempFile()
    const link = `${path}-link`
    const inbox = open(path)
    symlinkSync(path, link)
    const other = open(link)
    expect(other.location).toBe(inbox.location)
    expect(open(tempFile()).location).not.toBe(inbox.location)
  })

  it('commits what it was given before it closes', async () => {
    const path = tempFile()
    const inbox = open(path)
    const results = Array.from({ length: 200 }, (_, at) => inbox.accept(delivery(`d${at}`), accepting))
    const closed = inbox.close()
    expect(new Set(await Promise.all(results))).toEqual(new Set(['accepted']))
    await closed
    await expect(inbox.accept(delivery('late'), accepting)).rejects.toThrow('The inbox is closed')
    await expect(inbox.deadLetter(delivery('late'), 'stale')).rejects.toThrow('The inbox is closed')
    expect(() => consume(inbox, async () => done)).toThrow('The inbox is closed')
    expect((await open(path).stats()).waiting).toBe(200)
  })

  it('is full at its bound, tells of it from 80 % on, and still knows what it has', async () => {
    const inbox = open(tempFile(), { maxDeliveries: 10 })
    const observations: Observation[] = []
    const options = {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 10,
      retry: {},
      observer: (observation: Observation) => void observations.push(observation),
    }
    const consumer = inbox.consume(async () => done, options)
    for (let at = 0; at < 10; at++) expect(await inbox.accept(delivery(`d${at}`), accepting)).toBe('accepted')
    expect(observations).toEqual([
      { type: 'high-water-mark', provider: 'acme', resource: 'deliveries', used: 0.8 },
    ])
    expect(await inbox.accept(delivery('d10'), accepting)).toBe('full')
    expect(await inbox.accept(delivery('d3'), accepting)).toBe('duplicate')
    const other = { ...delivery('other'), id: delivery('d3').id }
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    consumer.start()
    await consumer.onIdle()
    expect(await inbox.accept(delivery('d10'), accepting)).toBe('accepted')
  })

  it('counts what other processes accepted against its bound', async () => {
    const path = tempFile()
    const [a, b] = [open(path, { maxDeliveries: 3 }), open(path, { maxDeliveries: 3 })]
    for (let at = 0; at < 3; at++) await a.accept(delivery(`d${at}`), accepting)
    expect(await b.accept(delivery('d3'), accepting)).toBe('full')
  })

  it('redrives 1 000 dead letters, each handled once', async () => {
    const inbox = open(tempFile())
    const count = 1_000
    const all = Array.from({ length: count }, (_, at) => delivery(`d${at}`))
    await Promise.all(all.map((one) => inbox.deadLetter(one, 'stale')))
    const handled: string[] = []
    const { consumer } = consume(inbox, async ({ id }) => {
      handled.push(id)
      return done
    })
    expect(await inbox.deadLetters.redrive({ reason: 'stale' })).toBe(count)
    await consumer.onIdle()
    expect(handled).toHaveLength(count)
    expect(new Set(handled).size).toBe(count)
  })

  it('redrives a delivery behind those of its ordering key that are on their way', async () => {
    const inbox = open(tempFile())
    const [first, second, third] = ['1', '2', '3'].map((name) => delivery(name, { orderingKey: 'k' }))
    let isBroken = true
    const order: string[] = []
    let running = 0
    const { consumer } = consume(inbox, async ({ id }) => {
      expect(++running).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running--
      if (isBroken && id === first?.id)
        return { status: 'dead', reason: 'unrecoverable', error: new Error('x') }
      order.push(id)
      return done
    })
    for (const one of [first, second, third]) if (one) await inbox.accept(one, accepting)
    await until('the first is dead', async () => (await inbox.stats()).dead === 1)
    isBroken = false
    await inbox.deadLetters.redrive(first?.id ?? '')
    await consumer.onIdle()
    expect(order).toEqual([second?.id, first?.id, third?.id])
  })

  it('refuses a cursor that is none of its own', async () => {
    const inbox = open(tempFile())
    for (const after of ['', 'x', '1', '1.2.3', '-1.2']) {
      await expect(inbox.deadLetters.list({ after })).rejects.toThrow(TypeError)
    }
    await expect(inbox.deadLetters.list({ reasons: 'stale' } as never)).rejects.toThrow(TypeError)
    await expect(inbox.deadLetters.discard({ reasons: 'stale' } as never)).rejects.toThrow(TypeError)
  })

  it('drops what its observer throws', async () => {
    const inbox = open(tempFile())
    const observer = () => {
      throw new Error('observer')
    }
    const { consumer } = consume(inbox, async () => done, { observer })
    await inbox.accept(delivery('d'), accepting)
    await consumer.onIdle()
    expect((await inbox.stats()).dead).toBe(0)
  })

  it('returns what it leased and never handed out when it is closed at that moment', async () => {
    const path = tempFile()
    const inbox = open(path)
    for (let at = 0; at < 5; at++) await inbox.accept(delivery(`d${at}`), accepting)
    let handed = 0
    consume(inbox, async () => {
      handed++
      return done
    })
    await inbox.close()
    const attempts: number[] = []
    const { consumer } = consume(open(path), async (_, { attempt }) => {
      attempts.push(attempt)
      return done
    })
    await consumer.onIdle()
    expect(handed + attempts.length).toBe(5)
    expect(attempts.every((attempt) => attempt === 1)).toBe(true)
  })
})
