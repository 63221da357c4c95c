import type { Handle, HandleResult } from '../inbox/inbox.ts'
import { formatOf, type ReadBody, readBody, toMediaType } from '../lib/body-format.ts'
import { sturdyClock } from '../lib/check-clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { describeError, readThrown } from '../lib/describe-error.ts'
import { holdsMoreValues, parseJson } from '../lib/json.ts'
import { isPromiseLike } from '../lib/options.ts'
import type { Clock } from '../model/clock.ts'
import type { Delivery } from '../model/delivery.ts'
import type { WebhookEvent } from '../model/event.ts'
import type { Provider } from '../model/provider.ts'
import { type EventSchema, issuePaths } from '../model/schema.ts'
import { exposed } from './exposed.ts'
import { latestOf } from './latest.ts'
import type { RecentPayloads } from './recent-payloads.ts'
import type { EventHandlers, Router } from './router.ts'
import { type Attempt, type RunSettings, runOne } from './run-one.ts'
import { Schemas } from './schemas.ts'

/** Settings of handling beside the handlers. */
export interface HandleSettings extends RunSettings {
  readonly maxPayloadValues: number
  /** Those that are parsed already. */
  readonly payloads: Pick<RecentPayloads, 'take'>
}

/** Throw it where no later attempt can succeed: the delivery becomes a dead letter at once. */
export class UnrecoverableError extends Error {
  /** By which it is told. */
  override readonly name = 'UnrecoverableError'
}

/** The parts of a provider that handling needs. */
type HandledProvider<Events extends object> = Pick<Provider<Events>, 'events' | 'bodies' | 'thin' | 'expose'>

/** Step 8: opens a delivery's body again, validates the payload, and runs the handlers. */
export function createHandle<Events extends object>(
  provider: HandledProvider<Events>,
  router: Router<Events>,
  settings: HandleSettings,
): Handle {
  const schemas = new Schemas(provider.events, settings)
  const expose = (provider.expose ?? []).map((name) => name.toLowerCase())

  const attempt: Attempting = async (delivery, lease) => {
    const payload = settings.payloads.take(delivery)
    const read = payload === undefined ? readAgain(delivery, provider) : { value: payload }
    if ('problem' in read) return mismatch(read.problem)
    const handlers = router.handlersOf(delivery.type)
    const toAttempt = (value: unknown): Attempt => ({
      delivery,
      event: toEvent(delivery, value, expose),
      lease,
    })
    let verdict: Verdict
    try {
      const latest = await latestOf(read.value, provider.thin, delivery, lease, settings)
      const schema = await schemas.of(delivery.type)
      if (!schema) return await runAll(handlers, toAttempt(latest), settings)
      const { maxPayloadValues: most } = settings
      if (holdsMoreValues(latest, most))
        return mismatch(`it holds more than ${most} values (maxPayloadValues), and may hold the process up`)
      verdict = await validate(schema, latest, settings)
    } catch (error) {
      return failure([{ name: delivery.type, error }], lease.completed)
    }
    if ('paths' in verdict) return mismatch(`at ${verdict.paths.join(', ')}`)
    return runAll(handlers, toAttempt(verdict.payload), settings)
  }
  return measured(attempt, sturdyClock(settings.clock))
}

/** A result, and the name of the handler that failed where one did. */
type AttemptResult = HandleResult & { readonly handler?: string | undefined }

type Attempting = (...given: Parameters<Handle>) => Promise<AttemptResult>

function measured(attempt: Attempting, clock: Clock): Handle {
  return async (delivery, lease) => {
    const startedAt = clock.monotonic()
    const lagMs = Math.max(0, clock.now() - delivery.receivedAt.getTime())
    const { handler, ...result } = await attempt(delivery, lease)
    const durationMs = clock.monotonic() - startedAt
    return {
      ...result,
      measures: handler === undefined ? { durationMs, lagMs } : { durationMs, lagMs, handler },
    }
  }
}

/** A notice is JSON, whatever the request was. */
function readAgain(
  { headers, body }: Delivery,
  { bodies, thin }: Pick<Provider<never>, 'bodies' | 'thin'>,
): ReadBody {
  if (bodies === undefined || thin) return parseJson(body)
  return readBody(formatOf(bodies, toMediaType([headers['content-type'] ?? ''])) ?? 'json', body)
}

type Verdict = { readonly payload: unknown } | { readonly paths: readonly string[] }

/**
 * A schema is the program's own code, as a handler is: it may hang, and answer anything.
 * @throws whatever it throws; an Error when it answers too late, or nothing that a schema answers
 */
async function validate(
  schema: EventSchema,
  payload: unknown,
  { handlerTimeoutMs, clock }: HandleSettings,
): Promise<Verdict> {
  const answer = schema['~standard'].validate(payload)
  const result = isPromiseLike(answer) ? await withDeadline(answer, handlerTimeoutMs, clock) : answer
  if (result === timedOut) throw new Error(`The schema did not answer within ${handlerTimeoutMs} ms`)
  if (Array.isArray(result.issues)) return { paths: issuePaths(result.issues) }
  if (result.issues === undefined && 'value' in result) return { payload: result.value }
  throw new TypeError('The schema answered neither a value nor a list of issues')
}

function mismatch(where: string): HandleResult {
  return {
    status: 'dead',
    reason: 'schema-mismatch',
    error: new Error(`The payload does not match its schema: ${where}`),
  }
}

function toEvent(delivery: Delivery, payload: unknown, expose: readonly string[]): WebhookEvent {
  const { id, type, provider, occurredAt, receivedAt, headers } = delivery
  return { id, type, payload, provider, occurredAt, receivedAt, unsigned: exposed(headers, expose) }
}

/** All that have not completed, even when one fails: no handler depends on another's luck. */
async function runAll(
  { handlers, responder }: EventHandlers,
  attempt: Attempt,
  settings: HandleSettings,
): Promise<AttemptResult> {
  const { lease } = attempt
  const completed = new Set(lease.completed)
  const failed: FailedHandler[] = []
  let ran = 0
  for (const handler of handlers) {
    if (completed.has(handler.name)) continue
    ran++
    try {
      await runOne(handler, attempt, settings)
      completed.add(handler.name)
    } catch (error) {
      failed.push({ name: handler.name, error })
    }
  }
  if (failed.length > 0) return { ...failure(failed, [...completed]), handler: failed[0]?.name }
  if (!responder) return { status: 'done', handlers: ran }
  try {
    const answer = await runOne(responder, attempt, settings)
    return { status: 'done', handlers: ran + 1, response: JSON.stringify(answer) }
  } catch (error) {
    return { ...failure([{ name: responder.name, error }], [...completed]), handler: responder.name }
  }
}

interface FailedHandler {
  readonly name: string
  readonly error: unknown
}

function failure(failed: readonly FailedHandler[], completed: readonly string[]): HandleResult {
  const [first] = failed
  const error = failed.length === 1 ? first?.error : toHandlersError(failed)
  return failed.some(isUnrecoverable)
    ? { status: 'dead', reason: 'unrecoverable', error, completed }
    : { status: 'failed', error, completed }
}

/** Says of each handler why it failed, each in its share of what a dead letter keeps. */
function toHandlersError(failed: readonly FailedHandler[]): AggregateError {
  const share = (length: number) => Math.max(80, Math.floor(length / failed.length))
  const messages: string[] = []
  const stacks: string[] = []
  for (const { name, error } of failed) {
    const { message, stack = message } = describeError(error)
    messages.push(`'${name}': ${message}`.slice(0, share(900)))
    stacks.push(`'${name}': ${stack}`.slice(0, share(3_900)))
  }
  const errors = failed.map(({ error }) => error)
  const error = new AggregateError(errors, `${failed.length} handlers failed: ${messages.join('; ')}`)
  error.stack = stacks.join('\n')
  return error
}

/** By name, so that another library's error of this name, and another copy of this one, mean the same. */
function isUnrecoverable({ error }: FailedHandler): boolean {
  return readThrown(error, 'name') === 'UnrecoverableError'
}
