import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The variable of the environment that has the folder of the Postgres that the test files of a run share. */
export const sharedFolder = 'ACUSE_POSTGRES_FOLDER'

const endMs = 30_000

/** Ends that server, where a test file started it, and removes its folder. */
export async function stopShared(folder: string): Promise<void> {
  const file = join(folder, 'data/postmaster.pid')
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    // Immediately: its data is thrown away.
    process.kill(pid, 'SIGQUIT')
    for (const until = Date.now() + endMs; isRunning(pid) && Date.now() < until; ) await sleep(20)
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
