import type { HandleResult } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { startProcess } from './support/process.ts'
import { tempFile } from './support/temp-file.ts'

const failed: HandleResult = { status: 'failed', error: new Error('no database'), completed: ['a'] }
const dead: HandleResult = { ...failed, status: 'dead', reason: 'unrecoverable' }

/** An inbox whose file refuses one delivery's change of state; the returned function has it refuse no more. */
function refusing(condition: string) {
  const path = tempFile()
  const inbox = sqliteInbox(path, { pollMs: 20, leaseMs: 300 })
  onTestFinished(() => inbox.close({ timeoutMs: 100 }))
  const exec = (sql: string) => {
    const database = loadDriver()(path)
    database.exec(`PRAGMA busy_timeout = 5000; ${sql}`)
    database.close()
  }
  exec(`CREATE TRIGGER refusing BEFORE UPDATE ON deliveries WHEN old.type = 'odd' AND ${condition}
    BEGIN SELECT RAISE(ABORT, 'not that'); END`)
  return { inbox, path, mend: () => exec('DROP TRIGGER refusing') }
}

describe('a result that the file refuses for its own sake', () => {
  it.each<[string, HandleResult, RegExp]>([
    ['done', done, /^Error: The result of its attempt \('done'\) cannot be written: .*not that/],
    [
      'delayed',
      failed,
      /^Error: The result .* \('retry', after Error: no database\) cannot be written: .*not that/,
    ],
    [
      'dead',
      dead,
      /^Error: The result .* \('dead', after Error: no database\) cannot be written: .*not that/,
    ],
  ])(
    'becomes a dead letter that says so, once, where it is %s, and costs no other delivery anything',
    async (state, result, message) => {
      const isRefused = state === 'dead' ? 'new.completed = \'["a"]\'' : `new.state = '${state}'`
      const { inbox } = refusing(isRefused)
      let runs = 0
      const { consumer, observations } = consume(inbox, async ({ type }) => {
        if (type !== 'odd') return done
        runs++
        return result
      })
      const types = ['plain', 'odd', 'plain']
      const accepts = types.map((type, at) => inbox.accept(delivery(`d${at}`, { type }), accepting))
      expect(await Promise.all(accepts)).toEqual(['accepted', 'accepted', 'accepted'])
      await consumer.onIdle()
      expect(runs).toBe(1)
      expect(observations.map(({ type }) => type).sort()).toEqual(['dead', 'handled', 'handled'])
      const letter = await inbox.deadLetters.get(delivery('d1').id)
      expect(letter).toMatchObject({ reason: 'unrecoverable', attempt: 1 })
      expect(letter?.failures.map((failure) => failure.message)).toEqual([expect.stringMatching(message)])
    },
  )

  it('keeps its lease where a dead process cannot lose it, and the others that it held are taken over', async () => {
    const { inbox, path, mend } = refusing("old.state = 'leased'")
    const names = ['d0', 'd1', 'd2', 'd3']
    for (const [at, name] of names.entries()) {
      await inbox.accept(delivery(name, { type: at === 1 ? 'odd' : 'plain' }), accepting)
    }
    const holder = startProcess(path, 'slow', '', 300)
    await until('it holds all', () => holder.lines().filter((line) => line.startsWith('begin')).length === 4)
    holder.kill('SIGKILL')
    await holder.ended
    const { consumer, observations } = consume(inbox, async () => done)
    await until(
      'all but one are handled',
      () => observations.filter((one) => one.type === 'handled').length === 3,
    )
    mend()
    await consumer.onIdle()
    expect(observations.filter((one) => one.type === 'handled')).toHaveLength(4)
  })

  it('waits with its lease where no end can be written, while others are accepted and handled', async () => {
    const { inbox, mend } = refusing("old.state = 'leased' AND new.state <> 'leased'")
    let runs = 0
    const { consumer, observations } = consume(inbox, async ({ type }) => {
      if (type === 'odd') runs++
      return done
    })
    await inbox.accept(delivery('odd', { type: 'odd' }), accepting)
    await until('its handlers have run', () => runs === 1)
    for (let at = 0; at < 20; at++) {
      expect(await inbox.accept(delivery(`d${at}`), accepting)).toBe('accepted')
      await until('it is handled', () => observations.length === at + 1)
    }
    mend()
    await consumer.onIdle()
    expect(runs).toBe(1)
    expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'unrecoverable' })
  })

  it('keeps no process that closes waiting until it would be written again', async () => {
    const { inbox, path } = refusing("old.state = 'leased'")
    await inbox.accept(delivery('odd', { type: 'odd' }), accepting)
    const holder = startProcess(path, 'work', '', 3_600_000)
    await until('its handler has run', () => holder.lines().some((line) => line.startsWith('end')))
    holder.kill('SIGTERM')
    await holder.ended
    expect(holder.lines().filter((line) => line.startsWith('signal'))).toEqual([])
    expect(await inbox.stats()).toMatchObject({ leased: 1 })
  })
})

describe('a lease that the file refuses to change', () => {
  it('keeps no other from being given back by a close', async () => {
    const { inbox } = refusing("old.state = 'leased'")
    let running = 0
    const { consumer } = consume(inbox, () => {
      running++
      return new Promise<never>(() => {})
    })
    for (const [at, type] of ['plain', 'odd', 'plain'].entries()) {
      await inbox.accept(delivery(`d${at}`, { type }), accepting)
    }
    await until('all run', () => running === 3)
    await consumer.close({ timeoutMs: 20 })
    expect(await inbox.stats()).toMatchObject({ waiting: 2, leased: 1 })
  })

  it('keeps no other from being renewed', async () => {
    const { inbox, path } = refusing("old.state = 'leased' AND new.state = 'leased'")
    const running: string[] = []
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const first = consume(inbox, async ({ type }) => {
      running.push(type)
      await ended
      return done
    })
    for (const type of ['plain', 'odd']) await inbox.accept(delivery(type, { type }), accepting)
    await until('both run', () => running.length === 2)
    const other = sqliteInbox(path, { pollMs: 20, leaseMs: 300 })
    onTestFinished(() => other.close({ timeoutMs: 100 }))
    const taken: string[] = []
    const second = consume(other, async ({ type }) => {
      taken.push(type)
      return done
    })
    await until('the other was taken over', () => taken.length > 0)
    end()
    await first.consumer.onIdle()
    await second.consumer.onIdle()
    expect(taken).toEqual(['odd'])
    expect(first.observations).toMatchObject([{ type: 'handled', id: delivery('plain').id, attempt: 1 }])
  })
})
