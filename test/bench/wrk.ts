import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.ts'
import { findCommand } from '../support/services.ts'
import type { RequestsFile } from './requests-file.ts'

/** Why nothing is loaded where wrk is missing. */
export const noWrk = 'wrk is not here: install the package of that name'

export const hasWrk = (): boolean => findCommand(['wrk']) !== undefined

/** What a run of wrk came to. */
export interface Load {
  readonly perSecond: number
  readonly requests: number
  /** Answers of 400 and above. */
  readonly refused: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** How a server is loaded. */
export interface LoadSetup {
  readonly connections: number
  /** Whole seconds, as wrk takes them. */
  readonly seconds: number
  /** The number of the first request of the file. */
  readonly from: number
}

/** As many requests as the server answers, over so many connections, each of the file's once. */
export async function load(
  port: number,
  { file, bytes }: RequestsFile,
  { connections, seconds, from }: LoadSetup,
): Promise<Load> {
  const script = fileURLToPath(new URL('requests.lua', import.meta.url))
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`]
  const { stdout } = await run('wrk', words, {
    env: {
      PATH: process.env['PATH'],
      REQUESTS_FILE: file,
      REQUESTS_BYTES: String(bytes),
      REQUESTS_FROM: String(from),
    },
    timeout: (seconds + 20) * 1_000,
  })
  const line = stdout.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk told nothing: ${stdout}`)
  // The script above writes it.
  const told = JSON.parse(line) as Record<'requests' | 'us' | 'refused' | 'broken' | 'p50' | 'p99', number>
  return {
    perSecond: told.requests / (told.us / 1e6),
    requests: told.requests,
    refused: told.refused,
    p50Ms: told.p50 / 1e3,
    p99Ms: told.p99 / 1e3,
  }
}
