import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { acuse as acuseHere } from '@acuse/cli'
import type { Delivery } from '@acuse/core'
import { type PostgresInboxOptions, postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnPostgres, startPostgres } from '../support/postgres.ts'
import { acuse } from './acuse.ts'
import { dead, letterOf } from './dead-inbox.ts'

const password = 's3cr et@'
const five = () => ['a', 'b', 'c', 'd', 'e'].map((id) => dead(id))

let server: OwnPostgres
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acuse-cli-postgres-'))
  // The server runs as another user.
  chmodSync(folder, 0o755)
  const rules = join(folder, 'hba.conf')
  const all = ['operator scram-sha-256', 'all trust'].map(
    (who) => `host all ${who.replace(' ', ' 127.0.0.1/32 ')}`,
  )
  writeFileSync(rules, `${all.join('\n')}\n`)
  server = await startPostgres(['fsync=off', `hba_file=${rules}`])
  await ask(server.url, `CREATE ROLE operator LOGIN PASSWORD '${password}'`)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const pool = new Pool({ connectionString: url, max: 1 })
  try {
    return (await pool.query(sql)).rows
  } finally {
    await pool.end()
  }
}

/** The address of a fresh database in which these died, one after the other. */
async function withDead(
  deliveries: readonly Delivery[],
  options: PostgresInboxOptions = {},
): Promise<string> {
  const url = await server.createDatabase()
  const pool = new Pool({ connectionString: url })
  const inbox = postgresInbox(pool, options)
  await inbox.migrate()
  for (const each of deliveries) await inbox.deadLetter(each, 'stale')
  await inbox.close()
  await pool.end()
  return url
}

/** The same address for a role that may work with the tables, and make none. */
async function ofOperator(url: string): Promise<string> {
  await ask(url, 'GRANT USAGE ON SCHEMA acuse TO operator')
  await ask(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA acuse TO operator')
  return url.replace('postgres@', `operator:${encodeURIComponent(password)}@`)
}

async function counts(url: string, ...more: string[]): Promise<{ dead: number; waiting: number }> {
  const { stdout } = await acuse(['inbox', 'stats', '--json', '--inbox', url, ...more])
  const { dead, waiting } = JSON.parse(stdout)
  return { dead, waiting }
}

describe('acuse inbox on Postgres', () => {
  it('takes its address by itself, and as the examples have it', async () => {
    const url = await withDead(five())
    for (const setting of [url, `postgres:${url}`, url.replace('postgres:', 'postgresql:')])
      expect(await counts(setting)).toEqual({ dead: 5, waiting: 0 })
    // Where the project has no packages of its own, those beside the command do.
    const elsewhere = await acuse(['inbox', 'list', '--json'], { env: { INBOX: url }, cwd: folder })
    expect(JSON.parse(elsewhere.stdout).letters).toHaveLength(5)
  })

  it('lists in pages, oldest first, what the filters say', async () => {
    const url = await withDead([...five(), dead('f', { type: 'thing.broken' })])
    const ids: string[] = []
    let after: string | null = null
    do {
      const page = ['--limit', '2', ...(after === null ? [] : ['--after', after])]
      const { stdout } = await acuse([
        'inbox',
        'list',
        '--type',
        'thing.made',
        '--inbox',
        url,
        '--json',
        ...page,
      ])
      const { letters, next } = JSON.parse(stdout)
      ids.push(...letters.map(({ id }: { id: string }) => id))
      after = next
    } while (after !== null)
    expect(ids).toEqual(five().map(letterOf))
  })

  it('exports byte for byte, many at once through few connections', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n)
    const odd = dead('odd', { body: bytes, headers: { 'x-id': 'a\ud800\0b' } })
    const others = Array.from({ length: 119 }, (_, n) => dead(`n${n}`))
    const url = await withDead([odd, ...others])
    const file = join(folder, 'dead.ndjson')
    const answered = await acuse(['inbox', 'export', '--inbox', url, '--output', file])
    expect(answered).toEqual({ exitCode: 0, stdout: 'exported: 120\n', stderr: '' })
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).delivery)
    expect(lines[0]).toMatchObject({
      bodyBase64: Buffer.from(bytes).toString('base64'),
      headers: odd.headers,
    })
    expect(lines.slice(1).map(({ bodyText }) => bodyText)).toEqual(
      others.map(({ body }) => Buffer.from(body).toString()),
    )
  })

  it('redrives into the room that there is, in the schema that is named', async () => {
    const url = await withDead(
      Array.from({ length: 12 }, (_, n) => dead(`n${n}`)),
      { schema: 'hooks' },
    )
    const schema = ['--option', 'schema=hooks']
    const all = ['inbox', 'redrive', '--all', '--yes', '--inbox', url, ...schema]
    const answered = await acuse([...all, '--option', 'maxDeliveries=10'])
    expect([answered.exitCode, answered.stdout]).toEqual([1, 'redriven: 8\n'])
    expect(await counts(url, ...schema)).toEqual({ dead: 4, waiting: 8 })
    const wrong = await acuse(['inbox', 'stats', '--inbox', url, '--option', 'schema=Hooks'])
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('schema must be lower-case')])
  })

  it('looks as a role that may only read, and changes nothing as that', async () => {
    const url = await withDead(five())
    await ask(url, 'CREATE ROLE reader LOGIN')
    await ask(
      url,
      'GRANT USAGE ON SCHEMA acuse TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA acuse TO reader',
    )
    const env = { INBOX: url.replace('postgres@', 'reader@') }
    const letter = letterOf(dead('a'))
    for (const args of [['stats'], ['list'], ['show', letter], ['export']])
      expect(await acuse(['inbox', ...args], { env })).toMatchObject({ exitCode: 0, stderr: '' })
    for (const verb of ['redrive', 'discard']) {
      const { exitCode, stderr } = await acuse(['inbox', verb, letter, '--yes'], { env })
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('permission denied')])
    }
    expect(await counts(url)).toEqual({ dead: 5, waiting: 0 })
  })

  it('needs no right to make tables, and shows a command without the password', async () => {
    const url = await ofOperator(await withDead(five()))
    const [first, ...rest] = five().map(letterOf)
    const shown = await acuse(['inbox', 'show', String(first), '--json', '--inbox', url])
    expect(JSON.parse(shown.stdout).redrive).toBe(`acuse inbox redrive --inbox "$INBOX" ${first}`)
    const env = { INBOX: url }
    expect((await acuse(['inbox', 'redrive', String(first)], { env })).stdout).toBe('redriven: 1\n')
    expect((await acuse(['inbox', 'discard', String(rest[0]), '--yes'], { env })).stdout).toBe(
      'discarded: 1\n',
    )
    expect(await counts(url)).toEqual({ dead: 3, waiting: 1 })
    const all = await acuse(['inbox', 'discard', '--all', '--yes', '--json'], { env })
    expect(JSON.parse(all.stdout)).toEqual({ matched: 3, changed: 3, left: 0, dryRun: false })
  })
})

describe('acuse(), in a process that goes on', () => {
  it('leaves no connection behind', async () => {
    const url = await withDead(five())
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const exitCode = await acuseHere(['inbox', 'list', '--inbox', url], {
      stdout,
      stderr,
      stdin: process.stdin,
      env: {},
      cwd: folder,
      isTerminal: { stdin: false, stdout: false, stderr: false },
      signal: new AbortController().signal,
    })
    expect([exitCode, String(stdout.read())]).toEqual([0, expect.stringContaining('thing.made')])
    // Postgres waits for connections that are ending, and refuses where one stays.
    await ask(server.url, `DROP DATABASE ${new URL(url).pathname.slice(1)}`)
  })
})

const commands = [
  ['stats'],
  ['list'],
  ['show', 'x'],
  ['redrive', '--all', '--yes'],
  ['discard', 'x', '--yes'],
  ['export'],
]

/** What each of the commands answers. */
function each(url: string) {
  return Promise.all(commands.map((args) => acuse(['inbox', ...args, '--json', '--inbox', url])))
}

describe('acuse inbox says what to do', () => {
  it('where there are no tables, and makes none', async () => {
    const url = await server.createDatabase()
    for (const { exitCode, stdout, stderr } of await each(url)) {
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('There are no tables of an inbox in')])
      expect(JSON.parse(stdout).remedy).toContain('--option schema=NAME')
    }
    expect(await ask(url, "SELECT FROM pg_namespace WHERE nspname = 'acuse'")).toEqual([])
    const spanish = await acuse(['inbox', 'stats', '--lang', 'es', '--inbox', url])
    expect(spanish.stderr).toContain('esquema acuse')
  })

  it('where the password is wrong, which it does not print', async () => {
    const url = (await ofOperator(await withDead([]))).replace(/:[^:]*@/, ':wr0ng%20pass@')
    const asQuery = url.replace(':wr0ng%20pass', '').concat('?password=wr0ng%20pass')
    for (const setting of [url, url.replace('%20', ' '), asQuery])
      for (const { exitCode, stdout, stderr } of await each(setting)) {
        expect([exitCode, stderr]).toEqual([3, expect.stringContaining('password authentication failed')])
        expect(`${stdout}${stderr}`).not.toMatch(/wr0ng|pass@/)
      }
  })

  it('where Postgres is down, or nothing of it answers', async () => {
    const own = await startPostgres()
    try {
      own.pause()
      for (const { exitCode, stderr } of await each(own.url))
        expect([exitCode, stderr]).toEqual([
          3,
          expect.stringMatching(/cannot be reached: .+\n +Check that it runs/),
        ])
      await own.kill()
      for (const { exitCode, stderr } of await each(own.url.replace('127.0.0.1', 'localhost')))
        expect([exitCode, stderr]).toEqual([3, expect.stringContaining('ECONNREFUSED')])
    } finally {
      await own.stop()
    }
  })
})
