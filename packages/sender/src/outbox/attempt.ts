import { describeError, withQuery } from '@acuse/core/inbox-kit'
import { isSuccess, retryAfterMs } from '../answers.ts'
import { type Posted, post } from '../post.ts'
import { signMessage } from './message.ts'
import type { OutboxSettings } from './options.ts'
import type { LeasedMessage, OutboxFailure, SettledMessage } from './store.ts'

const mostAnswerBytes = 65_536
const mostCharacters = 1_000
const mostFailures = 10
/** The longest that an answer may put off a message: its sender may ask for years. */
const mostAskedMs = 86_400_000

/** What became of one attempt. */
type Attempted = { readonly isDelivered: true } | { readonly isDelivered: false; readonly failure: Failure }

interface Failure extends Pick<OutboxFailure, 'message' | 'status'> {
  /** How long the answer asks to wait, in milliseconds; 0: it does not. */
  readonly askedMs: number
}

/** Sends a message once, and says what it is now; never throws. */
export async function attempt(
  settings: OutboxSettings,
  message: LeasedMessage,
  abort: AbortController,
): Promise<SettledMessage> {
  const attempted = await sendOnce(settings, message, abort)
  const now = settings.way.clock.now()
  const attempts = message.attempts + 1
  const { failures } = message
  if (attempted.isDelivered) return { state: 'delivered', dueAt: null, endedAt: now, attempts, failures }
  const { askedMs, ...failure } = attempted.failure
  const all = [...failures, { attempt: attempts, at: new Date(now), ...failure }].slice(-mostFailures)
  const delayMs = delayAfter(settings, attempts)
  return delayMs === undefined
    ? { state: 'dead', dueAt: null, endedAt: now, attempts, failures: all }
    : { state: 'waiting', dueAt: now + Math.max(delayMs, askedMs), endedAt: null, attempts, failures: all }
}

/** The wait behind so many attempts; `undefined`: that was the last. */
function delayAfter({ way, jitter, random }: OutboxSettings, attempts: number): number | undefined {
  const delayMs = way.attemptDelaysMs[attempts]
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + jitter * random()))
}

async function sendOnce(
  settings: OutboxSettings,
  message: LeasedMessage,
  abort: AbortController,
): Promise<Attempted> {
  try {
    const { way, to } = settings
    const { headers, body, query } = signMessage(settings, message)
    const request = { url: withQuery(to.url, query), headers, body: Buffer.from(body) }
    const number = message.attempts + 1
    return toAttempted(settings, await post(request, { ...way, number, delayMs: 0, mostAnswerBytes, abort }))
  } catch (error) {
    return failed(describeError(error).message)
  }
}

function toAttempted(
  { way }: OutboxSettings,
  { attempt: { status, answer, failure }, headers }: Posted,
): Attempted {
  if (isSuccess(status)) return { isDelivered: true }
  if (status === undefined) return failed(failure ?? 'network')
  const asked = way.respectsRetryAfter ? retryAfterMs(headers?.get('retry-after'), way.clock.now()) : 0
  const message = (answer ?? '').slice(0, mostCharacters)
  return { isDelivered: false, failure: { status, message, askedMs: Math.min(asked, mostAskedMs) } }
}

function failed(message: string): Attempted {
  return { isDelivered: false, failure: { message, askedMs: 0 } }
}
