export type { LruDedupe, LruDedupeOptions, LruUsage } from './dedupe/lru.ts'
export { lruDedupe } from './dedupe/lru.ts'
export type { Claim, Claimed, DedupeStore, NotClaimed } from './dedupe/store.ts'
export type { Delivery } from './delivery.ts'
export type {
  EventName,
  EventOf,
  EventPattern,
  MatchingName,
  PrefixOf,
  UnknownEvent,
  WebhookEvent,
} from './event.ts'
export type { FetchHandler } from './fetch.ts'
export { fromFetchRequest, toFetchHandler, toResponse } from './fetch.ts'
export type { FreshnessWindow } from './freshness.ts'
export type { RetryOptions } from './inbox/backoff.ts'
export type { DeadLetter, DeadLetterFilter, DeadLetters, DeadReason } from './inbox/dead-letter.ts'
export type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  HandleDead,
  HandleDone,
  HandleFailed,
  HandleResult,
  Inbox,
  InboxStats,
} from './inbox/inbox.ts'
export type { MemoryInbox, MemoryInboxOptions } from './inbox/memory.ts'
export { memoryInbox } from './inbox/memory.ts'
export type { Clock } from './lib/clock.ts'
export { systemClock } from './lib/clock.ts'
export type { HashName } from './lib/crypto.ts'
export type { SignatureEncoding } from './lib/encoding.ts'
export type { RequestHeaders } from './lib/headers.ts'
export { fromFetchHeaders, fromRawHeaders } from './lib/headers.ts'
export type { JsonObject } from './lib/json.ts'
export type { Awaitable } from './lib/options.ts'
export type { TimeFormat } from './lib/time.ts'
export type { Logger, LogMethod } from './logger.ts'
export { readNodeBody } from './node-body.ts'
export type { Accepted, Answer, Outcome, Rejected } from './outcome.ts'
export type { Envelope, Provider, Sending, TimeRule } from './provider.ts'
export { defineProvider } from './provider.ts'
export type { Receiver } from './receiver.ts'
export { createReceiver } from './receiver.ts'
export type { ReceiverOptions } from './receiver-options.ts'
export type {
  AuthenticityCode,
  BodyFailure,
  FreshnessCode,
  MalformedCode,
  RejectionAnswer,
  RejectionCode,
  UnavailableCode,
} from './rejection.ts'
export { rejectionAnswers } from './rejection.ts'
export type { BodyLimits, IncomingRequest, WebhookRequest } from './request.ts'
export type { Handler, HandlerContext, Handlers, Registration } from './router.ts'
export type {
  EventSchema,
  SchemaFailure,
  SchemaIssue,
  SchemaPathKey,
  SchemaPathPart,
  SchemaResult,
  SchemaSuccess,
} from './schema.ts'
export type { HmacOptions } from './schemes/hmac.ts'
export { hmac } from './schemes/hmac.ts'
export type { Secret, Secrets } from './schemes/keys.ts'
export type { Authentic, Scheme, Verdict } from './schemes/scheme.ts'
export type {
  AcceptedSignal,
  DeadSignal,
  DeliverySignal,
  DroppedSignal,
  DuplicateSignal,
  HandledSignal,
  Observer,
  PressureSignal,
  RejectedSignal,
  RetriedSignal,
  Signal,
} from './signal.ts'
