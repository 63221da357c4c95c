import type { AttemptFailure, DeadReason, Delivery } from '@acuse/core'
import { deadReasons, type RetryPolicy } from '@acuse/core/stores'
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

/** Options of every job; the backoff is for failures of our own, those of handlers have a delay. */
export const jobOptions: JobsOptions = {
  attempts: mostAttempts,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
}

export function toJobData(delivery: Delivery): JobData {
  const { occurredAt, receivedAt, body } = delivery
  return {
    ...delivery,
    occurredAt: occurredAt?.toISOString(),
    receivedAt: receivedAt.toISOString(),
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
  }
}

export function toDelivery(data: JobData): Delivery {
  const { occurredAt, receivedAt, body, orderKey } = data
  return {
    ...data,
    occurredAt: occurredAt === undefined ? undefined : new Date(occurredAt),
    receivedAt: new Date(receivedAt),
    orderKey,
    body: new Uint8Array(Buffer.from(body, 'base64')),
  }
}

/** What a job's id says: the job that holds an identity is told apart from a copy by its id alone. */
export interface JobIdParts {
  /** Unique, or `kept`. */
  readonly nonce: string
  readonly fingerprint: string
  readonly id: string
}

/** The nonce of copies that may not be handled: the same copy has the same job id. */
export const kept = 'kept'
const fingerprintLength = 43

export function toJobId({ nonce, fingerprint, id }: JobIdParts): string {
  // A colon is BullMQ's own; base64url, which our ids are, stays as it is.
  return `${nonce}.${encodeURIComponent(fingerprint.slice(0, fingerprintLength))}.${encodeURIComponent(id)}`
}

export function fromJobId(jobId: string): JobIdParts | undefined {
  const [nonce, fingerprint, ...rest] = jobId.split('.')
  if (nonce === undefined || fingerprint === undefined || rest.length === 0) return undefined
  try {
    return { nonce, fingerprint: decodeURIComponent(fingerprint), id: decodeURIComponent(rest.join('.')) }
  } catch {
    return undefined
  }
}

/** The id of the dead letter that a job may become. */
export function toLetterId(jobId: string): string {
  const parts = fromJobId(jobId)
  if (!parts) return jobId
  return parts.nonce === kept ? `${parts.id}.${parts.fingerprint}` : parts.id
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
