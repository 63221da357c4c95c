export type { Attached } from './attach.ts'
export { attachReceiver } from './attach.ts'
export { checkAdapterOptions } from './check-receiver-options.ts'
export { createReceiver } from './create-receiver.ts'
export type { LruDedupe, LruDedupeOptions } from './dedupe/lru.ts'
export { lruDedupe } from './dedupe/lru.ts'
export type {
  Claim,
  Claimed,
  ClaimOptions,
  CommitOptions,
  Committed,
  DedupeStore,
  DedupeUsage,
  NotClaimed,
} from './dedupe/store.ts'
export { defineProvider } from './define-provider.ts'
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
export type { ExplainedProvider, ExplainOptions, Explanation } from './explain.ts'
export { explain } from './explain.ts'
export type { FetchHandler, FetchHandlerOptions, WaitUntil } from './fetch.ts'
export { fromFetchRequest, toFetchHandler, toResponse } from './fetch.ts'
export type {
  BodyFinding,
  ClockFinding,
  Finding,
  HeaderFinding,
  KeyFinding,
  PlainFinding,
  SecretFinding,
  SignatureFinding,
  SurroundingFinding,
  TimeFinding,
} from './finding.ts'
export type { FreshnessWindow } from './freshness.ts'
export { UnrecoverableError } from './handle.ts'
export type { RetryOptions } from './inbox/backoff.ts'
export type {
  AttemptFailure,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSummary,
  DeadLetters,
  DeadReason,
  RedriveOptions,
} from './inbox/dead-letter.ts'
export type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  HandleDead,
  HandleDone,
  HandledTypes,
  HandleFailed,
  HandleResult,
  Inbox,
  InboxStats,
  Lease,
  TypeStats,
  UnhandledType,
} from './inbox/inbox.ts'
export { memoryInbox } from './inbox/memory.ts'
export type { MemoryInboxOptions } from './inbox/memory-options.ts'
export type { SpillOptions } from './inbox/spill.ts'
export { spillInbox } from './inbox/spill.ts'
export type { Path } from './lib/canonical-json.ts'
export type { Clock } from './lib/clock.ts'
export { systemClock } from './lib/clock.ts'
export type { AsymmetricKeyInput, HashName, JsonWebKey } from './lib/crypto.ts'
export type { SignatureEncoding } from './lib/encoding.ts'
export type { NodeHeaders, RequestHeaders, SingleValue } from './lib/headers.ts'
export { fromFetchHeaders, fromNodeHeaders, fromRawHeaders, singleValue } from './lib/headers.ts'
export type { JsonObject } from './lib/json.ts'
export type { Awaitable } from './lib/options.ts'
export type { TimeFormat } from './lib/time.ts'
export type { Logger, LogMethod } from './logger.ts'
export { readNodeBody } from './node/body.ts'
export type { NodeHandler } from './node/handler.ts'
export { fromNodeRequest, toNodeHandler, writeNodeAnswer } from './node/handler.ts'
export type { HardenedSetting } from './node/harden.ts'
export { hardenServer } from './node/harden.ts'
export type { Accepted, Answer, Outcome, Rejected } from './outcome.ts'
export type {
  Caution,
  Envelope,
  EnvelopeProblem,
  Provider,
  ProviderLimits,
  Sending,
  TimeRule,
} from './provider.ts'
export type { Receiver } from './receiver.ts'
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
export type {
  Handler,
  HandlerContext,
  HandlerOptions,
  Handlers,
  Registration,
  Responder,
} from './router.ts'
export type {
  EventSchema,
  SchemaFailure,
  SchemaIssue,
  SchemaPathKey,
  SchemaPathPart,
  SchemaResult,
  SchemaSuccess,
} from './schema.ts'
export type { ApiKeyOptions } from './schemes/api-key.ts'
export { apiKey } from './schemes/api-key.ts'
export type { Ed25519Options } from './schemes/ed25519.ts'
export { ed25519 } from './schemes/ed25519.ts'
export type { HmacOptions } from './schemes/hmac.ts'
export { hmac } from './schemes/hmac.ts'
export type { KeyChoice, Keys, RequestHead } from './schemes/keys.ts'
export type { RsaOptions } from './schemes/rsa.ts'
export { rsa } from './schemes/rsa.ts'
export type { Authentic, NotJudged, Scheme, Verdict } from './schemes/scheme.ts'
export type { Secret, Secrets } from './schemes/secrets.ts'
export type { SignatureHeaderOptions } from './schemes/signature-header.ts'
export type { SignedContentOptions, SignedHeader } from './schemes/signed-content.ts'
export type {
  AcceptedSignal,
  DeadSignal,
  DeliverySignal,
  DroppedSignal,
  DuplicateSignal,
  FailedSignal,
  HandledSignal,
  Observer,
  PressureSignal,
  RejectedSignal,
  RetriedSignal,
  Signal,
  UnhandledSignal,
} from './signal.ts'
