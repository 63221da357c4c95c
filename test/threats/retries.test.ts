import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, memoryInbox, type ReceiverOptions, systemClock, toNodeHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { type AcmeEvents, acme, paid, signed } from '../../packages/core/test/support/acme.ts'
import { lettersOf } from '../../packages/core/test/support/letters.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const logger = { debug: silent, info: silent, warn: silent, error: silent }
const folders: string[] = []

function silent(): void {}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A clock that runs, and that a test moves on. */
function movedClock() {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    schedule: systemClock.schedule,
    moveOn: (ms: number) => {
      ahead += ms
    },
  }
}

type Level = 'memory' | 'sqlite' | 'handled'
const levels: readonly Level[] = ['memory', 'sqlite', 'handled']

/** The options of a level; a file can be opened again by the same call. */
function levelOf(level: Level, clock: ReturnType<typeof movedClock>) {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-retries-'))
  folders.push(folder)
  return (): ReceiverOptions<never> => {
    if (level === 'handled') return { ack: 'handled', clock, logger }
    const inbox = level === 'memory' ? memoryInbox({ clock }) : sqliteInbox(join(folder, 'w.db'), { clock })
    return { inbox, clock, logger }
  }
}

/** A sender that signs each attempt anew: its time and its number are in the body. */
const attempts = acme({
  time: { of: 'attempt', format: 'rfc3339', required: true, signed: true },
  volatile: ['at', 'attempt'],
  envelope: ({ type, id, at }) => ({ type: String(type), time: at, idempotencyKey: [id as string] }),
})

function bench(options: ReceiverOptions<never>) {
  const receiver = createReceiver(attempts, options as ReceiverOptions<AcmeEvents>)
  const runs: string[] = []
  receiver.on('order.paid', ({ payload }) => runs.push(payload.id))
  const deliver = async (payload: object): Promise<string | number> => {
    const outcome = await receiver.receive(signed({ ...paid, ...payload }))
    await receiver.onIdle()
    return outcome.kind === 'rejected' ? outcome.status : outcome.kind
  }
  return { receiver, runs, deliver }
}

describe('42: a sender that signs each attempt anew', () => {
  it.each(levels)(
    'and retries after 10 minutes, an hour, 3 days: one run, and 200 each time (%s)',
    async (level) => {
      const clock = movedClock()
      const { receiver, runs, deliver } = bench(levelOf(level, clock)())
      const answers: (string | number)[] = []
      for (const [attempt, waitMs] of [0, 10 * minute, hour, 3 * day].entries()) {
        clock.moveOn(waitMs)
        answers.push(await deliver({ attempt, at: new Date(clock.now()).toISOString() }))
      }
      expect(answers).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate'])
      expect(runs).toHaveLength(1)
      await receiver.close()
    },
  )

  it('finds its retry of three days later in a file that another process wrote', async () => {
    const clock = movedClock()
    const open = levelOf('sqlite', clock)
    const first = bench(open())
    expect(await first.deliver({ at: new Date(clock.now()).toISOString() })).toBe('accepted')
    await first.receiver.close()
    clock.moveOn(3 * day)
    const second = bench(open())
    expect(await second.deliver({ at: new Date(clock.now()).toISOString() })).toBe('duplicate')
    expect([first.runs.length, second.runs.length]).toEqual([1, 0])
    await second.receiver.close()
  })

  it('and whose captured attempt is replayed, is a duplicate while that is fresh and stale from then on', async () => {
    const clock = movedClock()
    const { receiver, runs, deliver } = bench(levelOf('sqlite', clock)())
    const captured = { at: new Date(clock.now()).toISOString() }
    expect(await deliver(captured)).toBe('accepted')
    clock.moveOn(4 * minute)
    expect(await deliver(captured)).toBe('duplicate')
    clock.moveOn(2 * minute)
    expect(await deliver(captured)).toBe(401)
    expect(runs).toHaveLength(1)
    await receiver.close()
  })
})

describe("42: a sender whose time is the event's own", () => {
  const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

  it('and whose queue is late by hours, or who sends by hand again, is not refused: no event is lost', async () => {
    const clock = movedClock()
    const receiver = createReceiver(redcumbre(secret), levelOf('sqlite', clock)() as ReceiverOptions<never>)
    const runs: string[] = []
    receiver.on('bhe.emitida', ({ payload }) => runs.push(payload.bheId))
    const server = createServer(toNodeHandler(receiver))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${receiver.path}`
    const sender = createSender({ provider: redcumbre, secret, url, clock, sleep: async () => {} })
    for (const lateMs of [0, 6 * minute, hour, 20 * hour, 6 * day]) {
      const report = await sender.send('bhe.emitida', {}, { at: new Date(clock.now() - lateMs) })
      expect(report, `${lateMs} ms late`).toMatchObject({ delivered: true, attempts: [{ status: 200 }] })
      await receiver.onIdle()
      clock.moveOn(hour)
      expect(await sender.resend(report)).toMatchObject({ delivered: true })
    }
    expect(new Set(runs).size).toBe(5)
    expect(runs).toHaveLength(5)
    const stale = await sender.send('bhe.emitida', {}, { at: new Date(clock.now() - 8 * day), attempts: 1 })
    expect(stale.status).toBe(401)
    expect(await lettersOf(receiver.inbox, { reason: 'stale' })).toHaveLength(1)
    expect(runs).toHaveLength(5)
    server.close()
    server.closeAllConnections()
    await receiver.close()
  })
})

describe('43: events without an id', () => {
  it.each(levels)('are three runs, and their copies none (%s)', async (level) => {
    const clock = movedClock()
    const { receiver, runs, deliver } = bench(levelOf(level, clock)())
    const at = new Date(clock.now()).toISOString()
    const answers: (string | number)[] = []
    for (const amount of [1, 2, 3, 2]) answers.push(await deliver({ id: undefined, amount, at }))
    expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'duplicate'])
    expect(runs).toHaveLength(3)
    await receiver.close()
  })
})

describe('44: attempts that are counted in the body', () => {
  it.each(levels)('are duplicates; a change elsewhere is a conflict (%s)', async (level) => {
    const clock = movedClock()
    const { receiver, runs, deliver } = bench(levelOf(level, clock)())
    const at = (ms: number) => new Date(clock.now() + ms).toISOString()
    expect(await deliver({ attempt: 1, at: at(0) })).toBe('accepted')
    expect(await deliver({ attempt: 2, at: at(1_000) })).toBe('duplicate')
    expect(await deliver({ attempt: 3, at: at(2_000), amount: 13 })).toBe(409)
    expect(await deliver({ attempt: 4, at: at(3_000), amount: 13 })).toBe(409)
    expect(runs).toHaveLength(1)
    if (receiver.inbox) expect(await lettersOf(receiver.inbox, { reason: 'conflict' })).toHaveLength(1)
    await receiver.close()
  })
})
