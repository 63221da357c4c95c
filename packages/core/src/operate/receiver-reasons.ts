import { describeError } from '../lib/describe-error.ts'
import type { Reconciling } from '../receiver/reconciling.ts'
import type { HealthSettings } from './health-options.ts'
import type { HealthReason } from './report.ts'
import type { Looked } from './store-watch.ts'

/** What is wrong with one receiver. */
type Reason = Omit<HealthReason, 'endpoint'>

/** The reasons of one receiver, its inbox looked at; a receiver without an inbox has none but its close. */
export function reasonsOf(
  { ack, isClosing, settings: { endpoint } }: Reconciling,
  looked: Looked | undefined,
  settings: HealthSettings,
): HealthReason[] {
  const reasons = isClosing()
    ? [closing]
    : [...workerReasons(ack.worker?.(), looked, settings), ...inboxReasons(looked, settings)]
  return reasons.map((reason) => ({ ...reason, endpoint }))
}

const closing: Reason = { code: 'closing', stops: 'ready', message: 'It is being closed' }

const notStarted: Reason = {
  code: 'worker-not-started',
  stops: 'ready',
  message:
    'Nothing is handed to handlers yet: call work() where the server starts to listen, or set work: false in a process that only accepts',
}

function workerReasons(
  worker: ReturnType<NonNullable<Reconciling['ack']['worker']>>,
  looked: Looked | undefined,
  { maxSilentMs }: HealthSettings,
): Reason[] {
  if (worker === undefined) return []
  if (!worker.isStarted) return [notStarted]
  const { silentMs = 0 } = worker
  // Where the inbox does not answer anybody, the worker is not to blame, and a new start would not help.
  const reachableMs = looked?.status === 'answered' ? looked.reachableMs : 0
  if (Math.min(silentMs, reachableMs) <= maxSilentMs) return []
  const message = `The inbox answers, and has not answered the worker for ${Math.round(silentMs)} ms: start the process again`
  return [{ code: 'worker-silent', stops: 'live', message, silentMs, bound: maxSilentMs }]
}

function inboxReasons(
  looked: Looked | undefined,
  { checkTimeoutMs, maxWaitingMs, minFreeBytes }: HealthSettings,
): Reason[] {
  if (looked === undefined) return []
  if (looked.status === 'failed') {
    const message = `The inbox cannot be reached: ${describeError(looked.error).message}`
    return [{ code: 'inbox-unreachable', stops: 'ready', message }]
  }
  if (looked.status === 'timed out') {
    const message = `The inbox did not answer within ${checkTimeoutMs} ms`
    return [{ code: 'inbox-timeout', stops: 'ready', message, bound: checkTimeoutMs }]
  }
  const { oldestAgeMs, problems } = looked.health
  const found = problems.map(({ code, stopsReady, message, freeBytes }): Reason => {
    const stops = stopsReady ? 'ready' : 'nothing'
    return { code, stops, message, ...(freeBytes !== undefined && { freeBytes, bound: minFreeBytes }) }
  })
  if (oldestAgeMs <= maxWaitingMs) return found
  const message = `The oldest delivery that is not handled is ${Math.round(oldestAgeMs)} ms old, more than ${maxWaitingMs}`
  return [...found, { code: 'waiting-too-long', stops: 'ready', message, oldestAgeMs, bound: maxWaitingMs }]
}
