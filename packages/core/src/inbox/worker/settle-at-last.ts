import { describeError } from '../../lib/describe-error.ts'
import { keepAlive } from '../../lib/keep-alive.ts'
import { isPromiseLike } from '../../lib/options.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { HandleDead } from '../inbox.ts'
import type { Settled } from '../settle.ts'
import { type LeasedDelivery, type LeaseSource, UnwritableError } from './lease-source.ts'
import type { Running } from './running.ts'

const againMs = 200
const defaultLeaseMs = 30_000

/**
 * Writes down an outcome, again and again while the store cannot write and the lease may be ours: the handlers have run.
 * An outcome that the store refuses becomes a dead letter that says so. A store that answers at once is done at once.
 * @returns what was written; `undefined`: the lease is another's, or was given up
 */
export function settleAtLast<Leased extends LeasedDelivery>(
  source: LeaseSource<Leased>,
  running: Running<Leased>,
  settled: Settled,
  clock: Clock,
): Awaitable<Settled | undefined> {
  const again = (error: unknown) => settleAgain(source, running, settled, error, clock)
  try {
    const settling = source.settle(running.leased, settled)
    return isPromiseLike(settling) ? Promise.resolve(settling).catch(again) : settling
  } catch (error) {
    return again(error)
  }
}

async function settleAgain<Leased extends LeasedDelivery>(
  source: LeaseSource<Leased>,
  running: Running<Leased>,
  settled: Settled,
  failure: unknown,
  clock: Clock,
): Promise<Settled | undefined> {
  let refused: HandleDead | undefined
  let error = failure
  for (;;) {
    const isNew = error instanceof UnwritableError && !refused
    if (error instanceof UnwritableError) refused ??= toDead(settled, error)
    if (!isNew) await pauseFor(toPauseMs(source, error), running.signal, clock)
    if (running.isGivenUp) return undefined
    try {
      return await source.settle(running.leased, refused ?? settled)
    } catch (next) {
      error = next
    }
  }
}

/** Each try of what cannot be written costs those that are written with it. */
function toPauseMs<Leased extends LeasedDelivery>({ shared }: LeaseSource<Leased>, error: unknown): number {
  return error instanceof UnwritableError ? (shared?.leaseMs ?? defaultLeaseMs) : againMs
}

/** A close that gives the write up ends the pause, which would keep the process running. */
function pauseFor(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return keepAlive(
    new Promise((resolve) => {
      const cancel = clock.schedule(ms, end)
      signal.addEventListener('abort', end)
      function end(): void {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
    }),
  )
}

function toDead(settled: Settled, { message, cause }: UnwritableError): HandleDead {
  const failure = settled.status === 'done' ? '' : `, after ${describeError(settled.error).message}`
  const error = new Error(
    `The result of its attempt ('${settled.status}'${failure}) cannot be written: ${message}`,
    { cause },
  )
  return { status: 'dead', reason: 'unrecoverable', error }
}
