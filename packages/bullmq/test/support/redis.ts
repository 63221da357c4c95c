import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis server of this test's own. */
export interface TestRedis {
  readonly port: number
  readonly url: string
  /** SIGSTOP: it is there, and silent. */
  pause(): void
  resume(): void
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same port and files. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startRedis(...args: string[]): Promise<TestRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'acuse-redis-'))
  const given = args.indexOf('--port')
  const port = given < 0 ? await freePort() : Number(args[given + 1])
  let server = await start()

  async function start(): Promise<ChildProcess> {
    const settings = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', ...args]
    const child = spawn('redis-server', [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      ...settings,
    ])
    let output = ''
    for await (const chunk of child.stdout) {
      output += chunk
      if (output.includes('Ready to accept connections')) break
    }
    child.stdout.resume()
    return child
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGKILL')
    await once(server, 'exit')
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill,
    async restart() {
      await kill()
      server = await start()
    },
    async stop() {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
