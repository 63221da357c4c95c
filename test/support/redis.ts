import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './processes.ts'
import { findCommand } from './services.ts'

/** A Redis server that the tests may use, and own. */
export interface OwnRedis {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** The server's answer to one command, as text. */
  command(...words: string[]): Promise<string>
  /** Ends it; its data stays for `restart`. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port, with the same data; ends it first where it runs. */
  restart(): Promise<void>
  /** SIGSTOP: it accepts connections, and answers nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A server to share: `REDIS_URL`, or one of our own; `stop` ends only our own. */
export async function sharedRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const url = process.env['REDIS_URL']
  return url === undefined ? await startRedis() : { url, stop: async () => {} }
}

/** A server that loses nothing that it confirmed. */
export function startDurableRedis(settings: readonly string[] = [], port?: number): Promise<OwnRedis> {
  return startRedis(['--appendonly', 'yes', '--appendfsync', 'always', ...settings], port)
}

/** Starts a server on 127.0.0.1, on a free port unless one is given. */
export async function startRedis(
  settings: readonly string[] = [],
  given?: number,
  env: Readonly<Record<string, string>> = {},
): Promise<OwnRedis> {
  const binary = redisBinary()
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'acuse-redis-'))
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings]
  let child = await start(binary, words, port, env)
  const endNow = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', endNow)
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid as number
    },
    command: (...words) => command(port, words),
    kill,
    async restart() {
      await kill()
      child = await start(binary, words, port, env)
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      process.off('exit', endNow)
      child.kill('SIGCONT')
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes a server a replica of another, which has what that has when it returns. */
export async function replicate(replica: OwnRedis, port: number, withinMs = 60_000): Promise<void> {
  await replica.command('REPLICAOF', '127.0.0.1', String(port))
  await untilFollowing(replica, port, withinMs)
}

/** Waits until a replica has what its master on that port has. */
export async function untilFollowing(replica: OwnRedis, port: number, withinMs: number): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await sleep(50)) {
    const info = await replica.command('INFO', 'replication').catch(String)
    if (info.includes(`master_port:${port}`) && info.includes('master_link_status:up')) return
    if (Date.now() > deadline) {
      throw new Error(`A replica did not get what its master on port ${port} has in ${withinMs} ms: ${info}`)
    }
  }
}

/** Sentinels that watch a master from the same binary. */
export interface Sentinels {
  readonly ports: readonly number[]
  /** The port of the master, as they see it. */
  master(): Promise<number>
  /** How many replicas they know. */
  replicas(): Promise<number>
  stop(): Promise<void>
}

/** Three sentinels, two of which agree that `master` is down when it was silent for 2 s: a busy machine seems dead for less. */
export async function startSentinels(name: string, master: number): Promise<Sentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-sentinel-'))
  const binary = redisBinary()
  const sentinels = await Promise.all(
    [1, 2, 3].map(async (n) => {
      const port = await freePort()
      const file = join(folder, `${n}.conf`)
      const lines = [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${folder}`,
        `sentinel monitor ${name} 127.0.0.1 ${master} 2`,
        `sentinel down-after-milliseconds ${name} 2000`,
        `sentinel failover-timeout ${name} 3000`,
      ]
      writeFileSync(file, `${lines.join('\n')}\n`)
      return { port, child: await start(binary, [file, '--sentinel'], port) }
    }),
  )
  const endNow = (): void => {
    for (const { child } of sentinels) child.kill('SIGKILL')
  }
  process.once('exit', endNow)
  const ports = sentinels.map(({ port }) => port)
  return {
    ports,
    async master() {
      const [port = 0] = ports
      const answer = await command(port, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
      return Number(answer.split('\r\n').at(-2))
    },
    async replicas() {
      const [port = 0] = ports
      const answer = await command(port, ['SENTINEL', 'MASTER', name])
      return Number(/num-slaves\r\n\$\d+\r\n(\d+)/.exec(answer)?.[1] ?? 0)
    },
    async stop() {
      process.off('exit', endNow)
      const ended = sentinels.map(({ child }) => once(child, 'exit'))
      endNow()
      await Promise.all(ended)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A cluster of three masters from the same binary, with all slots served. */
export async function startCluster(): Promise<{
  readonly nodes: readonly OwnRedis[]
  stop(): Promise<void>
}> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis(settings)))
  const [first] = nodes
  const slots = [
    ['0', '5460'],
    ['5461', '10922'],
    ['10923', '16383'],
  ]
  for (const [index, node] of nodes.entries()) {
    await node.command('CLUSTER', 'ADDSLOTSRANGE', ...(slots[index] as string[]))
    if (node !== first) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first?.port))
  }
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())))
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    const states = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')))
    const ready = states.every((state) => /cluster_state:ok/.test(state) && /known_nodes:3/.test(state))
    if (ready) return { nodes, stop }
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`The cluster did not form within 60 s: ${states.join('\n')}`)
    }
  }
}

async function start(
  binary: string,
  words: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
) {
  const child = spawn(binary, [...words], { stdio: 'ignore', env: { ...process.env, ...env } })
  for (const deadline = Date.now() + 60_000; ; await sleep(20)) {
    if ((await command(port, ['PING']).catch(() => '')).startsWith('+PONG')) return child
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`${binary} ${words.join(' ')} did not answer (exit code ${child.exitCode})`)
  }
}

/** One command over a connection of its own, in RESP; for the set-up of tests, so that it needs no client. */
async function command(port: number, words: readonly string[]): Promise<string> {
  const socket = createConnection(port, '127.0.0.1')
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')))
  try {
    socket.write(`*${words.length}\r\n${parts.join('')}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString()
  } finally {
    socket.destroy()
  }
}

function redisBinary(): string {
  const binary = findCommand(['redis-server', 'valkey-server'])
  if (binary === undefined) throw new Error('There is no redis-server: see services.ts')
  return binary
}
