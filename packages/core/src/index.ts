export type { DedupeStore } from './dedupe/dedupe-store.ts'
export type { LruDedupe, LruDedupeOptions } from './dedupe/lru.ts'
export { lruDedupe } from './dedupe/lru.ts'
export { UnrecoverableError } from './handlers/process-delivery.ts'
export type {
  Handler,
  HandlerContext,
  HandlerOptions,
  Handlers,
  InboxTransactions,
  Registration,
  Responder,
  Responders,
} from './handlers/registration.ts'
export type { FetchHandler, FetchHandlerOptions, WaitUntil } from './http/fetch-handler.ts'
export { toFetchHandler } from './http/fetch-handler.ts'
export type { HardenedSetting } from './http/harden-server.ts'
export { hardenServer } from './http/harden-server.ts'
export type { NodeHandler } from './http/node-handler.ts'
export { toNodeHandler } from './http/node-handler.ts'
export type { FallbackOptions } from './inbox/fallback/fallback-inbox.ts'
export { fallbackInbox } from './inbox/fallback/fallback-inbox.ts'
export type { Inbox, InboxStats, TypeStats } from './inbox/inbox.ts'
export { memoryInbox } from './inbox/memory/memory-inbox.ts'
export type { MemoryInboxOptions } from './inbox/memory/options.ts'
export type { RetryOptions } from './inbox/retry-policy.ts'
export type { Awaitable } from './model/awaitable.ts'
export type { Clock } from './model/clock.ts'
export { systemClock } from './model/clock.ts'
export type {
  AttemptFailure,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSummary,
  DeadLetters,
  DeadReason,
  DiscardOptions,
  RedriveOptions,
} from './model/dead-letter.ts'
export type { Delivery } from './model/delivery.ts'
export type { Envelope, NoEnvelope } from './model/envelope.ts'
export type { EventName, EventOf, EventPattern, UnknownEvent, WebhookEvent } from './model/event.ts'
/** The kinds of findings of {@link explain}, one by one. */
export type * as Findings from './model/finding.ts'
export type { Finding } from './model/finding.ts'
export type { RequestHeaders } from './model/headers.ts'
export { fromRawHeaders, singleValue } from './model/headers.ts'
export type { JsonObject } from './model/json.ts'
export type { Logger } from './model/logger.ts'
/** The kinds of observations that an {@link Observer} receives, one by one. */
export type * as Observations from './model/observation.ts'
export type { Observation, Observer } from './model/observation.ts'
export type { Outcome } from './model/outcome.ts'
export type { Provider, ProviderLimits, ProviderWarning, TimeRule } from './model/provider.ts'
export type { AuthenticityCode, RejectionCode } from './model/rejection.ts'
export type { WebhookRequest } from './model/request.ts'
export type { EventSchema } from './model/schema.ts'
/** The parts of a {@link Scheme}: what it answers, and the headers that it signs. */
export type * as Schemes from './model/scheme.ts'
export type { Scheme } from './model/scheme.ts'
export type { Sending } from './model/sending.ts'
export type { AsymmetricKeyInput, HashName, SignatureEncoding } from './model/signing.ts'
export type { TimeFormat } from './model/time-format.ts'
export { createReceiver } from './receiver/create-receiver.ts'
export { defineProvider } from './receiver/define-provider.ts'
export type { ExplainedProvider, ExplainOptions, Explanation } from './receiver/explain.ts'
export { explain } from './receiver/explain.ts'
export type { AckOnAcceptedOptions, AckOnHandledOptions, ReceiverOptions } from './receiver/options.ts'
export type { Receiver } from './receiver/receiver.ts'
export type { Tolerance } from './receiver/tolerance.ts'
export { anyOf } from './schemes/any-of.ts'
export { apiKey } from './schemes/api-key.ts'
export { ecdsa } from './schemes/ecdsa.ts'
export { ed25519 } from './schemes/ed25519.ts'
export { fetchedKey } from './schemes/fetched-key.ts'
export { hmac } from './schemes/hmac.ts'
export { jwks } from './schemes/jwks.ts'
export type { Keys, RequestHead } from './schemes/keys.ts'
export { rsa } from './schemes/rsa.ts'
export type { Secret, Secrets } from './schemes/secrets.ts'
