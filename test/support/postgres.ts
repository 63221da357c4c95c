import { type ChildProcess, type ExecFileOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort, run } from './processes.ts'
import { findCommand, provide } from './services.ts'
import { sharedFolder } from './shared-postgres.ts'

/** A Postgres server that the tests may use, and own. */
export interface OwnPostgres {
  readonly port: number
  /** Of its database `postgres`, as a superuser without a password. */
  readonly url: string
  /** Of the postmaster that runs now. */
  readonly pid: number
  /** Makes a database, and answers its URL. */
  createDatabase(): Promise<string>
  /** Ends it as a power cut ends it, or as `SIGQUIT` (immediate), `SIGINT` (fast) or `SIGTERM` (smart) do; its data stays. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port, with the same data; ends it first where it runs. */
  restart(): Promise<void>
  /** SIGSTOP of the postmaster: it accepts no connection, those that are open go on. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A database of one's own on a shared server. */
export interface OwnDatabase {
  readonly url: string
  /** Drops it; ends the server where no other test file uses it. */
  stop(): Promise<void>
}

const startMs = 60_000

/**
 * A fresh database: on the server of `DATABASE_URL`; on one that all test files of a run share, which the first of them
 * starts; or, where there is no such run, on a server of its own.
 */
export async function sharedPostgres(): Promise<OwnDatabase> {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) return databaseOn(given)
  const folder = process.env[sharedFolder]
  if (folder !== undefined) return databaseOn(await sharedServer(folder))
  const own = await startPostgres()
  return { url: await own.createDatabase(), stop: () => own.stop() }
}

/** Starts a server on a free port of 127.0.0.1, with settings such as `fsync=off`. */
export async function startPostgres(settings: readonly string[] = []): Promise<OwnPostgres> {
  return serve(settings, initialize)
}

/** Starts a standby that streams from the server of a port: a copy of it, with what it is set to. */
export async function startStandby(primaryPort: number): Promise<OwnPostgres> {
  return serve([], async (bin, data, options) => {
    const primary = `host=127.0.0.1 port=${primaryPort} user=postgres`
    const words = ['-D', data, '-d', primary, '-R', '-c', 'fast', '-X', 'stream', '--no-sync']
    await run(join(bin, 'pg_basebackup'), words, options)
  })
}

async function serve(settings: readonly string[], make: typeof initialize): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-postgres-'))
  const port = await freePort()
  const start = await prepare(folder, port, settings, { make })
  let child = await start()
  const url = urlOf(port)
  const endNow = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', endNow)
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await ended
  }
  return {
    port,
    url,
    get pid() {
      return child.pid as number
    },
    createDatabase: async () => (await databaseOn(url)).url,
    kill,
    async restart() {
      await kill()
      child = await start()
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      process.off('exit', endNow)
      await kill('SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function urlOf(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

/** The server of a run: whoever makes its folder starts it, and the others wait. */
async function sharedServer(folder: string): Promise<string> {
  const file = join(folder, 'url')
  mkdirSync(folder, { recursive: true })
  if (isFirst(join(folder, 'lock'))) {
    const port = await freePort()
    try {
      // It outlives the worker that starts it.
      const child = await (await prepare(folder, port, ['fsync=off'], { detached: true }))()
      child.unref()
      writeFileSync(file, urlOf(port))
    } catch (error) {
      writeFileSync(file, `failed: ${error}`)
    }
  }
  for (const until = Date.now() + 5 * startMs; !existsSync(file); await sleep(50))
    if (Date.now() > until) throw new Error('The shared Postgres did not start')
  await sleep(20)
  const url = readFileSync(file, 'utf8')
  if (url.startsWith('failed')) throw new Error(`The shared Postgres did not start: ${url}`)
  return url
}

function isFirst(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}

async function databaseOn(server: string): Promise<OwnDatabase> {
  const name = `acuse_${randomBytes(8).toString('hex')}`
  await ask(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    // Not by force: connections that are just closing would get an error that nobody listens to. It waits for them, for 5 s.
    async stop() {
      await ask(server, `DROP DATABASE ${name}`)
    },
  }
}

/** Runs a statement on a connection of its own; its rows. */
export async function ask(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url })
  // A server that is killed ends the connection.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function initialize(bin: string, data: string, options: ExecFileOptions): Promise<void> {
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(join(bin, 'initdb'), words, options)
}

/** Makes a cluster in a folder, and answers what starts a server on it. */
async function prepare(
  folder: string,
  port: number,
  settings: readonly string[],
  { detached = false, make = initialize } = {},
): Promise<() => Promise<ChildProcess>> {
  const bin = await binaries()
  const data = join(folder, 'data')
  const user = await unprivileged()
  if (user) chownSync(folder, user.uid, user.gid)
  await make(bin, data, { ...user, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
  const own = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings]
  const words = ['-D', data, '-p', String(port), ...own.flatMap((setting) => ['-c', setting])]
  return async () => {
    for (const until = Date.now() + startMs; ; await sleep(50)) {
      const child = spawn(join(bin, 'postgres'), words, { ...user, cwd: folder, detached, stdio: 'ignore' })
      if (await answers(child, urlOf(port), until)) return child
      // A server that was killed may have processes yet that hold its memory.
      if (Date.now() > until) throw new Error(`postgres ${words.join(' ')} did not start: ${child.exitCode}`)
    }
  }
}

/** Whether it takes connections; `false`: it ended. */
async function answers(child: ChildProcess, url: string, until: number): Promise<boolean> {
  for (; child.exitCode === null && Date.now() < until; await sleep(20)) {
    const isReady = await ask(url, 'SELECT 1').then(
      () => true,
      () => false,
    )
    if (isReady && child.exitCode === null) return true
  }
  return false
}

/** Whom to run as: Postgres and PgBouncer refuse to run as root. */
export async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const id = async (kind: string) => Number((await run('id', [kind, name])).stdout)
    const found = await Promise.all([id('-u'), id('-g')]).catch(() => undefined)
    if (found) return { uid: found[0], gid: found[1] }
  }
  throw new Error('Postgres does not run as root, and there is no user postgres or nobody')
}

/** The folder of its programs: Debian keeps them out of the `PATH`. */
async function binaries(): Promise<string> {
  await provide([{ commands: ['initdb'], folders: debianFolders, package: 'postgresql' }])
  const initdb = findCommand(['initdb'], debianFolders())
  if (initdb === undefined)
    throw new Error('There is no Postgres here: install postgresql, or set DATABASE_URL')
  // A link to it need not have its neighbours beside it.
  return dirname(realpathSync(initdb))
}

function debianFolders(): string[] {
  const versions = '/usr/lib/postgresql'
  const found = existsSync(versions) ? readdirSync(versions) : []
  return found
    .toSorted((one, other) => Number(other) - Number(one))
    .map((name) => join(versions, name, 'bin'))
}
