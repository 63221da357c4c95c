import { fileURLToPath } from 'node:url'
import type { Running } from '../support/processes.ts'
import { startProgram } from '../support/processes.ts'

/** The workers' reports, by delivery. */
export interface Story {
  /** The attempts that were begun, by any process. */
  readonly begun: number[]
  /** The attempts whose handler came to its end. */
  readonly ended: number[]
  /** The attempts whose completion the inbox took. */
  readonly handled: number[]
}

const script = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Starts a worker, and waits until it works. */
export async function startWorker(env: Record<string, string>): Promise<Running> {
  const worker = startProgram(script, env)
  await worker.line(/^started/)
  return worker
}

/** The reports of these workers on each delivery. */
export function storiesOf(workers: readonly Pick<Running, 'lines'>[]): Map<string, Story> {
  const stories = new Map<string, Story>()
  for (const line of workers.flatMap(({ lines }) => lines)) {
    const [, word, id = '', attempt] = /^(begin|end|handled) (\S+) (\d+)$/.exec(line) ?? []
    if (word === undefined) continue
    const story = stories.get(id) ?? { begun: [], ended: [], handled: [] }
    stories.set(id, story)
    const list = word === 'begin' ? story.begun : word === 'end' ? story.ended : story.handled
    list.push(Number(attempt))
  }
  return stories
}
