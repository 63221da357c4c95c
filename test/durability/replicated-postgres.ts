import { ask, type OwnPostgres, startPostgres, startStandby } from '../support/postgres.ts'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from './deliveries.ts'
import type { Replicated } from './replicated-redis.ts'

/** How much later a standby learns what its primary wrote, in milliseconds. */
const lagMs = 5
const followMs = 60_000

/** A server, and the slow line through which its standby reaches it. */
interface Node {
  readonly server: OwnPostgres
  readonly line: TcpProxy
}

const toNode = async (server: OwnPostgres): Promise<Node> => ({
  server,
  line: await startProxy(server.port, { lagMs }),
})

/**
 * A primary and its standby, and a proxy that leads to the primary. With `synchronous` a commit waits for the standby whenever
 * there is one: after a failover nobody waits until the next one follows.
 */
export async function replicatedPostgres(kind: 'synchronous' | 'asynchronous'): Promise<Replicated> {
  let primary = await toNode(await startPostgres())
  let standby = await follow(primary, kind)
  const front = await startProxy(primary.server.port)

  async function promote(old: Node, next: Node): Promise<number> {
    await old.server.kill()
    await ask(next.server.url, 'SELECT pg_promote()')
    front.lead(next.server.port)
    return performance.now()
  }
  async function restore(old: Node, promoted: Promise<number>): Promise<void> {
    await promoted
    await remove(old)
    standby = await follow(primary, kind)
  }
  return {
    connection: `postgres:postgres://postgres@127.0.0.1:${front.port}/postgres`,
    unasked: 0,
    failOver() {
      const old = primary
      primary = standby
      const promoted = promote(old, primary)
      const restored = restore(old, promoted)
      // It is awaited later: until then its rejection ends no process.
      restored.catch(() => {})
      return { promoted, restored }
    },
    async stop() {
      await front.refuse()
      await Promise.all([primary, standby].map(remove))
    },
  }
}

async function remove({ server, line }: Node): Promise<void> {
  await line.refuse()
  await server.stop()
}

/** A standby that has all that its primary committed before. */
async function follow({ server, line }: Node, kind: 'synchronous' | 'asynchronous'): Promise<Node> {
  const standby = await startStandby(line.port)
  if (kind === 'synchronous') {
    await ask(server.url, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    await ask(server.url, 'SELECT pg_reload_conf()')
  }
  const wanted = kind === 'synchronous' ? 'sync' : 'async'
  const isFollowing = async () => {
    const [row] = await ask(server.url, 'SELECT state, sync_state FROM pg_stat_replication')
    return row?.['state'] === 'streaming' && row['sync_state'] === wanted
  }
  if (!(await until(isFollowing, followMs))) throw new Error(`No ${kind} standby within ${followMs} ms`)
  // With synchronous replication this commit comes back when the standby has it, and so all before.
  await ask(server.url, 'CREATE TABLE IF NOT EXISTS following (at timestamptz)')
  await ask(server.url, 'INSERT INTO following VALUES (now())')
  return toNode(standby)
}
