import type { Delivery } from './delivery.ts'
import type { WebhookEvent } from './event.ts'
import { AttemptContext } from './handler-context.ts'
import type { Handle, HandleResult, Lease } from './inbox/inbox.ts'
import type { Clock } from './lib/clock.ts'
import { timedOut, withDeadline } from './lib/deadline.ts'
import { parseJson } from './lib/json.ts'
import { isPromiseLike } from './lib/options.ts'
import type { Logger } from './logger.ts'
import type { Provider } from './provider.ts'
import type { EventHandlers, NamedHandler, Router } from './router.ts'
import { type EventSchema, issuePaths } from './schema.ts'

/** What handling needs beside the handlers. */
export interface HandleSettings {
  readonly handlerTimeoutMs: number
  readonly logger: Logger
  readonly clock: Clock
}

/** Throw it where no later attempt can succeed: the delivery becomes a dead letter at once. */
export class UnrecoverableError extends Error {
  /** By which it is told. */
  override readonly name = 'UnrecoverableError'
}

/** Step 8: opens a delivery's body again, validates the payload, and runs the handlers. */
export function createHandle<Events extends object>(
  provider: Provider<Events>,
  router: Router<Events>,
  settings: HandleSettings,
): Handle {
  // A Map: a type such as `constructor` must find nothing.
  const schemas = new Map<string, EventSchema>(Object.entries(provider.events))

  return async (delivery, lease) => {
    const parsed = parseJson(delivery.body)
    if ('problem' in parsed) return mismatch(parsed.problem)
    const handlers = router.handlersOf(delivery.type)
    const schema = schemas.get(delivery.type)
    if (!schema) return runAll(handlers, toEvent(delivery, parsed.value), lease, settings)
    const result = await schema['~standard'].validate(parsed.value)
    if (result.issues) return mismatch(`at ${issuePaths(result.issues).join(', ')}`)
    return runAll(handlers, toEvent(delivery, result.value), lease, settings)
  }
}

function mismatch(where: string): HandleResult {
  return {
    status: 'dead',
    reason: 'schema-mismatch',
    error: new Error(`The payload does not match its schema: ${where}`),
  }
}

function toEvent(delivery: Delivery, payload: unknown): WebhookEvent {
  const { id, type, provider, occurredAt, receivedAt } = delivery
  return { id, type, payload, provider, occurredAt, receivedAt }
}

/** All that have not completed, even when one fails: no handler depends on another's luck. */
async function runAll(
  { handlers, responder }: EventHandlers,
  event: WebhookEvent,
  lease: Lease,
  settings: HandleSettings,
): Promise<HandleResult> {
  const completed = [...lease.completed]
  const errors: unknown[] = []
  let ran = 0
  for (const handler of handlers) {
    if (completed.includes(handler.name)) continue
    ran++
    try {
      await runOne(handler, event, lease, settings)
      completed.push(handler.name)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) return failure(errors, completed)
  if (!responder) return { status: 'done', handlers: ran }
  try {
    const answer = await runOne(responder, event, lease, settings)
    return { status: 'done', handlers: ran + 1, response: JSON.stringify(answer) }
  } catch (error) {
    return failure([error], completed)
  }
}

async function runOne(
  { name, run }: NamedHandler,
  event: WebhookEvent,
  lease: Lease,
  { handlerTimeoutMs, logger, clock }: HandleSettings,
): Promise<unknown> {
  const context = new AttemptContext(event, lease, logger)
  const result = run(event as never, context)
  if (!isPromiseLike(result)) return result
  const value = await withDeadline(result, handlerTimeoutMs, clock)
  if (value !== timedOut) return value
  const error = new Error(`Handler '${name}' did not finish within ${handlerTimeoutMs} ms`)
  context.abort(error)
  throw error
}

function failure(errors: readonly unknown[], completed: readonly string[]): HandleResult {
  const error =
    errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} handlers failed`)
  return errors.some(isUnrecoverable)
    ? { status: 'dead', reason: 'unrecoverable', error, completed }
    : { status: 'failed', error, completed }
}

/** By name, so that another library's error of this name, and another copy of this one, mean the same. */
function isUnrecoverable(error: unknown): boolean {
  return (error as { name?: unknown } | undefined | null)?.name === 'UnrecoverableError'
}
