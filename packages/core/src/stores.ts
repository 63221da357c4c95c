// For those who write a dedupe store or an inbox: `@acuse/core/stores`.
export type { RetryPolicy } from './inbox/backoff.ts'
export { toRetryPolicy } from './inbox/backoff.ts'
export { deadReasons } from './inbox/dead-letter.ts'
export { isHandled } from './inbox/handled-types.ts'
export { runHandle } from './inbox/run-handle.ts'
export type { Settled, SettledDead, SettledDone, SettledRetry } from './inbox/settle.ts'
export { settle, withFailure } from './inbox/settle.ts'
export {
  type CountedDelivery,
  type DeliveryState,
  type StateCounts,
  TypeCounts,
} from './inbox/type-counts.ts'
export type { OptionKind, OptionKinds } from './lib/check-options.ts'
export { checkOptions } from './lib/check-options.ts'
export type { CircuitBreaker, CircuitBreakerOptions } from './lib/circuit-breaker.ts'
export { createCircuitBreaker } from './lib/circuit-breaker.ts'
export { checkClock, sturdyClock } from './lib/clock.ts'
export { checkDeadLetterFilter, checkDeadLetterQuery } from './lib/dead-letter-filter.ts'
export { timedOut, withDeadline } from './lib/deadline.ts'
export type { ErrorDescription } from './lib/describe-error.ts'
export { describeError, readThrown } from './lib/describe-error.ts'
export { fence } from './lib/fence.ts'
export { checkTimeoutMs, knownOptions, wholeNumber } from './lib/options.ts'
export { inPace } from './lib/pace.ts'
export { warn, warnOnce } from './lib/warn.ts'
export { about, tell } from './signal.ts'
