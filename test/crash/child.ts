import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, root } from '../support/processes.ts'

/** An example in a process of its own, that is killed and started again on the same port. */
export interface Victim {
  readonly port: number
  start(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<number | null>
}

/** The built example, as a user runs it in production: it starts in a fraction of the time of its sources. */
export async function victimOf(example: string, env: Record<string, string>): Promise<Victim> {
  const port = await freePort()
  const main = join(root, 'examples', example, 'dist/main.js')
  const errors: string[] = []
  let child: ReturnType<typeof launch> | undefined
  let exited: Promise<[number | null]> | undefined

  function launch() {
    return spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  process.once('exit', () => child?.kill('SIGKILL'))

  return {
    port,
    async start() {
      const started = launch()
      child = started
      exited = once(started, 'exit') as Promise<[number | null]>
      createInterface({ input: started.stderr }).on('line', (line) => errors.push(line))
      const lines = createInterface({ input: started.stdout })
      const listening = new Promise<true>((resolve) => {
        lines.on('line', (line) => line.startsWith('listening') && resolve(true))
      })
      if ((await Promise.race([listening, exited])) === true) return
      throw new Error(`The ${example} example ended: ${errors.slice(-10).join('\n')}`)
    },
    async kill(signal = 'SIGKILL') {
      child?.kill(signal)
      const [code = null] = (await exited) ?? []
      return code
    },
  }
}
