import type { Delivery, Observation } from '@acuse/core'
import type { Lease } from '@acuse/core/inbox-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, done, provider, until } from './support/deliveries.ts'
import { startWorker, type TestProcess } from './support/processes.ts'

let redis: OwnRedis
let count = 0
let name = ''
const inboxes: BullmqInbox[] = []
const processes: TestProcess[] = []

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
  await Promise.all(processes.splice(0).map((child) => child.kill()))
})
afterAll(() => redis.stop())

function fresh(): string {
  name = `consume-${++count}`
  return name
}

function open(options = {}): BullmqInbox {
  const inbox = bullmqInbox({ connection: redis.url, name, timeoutMs: 5_000, onError: () => {}, ...options })
  inboxes.push(inbox)
  return inbox
}

function work(kind: string, leaseMs = 1_000): TestProcess {
  const child = startWorker({ REDIS_URL: redis.url, NAME: name, WORKER: kind, LEASE_MS: String(leaseMs) })
  processes.push(child)
  return child
}

describe('handing out', () => {
  it('hands out every part of a delivery, byte for byte', async () => {
    fresh()
    const inbox = open()
    const body = Uint8Array.from({ length: 256 }, (_, index) => index)
    const sent: Delivery = {
      ...delivery('a'),
      body,
      orderingKey: 'k',
      headers: { 'x-a': 'ñ', ['__proto__']: 'b' },
    }
    const bare: Delivery = { ...delivery('b'), occurredAt: undefined, body: new Uint8Array() }
    const got: Delivery[] = []
    const consumer = inbox.consume(
      async (one) => {
        got.push(one)
        return { status: 'done', handlers: 0 }
      },
      consuming({ concurrency: 1 }),
    )
    await inbox.accept(sent, accepting)
    await inbox.accept(bare, accepting)
    expect(got).toEqual([])
    consumer.start()
    consumer.start()
    await consumer.onIdle()
    expect(got).toStrictEqual([sent, bare])
    expect(() => inbox.consume(done, consuming())).toThrow(TypeError)
  })

  it('tries again with what completed, and tells what becomes of it', async () => {
    fresh()
    const inbox = open()
    const observations: Observation[] = []
    const leases: Pick<Lease, 'attempt' | 'completed'>[] = []
    const consumer = inbox.consume(
      async (_, { attempt, completed }) => {
        leases.push({ attempt, completed })
        if (attempt === 2) throw new Error('thrown')
        if (attempt < 4) return { status: 'failed', error: new TypeError(`no ${attempt}`), completed: ['a'] }
        return { status: 'done', handlers: 2 }
      },
      consuming({ retry: { attempts: 4, minDelayMs: 1, maxDelayMs: 20 } }, observations),
    )
    const one = delivery()
    await inbox.accept(one, accepting)
    consumer.start()
    await consumer.onIdle()
    expect(leases).toEqual([
      { attempt: 1, completed: [] },
      { attempt: 2, completed: ['a'] },
      { attempt: 3, completed: ['a'] },
      { attempt: 4, completed: ['a'] },
    ])
    await until(() => observations.length === 4)
    const about = { provider, id: one.id, event: one.type }
    expect(observations).toMatchObject([
      { type: 'retried', ...about, attempt: 1, error: new TypeError('no 1') },
      { type: 'retried', attempt: 2 },
      { type: 'retried', attempt: 3 },
      { type: 'handled', ...about, attempt: 4, handlers: 2 },
    ])
  })

  it('dead-letters what cannot be handled at once, and the rest after its attempts, with their failures', async () => {
    fresh()
    const inbox = open()
    const observations: Observation[] = []
    const bad = delivery('bad')
    const worse = delivery('worse')
    const consumer = inbox.consume(
      async ({ id }, { attempt }) =>
        id === bad.id
          ? { status: 'dead', reason: 'schema-mismatch', error: new Error('at folio') }
          : { status: 'failed', error: new Error(`no ${attempt}\nreally`), completed: ['a'] },
      consuming({}, observations),
    )
    await inbox.accept(bad, accepting)
    await inbox.accept(worse, accepting)
    consumer.start()
    await until(() => observations.filter(({ type }) => type === 'dead').length === 2)
    expect((await inbox.deadLetters.get(bad.id))?.failures).toMatchObject([{ message: 'Error: at folio' }])
    const letter = await inbox.deadLetters.get(worse.id)
    expect(letter).toMatchObject({ id: worse.id, reason: 'attempts-used-up', attempt: 3, delivery: worse })
    expect(letter?.failures.map(({ attempt, message }) => [attempt, message])).toEqual([
      [1, 'Error: no 1\nreally'],
      [2, 'Error: no 2\nreally'],
      [3, 'Error: no 3\nreally'],
    ])
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0, delayed: 0, dead: 2 })
  })

  it('counts attempts anew after a redrive, and after a retry in a dashboard makes one more', async () => {
    fresh()
    const inbox = open()
    const seen: [number, readonly string[]][] = []
    const consumer = inbox.consume(
      async (_, { attempt, completed }) => {
        seen.push([attempt, completed])
        return { status: 'failed', error: new Error('no'), completed: ['a'] }
      },
      consuming({ retry: { attempts: 2, minDelayMs: 0, maxDelayMs: 0 } }),
    )
    const one = delivery()
    await inbox.accept(one, accepting)
    consumer.start()
    await until(async () => (await inbox.stats()).dead === 1)
    expect(await inbox.deadLetters.redrive(one.id)).toBe(1)
    expect(await inbox.deadLetters.redrive('absent')).toBe(0)
    await until(async () => seen.length === 4 && (await inbox.stats()).dead === 1)
    expect(seen).toEqual([
      [1, []],
      [2, ['a']],
      [1, ['a']],
      [2, ['a']],
    ])
  })

  it('gives back what is not finished when it is closed, and waits no longer than it may', async () => {
    fresh()
    const inbox = open()
    const aborted: unknown[] = []
    const consumer = inbox.consume(async (_, { signal }) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason))
      return new Promise(() => {})
    }, consuming())
    await inbox.accept(delivery('a'), accepting)
    await inbox.accept(delivery('b'), accepting)
    consumer.start()
    await until(async () => (await inbox.stats()).leased === 2)
    await consumer.close({ timeoutMs: 200 })
    expect(aborted).toHaveLength(2)
    expect(await inbox.stats()).toMatchObject({ waiting: 2, leased: 0 })
    const attempts: number[] = []
    const next = open().consume(async (_, { attempt }) => {
      attempts.push(attempt)
      return { status: 'done', handlers: 1 }
    }, consuming())
    next.start()
    await next.onIdle()
    expect(attempts).toEqual([2, 2])
  })

  it('waits for running handlers when it is closed', async () => {
    fresh()
    const inbox = open()
    let finished = 0
    let finish = (): void => {}
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve
    })
    const consumer = inbox.consume(
      async () => {
        await mayFinish
        finished++
        return { status: 'done', handlers: 1 }
      },
      consuming({ concurrency: 1 }),
    )
    for (const one of ['a', 'b', 'c']) await inbox.accept(delivery(one), accepting)
    consumer.start()
    await until(async () => (await inbox.stats()).leased === 1)
    const closing = inbox.close({ timeoutMs: 60_000 })
    finish()
    await closing
    expect(finished).toBe(1)
    await expect(inbox.accept(delivery(), accepting)).rejects.toThrow('closed')
    expect(await open().stats()).toMatchObject({ waiting: 2, leased: 0 })
  })
})

describe('waiting for rest', () => {
  it('costs Redis no more for a thousand who wait than for one', async () => {
    fresh()
    const inbox = open()
    let finish = () => {}
    const consumer = inbox.consume(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { status: 'done', handlers: 1 }
    }, consuming())
    await inbox.accept(delivery(), accepting)
    consumer.start()
    await until(async () => (await inbox.stats()).leased === 1)
    await redis.command('CONFIG', 'RESETSTAT')
    const waiting = Array.from({ length: 1_000 }, () => consumer.onIdle())
    await new Promise((resolve) => setTimeout(resolve, 500))
    const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await redis.command('INFO', 'commandstats')) ?? []
    expect(Number(calls)).toBeLessThan(50)
    finish()
    await Promise.all(waiting)
  })
})

describe('several processes', () => {
  it('accept and work apart, and a process of one role does not do the other', async () => {
    fresh()
    const inbox = open({ role: 'accept' })
    const consumer = inbox.consume(done, consuming())
    consumer.start()
    await consumer.onIdle()
    expect(await inbox.accept(delivery(), accepting)).toBe('accepted')
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
    await expect(open({ role: 'work' }).accept(delivery(), accepting)).rejects.toThrow("role 'accept'")
    const worker = work('done')
    await worker.says('handled')
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0 })
    worker.child.kill('SIGTERM')
    expect(await worker.exits()).toBe(0)
  })

  it('lose their lease while they are stopped, and cannot complete what another has', async () => {
    fresh()
    const inbox = open({ role: 'accept' })
    const one = delivery()
    await inbox.accept(one, accepting)
    const stale = work('slow')
    await stale.says('start 1')
    stale.child.kill('SIGSTOP')
    const leases: number[] = []
    let release = () => {}
    const observations: Observation[] = []
    const consumer = open({ leaseMs: 1_000 }).consume(
      async (_, { attempt }) => {
        leases.push(attempt)
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return { status: 'done', handlers: 1 }
      },
      consuming({}, observations),
    )
    consumer.start()
    await until(() => leases.length === 1)
    expect(leases).toEqual([2])
    stale.child.kill('SIGCONT')
    await stale.says('aborted')
    await stale.says('end 1')
    await stale.says('error The lease of job')
    expect(stale.lines).not.toContain('handled')
    expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 1, dead: 0 })
    release()
    await consumer.onIdle()
    await until(() => observations.length === 1)
    expect(observations).toMatchObject([{ type: 'handled', attempt: 2 }])
  })

  it('dead-letter a poison event that ends each process that handles it', async () => {
    fresh()
    const inbox = open({ role: 'accept' })
    const one = delivery()
    await inbox.accept(one, accepting)
    let starts = 0
    for (let turn = 0; turn < 3; turn++) {
      const worker = work('poison')
      expect(await worker.exits()).toBe(1)
      starts += worker.lines.filter((line) => line.startsWith('start')).length
    }
    const last = work('poison')
    await last.says('dead')
    expect(starts).toBe(3)
    expect(last.lines).not.toContain('start 4')
    expect(await inbox.deadLetters.get(one.id)).toMatchObject({
      reason: 'attempts-used-up',
      attempt: 3,
      failures: [1, 2, 3].map((attempt) => ({ attempt, message: expect.stringContaining('cut short') })),
    })
  }, 240_000)
})
