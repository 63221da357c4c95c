// For those who write a dedupe store or an inbox: `@acuse/core/inbox-kit`.
export type {
  Claim,
  Claimed,
  ClaimOptions,
  CommitOptions,
  Committed,
  DedupeUsage,
  NotClaimed,
} from './dedupe/dedupe-store.ts'
export { changeEach } from './inbox/change-each.ts'
export type { CircuitBreaker, CircuitBreakerOptions } from './inbox/circuit-breaker.ts'
export { createCircuitBreaker } from './inbox/circuit-breaker.ts'
export { checkConcurrency } from './inbox/concurrency.ts'
export {
  checkDeadLetterFilter,
  checkDeadLetterQuery,
  checkDiscardOptions,
  checkRedriveOptions,
  tellProgress,
} from './inbox/dead-letter-filter.ts'
export type { CheckedDeliveryQuery } from './inbox/delivery-query.ts'
export { checkDeliveryQuery, lookFurther, matchesDelivery, notACursor } from './inbox/delivery-query.ts'
export { createEventLog } from './inbox/event-log/create-event-log.ts'
export { toDeliveryDocument, toText } from './inbox/event-log/delivery-lines.ts'
export type { EventLogStore, LogPage, ReplayStep } from './inbox/event-log/event-log-store.ts'
export { toBodiesForMs } from './inbox/event-log/log-filter.ts'
export { isHandled } from './inbox/handled-types.ts'
export type {
  InboxHealth,
  InboxHealthOptions,
  InboxProblem,
  InboxProblemCode,
} from './inbox/health.ts'
export type {
  AcceptOptions,
  AcceptResult,
  AttemptMeasures,
  ConsumeOptions,
  Consumer,
  Handle,
  HandleDead,
  HandleDone,
  HandledTypes,
  HandleFailed,
  HandleResult,
  HandlerTransaction,
  Lease,
  Measured,
  UnhandledType,
} from './inbox/inbox.ts'
export type { RetryPolicy } from './inbox/retry-policy.ts'
export { toRetryPolicy } from './inbox/retry-policy.ts'
export { runHandle } from './inbox/run-handle.ts'
export type { Settled, SettledDone, SettledRetry } from './inbox/settle.ts'
export { settle, withFailure } from './inbox/settle.ts'
export type { CountedDelivery, DeliveryState, StateCounts } from './inbox/type-counts.ts'
export { TypeCounts } from './inbox/type-counts.ts'
export type { Arrival } from './inbox/worker/arrivals.ts'
export { Arrivals } from './inbox/worker/arrivals.ts'
export { createWorker } from './inbox/worker/create-worker.ts'
export type {
  LateLease,
  LeasedDelivery,
  LeaseRoom,
  LeaseSource,
  Look,
  PossiblePoisonRoom,
  Returned,
  ReturnedDead,
  ReturnedWaiting,
  SharedLeases,
  TakenBack,
} from './inbox/worker/lease-source.ts'
export { UnwritableError } from './inbox/worker/lease-source.ts'
export { tellSettled } from './inbox/worker/observations.ts'
export type { Place } from './inbox/worker/places.ts'
export type { Worker, WorkerOptions } from './inbox/worker/worker.ts'
export { checkClock, sturdyClock } from './lib/check-clock.ts'
export type { OptionKind, OptionKinds } from './lib/check-options.ts'
export { checkOptions } from './lib/check-options.ts'
export { timedOut, withDeadline } from './lib/deadline.ts'
export type { ErrorDescription } from './lib/describe-error.ts'
export { describeError, readThrown } from './lib/describe-error.ts'
export { didYouMean } from './lib/did-you-mean.ts'
export { fence } from './lib/fence.ts'
export type {
  AskingProvider,
  HandshakeAnswered,
  HandshakeOptions,
  HandshakeRequest,
} from './lib/handshake-request.ts'
export { toHandshakeRequest } from './lib/handshake-request.ts'
export { isFailedAttempt } from './lib/is-failed-attempt.ts'
export { keepAlive } from './lib/keep-alive.ts'
export { checkTimeoutMs, knownOptions, wholeNumber } from './lib/options.ts'
export type { Pace } from './lib/pace.ts'
export { createPace } from './lib/pace.ts'
export { processWide } from './lib/process-wide.ts'
export type { SentDelivery } from './lib/repeated-delivery.ts'
export { raised, repeatedDelivery } from './lib/repeated-delivery.ts'
export { retryLateness } from './lib/retry-lateness.ts'
export type { DeliveryToSign, SendingProvider, SignedDelivery } from './lib/sign-delivery.ts'
export { signDelivery, withQuery } from './lib/sign-delivery.ts'
export { about, tell } from './lib/tell.ts'
export { withValueAt } from './lib/with-value-at.ts'
export type { ReceiverLogger } from './log/logger.ts'
export { toLogger } from './log/logger.ts'
export { warn, warnOnce } from './log/warn.ts'
export { deadReasons } from './model/dead-letter.ts'
export type {
  Deliveries,
  DeliveryFilter,
  DeliveryPage,
  DeliveryQuery,
  DeliverySummary,
  StoredDelivery,
  StoredState,
} from './model/delivery-list.ts'
export { storedStates } from './model/delivery-list.ts'
export type { EventLog, EventLogFilter, Imported, Replayed, ReplayOptions } from './model/event-log.ts'
