import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HandleResult, Lease } from '@acuse/core/inbox-kit'
import type { Pool, PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ask, type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { startProxy } from '../support/tcp-proxy.ts'
import { accepting, consume, delivery, open, openPool, until } from './support.ts'

let database: OwnDatabase
let count = 0

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

const done: HandleResult = { status: 'done', handlers: 1 }

/** An inbox, and a table beside it. */
async function stage(pool: Pool, more: object = {}) {
  const schema = `effects_${process.pid}_${++count}`
  const inbox = await open(pool, { schema, ...more })
  await pool.query(`CREATE TABLE ${schema}.effects (id text, attempt integer)`)
  const effects = async () => {
    const { rows } = await pool.query(`SELECT id, attempt FROM ${schema}.effects ORDER BY id, attempt`)
    return rows.map((row) => `${row.id} ${row.attempt}`)
  }
  const write = async (lease: Lease, id: string) => {
    const transaction = lease.transaction?.()
    if (!transaction) throw new Error('There is no transaction')
    const client = (await transaction.begin()) as PoolClient
    await client.query(`INSERT INTO ${schema}.effects VALUES ($1, $2)`, [id, lease.attempt])
    return { transaction, client }
  }
  return { schema, inbox, effects, write }
}

describe("a handler's transaction", () => {
  it('commits its effect and its completion as one, and rolls both back', async () => {
    const { inbox, effects, write } = await stage(openPool(database.url))
    const completed: (readonly string[])[] = []
    const { consumer } = consume(inbox, async ({ id }, lease) => {
      completed.push(lease.completed)
      if (lease.completed.includes('h')) return done
      const { transaction } = await write(lease, id)
      if (lease.attempt === 1) await transaction.rollback()
      else await transaction.commit('h')
      // In both cases nobody heard of it.
      return { status: 'failed', error: new Error('cut short'), completed: [] }
    })
    await inbox.accept(delivery('one'), accepting)
    await until(
      'it is handled',
      async () => (await inbox.stats()).waiting + (await inbox.stats()).delayed === 0,
    )
    await consumer.onIdle()
    expect(await effects()).toEqual(['one 2'])
    expect(completed).toEqual([[], [], ['h']])
  })

  it('is not committed where the lease is lost', async () => {
    const pool = openPool(database.url)
    const { schema, inbox, effects, write } = await stage(pool)
    const commits = new Map<number, boolean>()
    const { consumer } = consume(inbox, async ({ id }, lease) => {
      const { transaction } = await write(lease, id)
      // As another process does that takes it.
      if (lease.attempt === 1)
        await pool.query(`UPDATE ${schema}.deliveries SET token = token + 1, state = 'waiting'`)
      commits.set(lease.attempt, await transaction.commit('h'))
      return done
    })
    await inbox.accept(delivery('one'), accepting)
    await until('it is handled again', () => commits.size === 2)
    await consumer.onIdle()
    // Either may hear of its end first.
    const [first, second] = [commits.get(1), commits.get(2)]
    expect([first, second, await effects()]).toEqual([false, true, ['one 2']])
  })

  it('is refused where the handler committed by itself, and the client is not used again', async () => {
    const { inbox, write } = await stage(openPool(database.url))
    const { consumer, observations } = consume(inbox, async ({ id }, lease) => {
      const { transaction, client } = await write(lease, id)
      await client.query('COMMIT')
      await transaction.commit('h')
      return done
    })
    await inbox.accept(delivery('one'), accepting)
    await until('it is dead', () => observations.some(({ type }) => type === 'dead'))
    await consumer.onIdle()
    const letter = await inbox.deadLetters.get('one')
    expect(letter?.failures.at(-1)?.message).toMatch(/leave BEGIN, COMMIT and ROLLBACK to the inbox/)
  })

  it('leaves connections of the pool to accepts, however many handlers have one', async () => {
    const { inbox, effects, write } = await stage(openPool(database.url, 6))
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let open = 0
    const { consumer } = consume(inbox, async ({ id }, lease) => {
      const { transaction } = await write(lease, id)
      open++
      await released
      await transaction.commit('h')
      return done
    })
    for (let at = 0; at < 8; at++) await inbox.accept(delivery(`d${at}`), accepting)
    await until('two are open', () => open === 2)
    expect(await inbox.accept(delivery('more'), accepting)).toBe('accepted')
    release()
    await consumer.onIdle()
    expect(await effects()).toHaveLength(9)
  })

  it('gives its connection up where COMMIT gets no answer, and another transaction can begin', async () => {
    const { port, pathname } = new URL(database.url)
    const proxy = await startProxy(Number(port))
    onTestFinished(() => proxy.refuse())
    // One transaction at a time.
    const pool = openPool(`postgres://postgres@127.0.0.1:${proxy.port}${pathname}`, 5)
    const { schema, inbox, write } = await stage(pool, { timeoutMs: 500, leaseMs: 1_000 })
    const refusals: unknown[] = []
    const { consumer } = consume(inbox, async ({ id }, lease) => {
      if (lease.completed.includes('h')) return done
      const { transaction } = await write(lease, id)
      // Its server hangs without a word, and later connections are answered.
      if (lease.attempt === 1) proxy.set('dead')
      const committing = transaction.commit('h')
      proxy.set('pass')
      try {
        await committing
        return done
      } catch (error) {
        refusals.push(error)
        return { status: 'failed', error, completed: [] }
      }
    })
    await inbox.accept(delivery('one'), accepting)
    // Not through the pool, which has dead connections yet.
    const effects = () => ask(database.url, `SELECT * FROM ${schema}.effects`)
    await until('it is made', async () => (await effects()).length > 0)
    await consumer.onIdle()
    expect(refusals).toEqual([new Error('Postgres did not answer within 1000 ms')])
    expect(await effects()).toEqual([{ id: 'one', attempt: 2 }])
  })

  it('makes each effect exactly once, however often its process is killed', async () => {
    const pool = openPool(database.url)
    const { schema, inbox, effects } = await stage(pool)
    const ids = Array.from({ length: 150 }, (_, at) => `d${at}`)
    for (const id of ids) await inbox.accept(delivery(id), accepting)
    for (let kills = 0; kills < 5; kills++) {
      const child = startWorker(database.url, schema)
      let handled = 0
      for await (const chunk of child.stdout ?? []) {
        handled += String(chunk).split('handled').length - 1
        if (handled >= 15) break
      }
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    startWorker(database.url, schema)
    await until('all are handled', async () => {
      const { waiting, leased, delayed } = await inbox.stats()
      return waiting + leased + delayed === 0
    })
    expect((await effects()).map((each) => each.split(' ')[0])).toEqual(ids.toSorted())
    expect((await inbox.stats()).dead).toBe(0)
  })
})

function startWorker(url: string, schema: string): ChildProcess {
  const script = fileURLToPath(new URL('worker.ts', import.meta.url))
  const words = ['--conditions=@acuse/source', '--import', 'tsx', script, url, schema]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return child
}
