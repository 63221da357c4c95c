import type { AttemptFailure, DeadReason, Delivery } from '@acuse/core'
import { deadReasons, type RetryPolicy } from '@acuse/core/inbox-kit'
import type { JobsOptions } from 'bullmq'

/** A delivery as a job's data: it never changes, what attempts leave behind is in other fields. */
export interface JobData extends Omit<Delivery, 'occurredAt' | 'receivedAt' | 'body'> {
  readonly occurredAt: string | undefined
  readonly receivedAt: string
  /** The raw body, in base64. */
  readonly body: string
}

/** The most attempts that a policy can allow: the consumer decides, and not whoever added the job. */
const mostAttempts: RetryPolicy['attempts'] = 1_000

/** A new job's fields, by BullMQ's names. */
export function toFields(delivery: Delivery): Record<string, string | number> {
  const data = JSON.stringify(toJobData(delivery))
  return {
    name: delivery.type,
    pv: delivery.provider,
    ...(delivery.orderingKey !== undefined && { ok: delivery.orderingKey }),
    data,
    opts: JSON.stringify(jobOptions),
    delay: 0,
    priority: 0,
  }
}

/** Options of every job; the backoff is for failures of our own, those of handlers have a delay. */
const jobOptions: JobsOptions = {
  attempts: mostAttempts,
  backoff: { type: 'fixed', delay: 1_000 },
}

function toJobData(delivery: Delivery): JobData {
  const { occurredAt, receivedAt, body } = delivery
  return {
    ...delivery,
    occurredAt: occurredAt?.toISOString(),
    receivedAt: receivedAt.toISOString(),
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
  }
}

export function toDelivery(data: JobData): Delivery {
  const { occurredAt, receivedAt, body, orderingKey, trust = 'signed' } = data
  return {
    ...data,
    occurredAt: occurredAt === undefined ? undefined : new Date(occurredAt),
    receivedAt: new Date(receivedAt),
    orderingKey,
    body: new Uint8Array(Buffer.from(body, 'base64')),
    trust,
  }
}

/** The parts of a job's id. */
export interface JobIdParts {
  /** The body hash of a copy that may not be handled; `undefined`: the job that is the idempotency key. */
  readonly bodyHash?: string | undefined
  readonly id: string
}

const original = 'e'
const copied = 'kept'
const bodyHashLength = 43
/** Of a body hash, how much tells bodies apart: 72 bits. */
const toldApartBy = 12

/** A delivery is one job: its id alone says which. */
export function toJobId({ bodyHash, id }: JobIdParts): string {
  // A colon is BullMQ's own; base64url, which our ids are, stays as it is.
  const name = encodeURIComponent(id)
  if (bodyHash === undefined) return `${original}.${name}`
  return `${copied}.${encodeURIComponent(bodyHash.slice(0, bodyHashLength))}.${name}`
}

export function fromJobId(jobId: string): JobIdParts | undefined {
  const [kind, ...rest] = jobId.split('.')
  try {
    if (kind === original && rest.length > 0) return { id: decodeURIComponent(rest.join('.')) }
    const [bodyHash, ...name] = rest
    if (kind !== copied || bodyHash === undefined || name.length === 0) return undefined
    return { bodyHash: decodeURIComponent(bodyHash), id: decodeURIComponent(name.join('.')) }
  } catch {
    return undefined
  }
}

/** The id of a job that is in a queue. */
export function idOf({ id }: { readonly id?: string | undefined }): string {
  if (id === undefined) throw new Error('The job is in no queue')
  return id
}

/** The id of the dead letter that a job may become. */
export function toLetterId(jobId: string): string {
  const { bodyHash, id = jobId } = fromJobId(jobId) ?? {}
  return bodyHash === undefined ? id : `${id}.${bodyHash}`
}

/** The part of a body hash that is kept, for as long as the idempotency key is. */
export function toMark(bodyHash: string): string {
  return bodyHash.slice(0, toldApartBy)
}

/** The dead letter's reason, before what went wrong: BullMQ's dashboards show it. */
export function toFailedReason(reason: DeadReason, message: string): string {
  return `${reason}: ${message}`
}

export function fromFailedReason(failedReason: string): DeadReason {
  const named = failedReason.slice(0, failedReason.indexOf(':'))
  // Anything else is a failure of BullMQ's own.
  return deadReasons.find((reason) => reason === named) ?? 'attempts-used-up'
}

/** Failures live where BullMQ's dashboards look for them: among the job's stack traces. */
export function toStacktrace(failures: readonly AttemptFailure[]): string {
  return JSON.stringify(
    failures.map(({ attempt, at, message, stack }) => {
      const head = `attempt ${attempt} at ${at.toISOString()}`
      // Both may have several lines: the length tells where the stack begins.
      return stack === undefined
        ? `${head}\n${message}`
        : `${head}, message of ${message.length}\n${message}\n${stack}`
    }),
  )
}

const failure = /^attempt (\d+) at ([^\s,]+)(?:, message of (\d+))?\n(.*)$/s

export function fromStacktrace(stacktrace: readonly string[] | null): AttemptFailure[] {
  return (stacktrace ?? []).flatMap((line) => {
    const [, attempt, at, length, text] = failure.exec(line) ?? []
    if (attempt === undefined || at === undefined || text === undefined) return []
    const known = { attempt: Number(attempt), at: new Date(at) }
    if (length === undefined) return [{ ...known, message: text }]
    const end = Number(length)
    return [{ ...known, message: text.slice(0, end), stack: text.slice(end + 1) }]
  })
}
