import { freePort } from '../support/processes.ts'
import {
  type OwnRedis,
  replicate,
  startDurableRedis,
  startSentinels,
  untilFollowing,
} from '../support/redis.ts'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from './deliveries.ts'

/** A Redis that can fail over to a replica. */
export interface Replicated {
  /** As `INBOX` of a party. */
  readonly connection: string
  /** Fails over once. */
  failOver(): Failover
  /** How often somebody else made it fail over, while its master lived. */
  readonly unasked: number
  stop(): Promise<void>
}

/** One that goes on. */
interface Failover {
  /** When there was a new master. */
  readonly promoted: Promise<number>
  /** The old master follows the new one. */
  readonly restored: Promise<void>
}

/** How much later a replica learns what its master wrote, in milliseconds. */
const lagMs = 5
const linkMs = 60_000
const followMs = 10_000
const name = 'acuse'
/** By default a master waits 5 s for further replicas before it sends one all of its data. */
const syncAtOnce = ['--repl-diskless-sync-delay', '0']

/** A server that its replicas reach through a slow line. */
interface Node {
  readonly server: OwnRedis
  readonly line: TcpProxy
}

async function startNode(settings: (linePort: number) => readonly string[] = () => []): Promise<Node> {
  const port = await freePort()
  const line = await startProxy(port, { lagMs })
  return { server: await startDurableRedis([...syncAtOnce, ...settings(line.port)], port), line }
}

const follow = (replica: Node, master: Node): Promise<void> => replicate(replica.server, master.line.port)

async function stopAll(nodes: readonly Node[]): Promise<void> {
  await Promise.all(nodes.map(({ server }) => server.stop()))
  await Promise.all(nodes.map(({ line }) => line.refuse()))
}

/** Two servers, each the other's replica in turn, and a proxy that leads to the master. */
export function replicatedByProxy(way: 'killed' | 'demoted'): () => Promise<Replicated> {
  return async () => {
    let [master, replica] = await Promise.all([startNode(), startNode()])
    await follow(replica, master)
    const front = await startProxy(master.server.port)

    async function promote(old: Node, next: Node): Promise<number> {
      if (way === 'killed') await old.server.kill()
      else await old.server.command('REPLICAOF', '127.0.0.1', String(next.line.port))
      await next.server.command('REPLICAOF', 'NO', 'ONE')
      front.lead(next.server.port)
      return performance.now()
    }
    async function restore(old: Node, next: Node, promoted: Promise<number>): Promise<void> {
      await promoted
      if (way === 'killed') await old.server.restart()
      await follow(old, next)
    }
    return {
      connection: `bullmq:redis://127.0.0.1:${front.port}`,
      unasked: 0,
      failOver() {
        const [old, next] = [master, replica]
        master = next
        replica = old
        const promoted = promote(old, next)
        return { promoted, restored: watched(restore(old, next, promoted)) }
      },
      async stop() {
        await front.refuse()
        await stopAll([master, replica])
      },
    }
  }
}

/** Three servers, and Sentinels that promote one when the master dies. */
export async function replicatedBySentinel(): Promise<Replicated> {
  // Sentinel tells everybody the address that a server announces: that of its line.
  const announced = (port: number) => [
    '--replica-announce-ip',
    '127.0.0.1',
    '--replica-announce-port',
    String(port),
  ]
  const nodes = await Promise.all([1, 2, 3].map(() => startNode(announced)))
  const [first, ...others] = nodes as [Node, ...Node[]]
  for (const node of others) await follow(node, first)
  const sentinels = await startSentinels(name, first.line.port)
  const known = async () => (await sentinels.replicas().catch(() => 0)) === others.length
  if (!(await until(known, linkMs))) throw new Error('Sentinel did not find the replicas')
  let master = first
  let unasked = 0

  const current = async (): Promise<Node> => {
    const port = await sentinels.master()
    return nodes.find(({ line }) => line.port === port) ?? master
  }
  async function promote(old: Node): Promise<number> {
    await old.server.kill()
    await until(async () => {
      master = await current().catch(() => old)
      return master !== old
    }, linkMs)
    if (master === old) throw new Error(`Sentinel promoted nobody within ${linkMs} ms`)
    return performance.now()
  }
  async function restore(old: Node, promoted: Promise<number>): Promise<void> {
    await promoted
    await old.server.restart()
    let reason: unknown
    const isSettled = () =>
      followAll(old).catch((error: unknown) => {
        reason = error
        return false
      })
    if (!(await until(isSettled, linkMs))) throw new Error('They do not agree on a master', { cause: reason })
  }
  /**
   * All follow whom Sentinel names, who may be another one again. Only the one that came back is told to, which Sentinel
   * would do after 8 s: told by somebody else, one that Sentinel is promoting would drop what it has accepted.
   */
  async function followAll(back: Node): Promise<boolean> {
    const named = await current()
    if (named !== master) unasked++
    master = named
    const followers = nodes.filter((node) => node !== master)
    const { port: leader } = master.line
    await Promise.all(
      followers.map((node) => (node === back ? replicate : untilFollowing)(node.server, leader, followMs)),
    )
    return known()
  }
  return {
    connection: JSON.stringify({
      sentinels: sentinels.ports.map((port) => ({ host: '127.0.0.1', port })),
      name,
    }),
    get unasked() {
      return unasked
    },
    failOver() {
      const promoted = promote(master)
      return { promoted, restored: watched(restore(master, promoted)) }
    },
    async stop() {
      await sentinels.stop()
      await stopAll(nodes)
    },
  }
}

/** It is awaited later: until then its rejection ends no process. */
function watched(restored: Promise<void>): Promise<void> {
  restored.catch(() => {})
  return restored
}
