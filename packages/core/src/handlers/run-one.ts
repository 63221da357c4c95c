import type { HandlerTransaction, Lease } from '../inbox/inbox.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { describeError } from '../lib/describe-error.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'
import type { Delivery } from '../model/delivery.ts'
import type { WebhookEvent } from '../model/event.ts'
import type { Logger } from '../model/logger.ts'
import { AttemptContext } from './context.ts'
import type { NamedHandler } from './router.ts'

/** Settings of a run. */
export interface RunSettings {
  readonly handlerTimeoutMs: number
  readonly logger: Logger
  readonly clock: Clock
}

/** An attempt at a delivery, opened. */
export interface Attempt {
  readonly delivery: Delivery
  readonly event: WebhookEvent
  readonly lease: Lease
}

/**
 * Runs one handler. The transaction that it began is committed when it succeeded, and rolled back when it did not.
 * @throws whatever it throws; an Error when it took too long, or its transaction was not committed
 */
export async function runOne(
  handler: NamedHandler,
  attempt: Attempt,
  settings: RunSettings,
): Promise<unknown> {
  const { delivery, lease } = attempt
  const context = new AttemptContext(delivery, lease, settings.logger)
  let value: unknown
  try {
    value = await run(handler, attempt, context, settings)
  } catch (error) {
    context.end()
    if (context.begun) await rollBack(context.begun, settings)
    throw error
  }
  context.end()
  if (context.begun) await commit(context.begun, handler.name, settings)
  return value
}

function run(
  { name, run }: NamedHandler,
  { event }: Attempt,
  context: AttemptContext,
  settings: RunSettings,
): unknown {
  // The router found the handler by the event's type.
  const result = run(event as never, context)
  if (!isPromiseLike(result)) return result
  return inTime(result, settings, () => {
    const error = new Error(`Handler '${name}' did not finish within ${settings.handlerTimeoutMs} ms`)
    context.abort(error)
    return error
  })
}

async function commit(begun: HandlerTransaction, name: string, settings: RunSettings): Promise<void> {
  if (await committed(begun, name, settings)) return
  throw new Error(
    `Handler '${name}' was rolled back: its lease was lost, and another run may be handling the event`,
  )
}

async function committed(begun: HandlerTransaction, name: string, settings: RunSettings): Promise<boolean> {
  const tooLate = () => new Error(`it took longer than ${settings.handlerTimeoutMs} ms`)
  try {
    const answer = begun.commit(name)
    return await (isPromiseLike(answer) ? inTime(answer, settings, tooLate) : answer)
  } catch (cause) {
    const { message } = describeError(cause)
    throw new Error(`Handler '${name}' succeeded, and its transaction could not be committed: ${message}`, {
      cause,
    })
  }
}

/** What the handler threw is what counts. */
async function rollBack(begun: HandlerTransaction, settings: RunSettings): Promise<void> {
  try {
    const answer = begun.rollback()
    if (isPromiseLike(answer)) await withDeadline(answer, settings.handlerTimeoutMs, settings.clock)
  } catch {}
}

async function inTime<T>(
  promise: PromiseLike<T>,
  { handlerTimeoutMs, clock }: RunSettings,
  tooLate: () => Error,
): Promise<T> {
  const value = await withDeadline(promise, handlerTimeoutMs, clock)
  if (value === timedOut) throw tooLate()
  return value
}
