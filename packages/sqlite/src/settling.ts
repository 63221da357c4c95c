import { setTimeout as pause } from 'node:timers/promises'
import type { Settled, SettledDead } from '@acuse/core/inbox-kit'
import { describeError } from '@acuse/core/inbox-kit'
import type { Running, WorkerOptions } from './lease-keeper.ts'
import { settleLease } from './leases.ts'
import { isFileError } from './sqlite-errors.ts'

const againMs = 200

/**
 * Writes down what became of a lease, again and again while the file cannot be written and the lease may be ours: the
 * handlers have run. What cannot be written for its own sake becomes a dead letter that says so.
 * @returns what was written; `undefined`: the lease is another's, or the inbox is closed
 */
export async function settleAtLast(
  options: WorkerOptions,
  running: Running,
  settled: Settled,
): Promise<Settled | undefined> {
  const { writer, settings } = options
  let refused: SettledDead | undefined
  while (!running.abort.signal.aborted && !writer.isClosed) {
    try {
      return (await write(options, running, refused ?? settled)) ? (refused ?? settled) : undefined
    } catch (error) {
      const isFirst = error instanceof Unwritable && !refused
      if (isFirst) refused = toDead(settled, error)
      // Each try costs those that are written with it.
      const pauseMs = error instanceof Unwritable ? settings.leaseMs : againMs
      // A close that gives it up ends the pause, which would keep the process.
      if (!isFirst) await pause(pauseMs, undefined, { signal: running.abort.signal }).catch(() => undefined)
    }
  }
  return undefined
}

/** The file can be written, and this cannot. */
class Unwritable extends Error {}

function write({ writer, settings }: WorkerOptions, running: Running, settled: Settled): Promise<boolean> {
  return writer.writeNext((transaction) => {
    try {
      return settleLease(transaction, running, settled, settings.clock.now(), settings.retentionMs)
    } catch (error) {
      throw isFileError(error) ? error : new Unwritable(describeError(error).message, { cause: error })
    }
  })
}

function toDead(settled: Settled, { message, cause }: Unwritable): SettledDead {
  const failure = settled.status === 'done' ? '' : `, after ${describeError(settled.error).message}`
  const error = new Error(
    `The result of its attempt ('${settled.status}'${failure}) cannot be written: ${message}`,
    {
      cause,
    },
  )
  return { status: 'dead', reason: 'unrecoverable', error }
}
