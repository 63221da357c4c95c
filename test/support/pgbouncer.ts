import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { unprivileged } from './postgres.ts'
import { freePort } from './processes.ts'
import { findCommand, provide } from './services.ts'

/** A PgBouncer before a database. */
export interface OwnPgBouncer {
  readonly url: string
  stop(): Promise<void>
}

const folders = (): string[] => ['/usr/sbin']

/** Shares few connections of the database by transaction, so that no session state outlives one. */
export async function startPgBouncer(database: string): Promise<OwnPgBouncer> {
  await provide([{ commands: ['pgbouncer'], folders, package: 'pgbouncer' }])
  const command = String(findCommand(['pgbouncer'], folders()))
  const folder = mkdtempSync(join(tmpdir(), 'acuse-pgbouncer-'))
  const port = await freePort()
  const server = new URL(database)
  const name = server.pathname.slice(1)
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(
    settings,
    `[databases]
${name} = host=${server.hostname} port=${server.port} user=${server.username} dbname=${name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
`,
  )
  const own = await unprivileged()
  if (own) for (const path of [folder, settings]) chownSync(path, own.uid, own.gid)
  const child = spawn(command, [settings], { stdio: 'ignore', ...own })
  const endNow = (): void => void child.kill('SIGKILL')
  process.once('exit', endNow)
  const url = `postgres://${server.username}@127.0.0.1:${port}/${name}`
  await untilAnswers(url)
  return {
    url,
    async stop() {
      process.off('exit', endNow)
      const ended = once(child, 'exit')
      endNow()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (const until = Date.now() + 30_000; ; await sleep(50)) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      await client.query('SELECT 1')
      return await client.end()
    } catch (error) {
      if (Date.now() > until) throw error
      await client.end().catch(() => undefined)
    }
  }
}
