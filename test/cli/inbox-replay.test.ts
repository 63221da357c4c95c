import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresInbox } from '@acuse/postgres'
import { sqliteInbox } from '@acuse/sqlite'
import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { consume, delivery, handleAll, type LoggedInbox, linesOf } from '../event-log/stores.ts'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { acuse, acuseOnTerminal } from './acuse.ts'

/** An inbox of a service, and what `--inbox` takes, with the options that it needs. */
interface Place {
  readonly inbox: LoggedInbox
  readonly named: readonly string[]
}

const retain = { bodiesForMs: 3_600_000 }
let database: OwnDatabase
let folder = ''
const undo: (() => Promise<unknown>)[] = []
let count = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acuse-replay-'))
  database = await sharedPostgres()
})
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})
afterAll(async () => {
  await database.stop()
  rmSync(folder, { recursive: true })
})

const places = {
  async sqlite(options: object = { retain }): Promise<Place> {
    const path = join(folder, `${++count}.db`)
    const inbox = sqliteInbox(path, { pollMs: 20, ...options })
    undo.push(() => inbox.close())
    return { inbox, named: ['--inbox', `sqlite:${path}`] }
  },
  async postgres(options: object = { retain }): Promise<Place> {
    const schema = `cli_replay_${++count}`
    const pool = new Pool({ connectionString: database.url, max: 5 })
    const inbox = postgresInbox(pool, { schema, pollMs: 20, timeoutMs: 20_000, ...options })
    await inbox.migrate()
    undo.push(() => inbox.close().then(() => pool.end()))
    return { inbox, named: ['--inbox', database.url, '--option', `schema=${schema}`] }
  },
}

const hourMs = 3_600_000
/** Received so many hours ago. */
const ago = (hours: number) => ({ receivedAt: new Date(Date.now() - hours * hourMs) })
const six = () => [
  delivery('old', 0, ago(30)),
  delivery('a', 0, ago(3)),
  delivery('sold', 0, { ...ago(3), type: 'thing.sold' }),
  delivery('other', 0, { ...ago(3), provider: 'other' }),
  delivery('b', 0, ago(2)),
  delivery('late', 0, ago(0)),
]
const many = (length: number) => Array.from({ length }, (_, n) => delivery(`n${n}`, 0, ago(1)))
const waitingOf = async (named: readonly string[]): Promise<number> =>
  JSON.parse((await acuse(['inbox', 'stats', '--json', ...named])).stdout).waiting
const someMade = ['--provider', 'acme', '--type', 'thing.made', '--since', '1d', '--until', '1h']

describe.each(['sqlite', 'postgres'] as const)('acuse inbox replay on %s', (kind) => {
  it('has the service handle what matches, as replays and in order of receipt, and nothing else', async () => {
    const { inbox, named } = await places[kind]()
    await handleAll(inbox, six())
    const { consumer, handed } = consume(inbox)
    const answered = await acuse(['inbox', 'replay', ...named, ...someMade, '--yes'])
    expect(answered).toEqual({ exitCode: 0, stdout: 'replayed: 2\n', stderr: '' })
    await consumer.onIdle()
    expect(handed.map(({ id, lease }) => [id, lease.isReplay, lease.attempt])).toEqual([
      ['a', true, 1],
      ['b', true, 1],
    ])
    const all = await acuse(['inbox', 'replay', ...named, '--all', '--yes', '--json'])
    const whole = { matched: null, replayed: 6, complete: true, dryRun: false, next: null }
    expect([all.exitCode, JSON.parse(all.stdout)]).toEqual([0, whole])
    await consumer.onIdle()
    expect(handed).toHaveLength(8)
    const none = await acuse(['inbox', 'replay', ...named, '--type', 'nothing', '--yes'])
    expect([none.exitCode, none.stdout]).toEqual([1, 'replayed: 0\n'])
  })

  it('stops where it is interrupted, and the command that it tells goes on there, whatever the time is by then', async () => {
    const { inbox, named } = await places[kind]()
    await handleAll(inbox, many(12))
    const first = await acuse(
      ['inbox', 'replay', '--since', '1d', '--yes', '--rate', '2', '--json', ...named],
      {
        async onStart(child) {
          while ((await waitingOf(named)) === 0) await sleep(20)
          child.kill('SIGINT')
        },
      },
    )
    const { replayed, complete, next } = JSON.parse(first.stdout)
    expect([first.exitCode, complete]).toEqual([130, false])
    expect(first.stderr).toContain(`It goes on there with: ${next}`)
    expect(await waitingOf(named)).toBe(replayed)
    expect(replayed).toBeGreaterThan(0)
    expect(replayed).toBeLessThan(12)
    const command = next.replace('--rate 2', '--rate 1000').split(' ').slice(1)
    const second = await acuse(command)
    expect(second).toEqual({ exitCode: 0, stdout: 'replayed: 12\n', stderr: '' })
    const { consumer, handed } = consume(inbox)
    await consumer.onIdle()
    expect(handed.map(({ id }) => id)).toEqual(many(12).map(({ id }) => id))
  })

  it('begins anew with --restart', async () => {
    const { inbox, named } = await places[kind]()
    await handleAll(inbox, many(12))
    const room = ['inbox', 'replay', '--all', '--yes', ...named, '--option', 'maxDeliveries=10']
    await acuse(room)
    const { consumer, handed } = consume(inbox)
    await consumer.onIdle()
    expect(handed).toHaveLength(8)
    const anew = await acuse(['inbox', 'replay', '--all', '--yes', '--restart', ...named])
    expect(anew.stdout).toBe('replayed: 12\n')
    await consumer.onIdle()
    expect(handed).toHaveLength(20)
  })

  it('leaves room for what the service accepts, and says how to go on', async () => {
    const { inbox, named } = await places[kind]()
    await handleAll(inbox, many(12))
    const room = ['--option', 'maxDeliveries=10']
    const full = await acuse(['inbox', 'replay', '--all', '--yes', ...named, ...room])
    expect([full.exitCode, full.stdout]).toEqual([1, 'replayed: 8\n'])
    expect(full.stderr).toMatch(
      /no room for more now.*\nIt goes on there with: acuse inbox replay .* --all --yes\n$/,
    )
    const { consumer, handed } = consume(inbox)
    await consumer.onIdle()
    const rest = await acuse(['inbox', 'replay', '--all', '--yes', ...named, ...room])
    expect([rest.exitCode, rest.stdout]).toEqual([0, 'replayed: 12\n'])
    await consumer.onIdle()
    expect(handed.map(({ id }) => id).sort()).toEqual(
      many(12)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('counts with --dry-run, and changes nothing', async () => {
    const { inbox, named } = await places[kind]()
    await handleAll(inbox, six())
    const before = await linesOf(inbox)
    const tried = await acuse(['inbox', 'replay', ...named, ...someMade, '--dry-run', '--json'])
    const answer = { matched: 2, replayed: 0, complete: false, dryRun: true, next: null }
    expect([tried.exitCode, JSON.parse(tried.stdout)]).toEqual([0, answer])
    const none = await acuse(['inbox', 'replay', ...named, '--type', 'nothing', '--dry-run'])
    expect([none.exitCode, none.stdout]).toEqual([1, '0 handled deliveries match\n'])
    expect(await waitingOf(named)).toBe(0)
    expect(await linesOf(inbox)).toEqual(before)
  })

  it('says what to do where nothing is kept, in English and Spanish', async () => {
    const { inbox, named } = await places[kind]({})
    await handleAll(inbox, many(2))
    for (const more of ['--yes', '--dry-run']) {
      const told = await acuse(['inbox', 'replay', '--all', more, ...named])
      expect([told.exitCode, told.stdout]).toEqual([1, ''])
      expect(told.stderr).toMatch(/^acuse: Nothing that was handled is kept.*\n.*retain: \{ bodiesForMs \}/)
      expect(told.stderr).not.toContain('    at ')
    }
    const spanish = await acuse(['inbox', 'replay', '--all', '--yes', '--lang', 'es', ...named])
    expect([spanish.exitCode, spanish.stderr]).toEqual([1, expect.stringContaining('no se conserva nada')])
  })

  it('exports what was handled, byte for byte as the inbox does, and what the filters say', async () => {
    const { inbox, named } = await places[kind]()
    const bytes = delivery('bytes', 0, { ...ago(5), body: Uint8Array.from({ length: 256 }, (_, n) => n) })
    await handleAll(inbox, [bytes, ...six(), ...many(70)])
    const file = join(folder, `${kind}.ndjson`)
    const answered = await acuse(['inbox', 'export', '--handled', ...named, '--output', file])
    expect(answered).toEqual({ exitCode: 0, stdout: 'exported: 77\n', stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe((await linesOf(inbox)).join(''))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const some = await acuse(['inbox', 'export', '--handled', ...named, ...someMade])
    const ids = some.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)
    expect(ids.slice(0, 3)).toEqual(['bytes', 'a', 'b'])
    const other = await places[kind]()
    expect(await other.inbox.import([readFileSync(file)])).toEqual({ imported: 77, known: 0 })
    expect(await linesOf(other.inbox)).toEqual(await linesOf(inbox))
  })
})

describe('acuse inbox replay', () => {
  it('takes filters or --all, and nothing else for everything', async () => {
    const { inbox, named } = await places.sqlite()
    await handleAll(inbox, six())
    const wrong = [
      [],
      ['--all', '--type', 'x'],
      ['--since', '1h', '--until', '2h'],
      ['--since', 'yesterday'],
      ['--all', '--rate', '0'],
    ]
    for (const args of wrong) {
      const { exitCode, stderr } = await acuse(['inbox', 'replay', ...named, '--yes', ...args])
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/Say which|stands alone|Nothing can match|a span such as 2h|--rate/),
      ])
    }
    const unasked = await acuse(['inbox', 'replay', ...named, '--all'])
    expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')])
    expect(await waitingOf(named)).toBe(0)
  })

  it('asks on a terminal, and shows how far it is', async () => {
    const { inbox, named } = await places.sqlite()
    await handleAll(inbox, six())
    const args = ['inbox', 'replay', '--all', ...named]
    const question = /Have 6 handled deliveries handled once more/
    const no = await acuseOnTerminal(args, [{ when: question, press: 'n' }])
    expect([no.exitCode, no.shown]).toEqual([1, expect.stringContaining('nothing was changed')])
    expect(await waitingOf(named)).toBe(0)
    const yes = await acuseOnTerminal(args, [{ when: question, press: 'y' }])
    expect([yes.exitCode, yes.shown]).toEqual([0, expect.stringMatching(/K6 ….*replayed: 6/s)])
    expect(await waitingOf(named)).toBe(6)
  })

  it('refuses an inbox in BullMQ, which keeps nothing that was handled', async () => {
    const redis = await startRedis()
    undo.push(() => redis.stop())
    const named = ['--inbox', `bullmq:${redis.url}`]
    for (const args of [
      ['replay', '--all', '--yes'],
      ['export', '--handled'],
    ]) {
      const { exitCode, stderr } = await acuse(['inbox', ...args, ...named])
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/bullmq keeps nothing.*\n.*SQLite and Postgres/),
      ])
    }
  })
})

describe('acuse inbox export', () => {
  it('takes filters of dead letters, or of what was handled, and never both', async () => {
    const { named } = await places.sqlite()
    for (const args of [
      ['x', '--handled'],
      ['--handled', '--older-than', '1h'],
      ['--since', '1h'],
    ]) {
      const { exitCode, stderr } = await acuse(['inbox', 'export', ...named, ...args])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--handled')])
    }
  })
})
