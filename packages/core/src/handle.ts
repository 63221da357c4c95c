import type { Delivery } from './delivery.ts'
import type { WebhookEvent } from './event.ts'
import type { Handle, HandleResult } from './inbox/inbox.ts'
import { parseJson } from './lib/json.ts'
import type { Provider } from './provider.ts'
import type { HandlerContext, Router } from './router.ts'
import { type EventSchema, issuePaths } from './schema.ts'

/** Step 8: opens a delivery's body again, validates the payload, and runs the handlers. */
export function createHandle<Events extends object>(
  provider: Provider<Events>,
  router: Router<Events>,
): Handle {
  // A Map: a type such as `constructor` must find nothing.
  const schemas = new Map<string, EventSchema>(Object.entries(provider.events))

  return async (delivery, { attempt }) => {
    const parsed = parseJson(delivery.body)
    if ('problem' in parsed) return mismatch(parsed.problem)
    const schema = schemas.get(delivery.type)
    if (!schema) return runHandlers(router, toEvent(delivery, parsed.value), { attempt })
    const result = await schema['~standard'].validate(parsed.value)
    if (result.issues) return mismatch(`at ${issuePaths(result.issues).join(', ')}`)
    return runHandlers(router, toEvent(delivery, result.value), { attempt })
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

/** All of them, even when one fails: no handler depends on another's luck. */
async function runHandlers(
  router: Pick<Router<object>, 'handlersOf'>,
  event: WebhookEvent,
  context: HandlerContext,
): Promise<HandleResult> {
  const handlers = router.handlersOf(event.type)
  const errors: unknown[] = []
  for (const handler of handlers) {
    try {
      await handler(event as never, context)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 0) return { status: 'done', handlers: handlers.length }
  const error =
    errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} handlers failed`)
  return { status: 'failed', error }
}
